/** The largest comment, and so the farthest that the end record can stand from the end. */
const longestComment = 0xffff;
const endRecordBytes = 22;

function endRecordAt(view: DataView): number {
  const last = view.byteLength - endRecordBytes;
  for (let at = last; at >= Math.max(0, last - longestComment); at--)
    if (view.getUint32(at, true) === 0x06054b50) return at;
  return -1;
}

/**
 * The CRC-32 that a zip archive states for each of its files, from its central directory (APPNOTE.TXT 4.3.12). Empty when
 * there is no directory.
 */
export function zipChecksums(bytes: Uint8Array): ReadonlyMap<string, number> {
  const checksums = new Map<string, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endRecordAt(view);
  if (end < 0) return checksums;
  const decoder = new TextDecoder();
  for (let at = view.getUint32(end + 16, true); at + 46 <= end && view.getUint32(at, true) === 0x02014b50; ) {
    const nameBytes = view.getUint16(at + 28, true);
    checksums.set(decoder.decode(bytes.subarray(at + 46, at + 46 + nameBytes)), view.getUint32(at + 16, true));
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return checksums;
}
