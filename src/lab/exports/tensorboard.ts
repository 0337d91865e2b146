import { type ExportedFile, type ExportedRun, timeOfStep } from "./exported-run.ts";

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  // The reversed polynomial of CRC-32C (Castagnoli).
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** CRC-32C of bytes, masked as TFRecord files have it: rotated right by 15 bits, plus a constant. */
export function maskedCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  crc = (crc ^ 0xffffffff) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** A record of a TFRecord file: length, its checksum, data, its checksum. */
function record(data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(16 + data.length);
  bytes.writeBigUInt64LE(BigInt(data.length), 0);
  bytes.writeUInt32LE(maskedCrc32c(bytes.subarray(0, 8)), 8);
  bytes.set(data, 12);
  bytes.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return bytes;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

const withLength = (field: number, data: Uint8Array) =>
  Buffer.concat([varint(field * 8 + 2), varint(data.length), data]);
const text = (field: number, value: string) => withLength(field, Buffer.from(value));

function double(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(9);
  bytes[0] = field * 8 + 1;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

function float(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(5);
  bytes[0] = field * 8 + 5;
  bytes.writeFloatLE(value, 1);
  return bytes;
}

/** `Event { wall_time = 1; step = 2; summary = 5 { value = 1 { tag = 1; simple_value = 2 } } }` of tensorflow/core/util/event.proto. */
function scalars(seconds: number, step: number, values: Readonly<Record<string, number>>): Uint8Array {
  const summary = Object.entries(values).map(([tag, value]) =>
    withLength(1, Buffer.concat([text(1, tag), float(2, value)])),
  );
  return Buffer.concat([double(1, seconds), varint(2 * 8), varint(step), withLength(5, Buffer.concat(summary))]);
}

/** A run's metrics as a TensorBoard event file. The same run gives the same bytes. */
export function toTensorBoard(run: ExportedRun): ExportedFile[] {
  const begun = timeOfStep(run, 0) / 1000;
  // file_version = 3 is the first record of every event file.
  const version = Buffer.concat([double(1, begun), text(3, "brain.Event:2")]);
  const events = run.points.map(({ step, values }) => scalars(timeOfStep(run, step) / 1000, step, values));
  return [
    {
      path: `events.out.tfevents.${Math.floor(begun)}.${run.id}`,
      content: Buffer.concat([version, ...events].map(record)),
    },
  ];
}
