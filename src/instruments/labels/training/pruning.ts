/**
 * Marks rows as kept by their scores, except that a class of which none would be left keeps its best row.
 * @param isKept for each row; @param scores higher is better
 */
export function keepEveryClass(
  isKept: (row: number) => boolean,
  labels: Int32Array,
  scores: ArrayLike<number>,
): Uint8Array {
  const kept = Uint8Array.from(labels, (_, row) => (isKept(row) ? 1 : 0));
  const best = new Map<number, number>();
  const isPresent = new Set<number>();
  labels.forEach((label, row) => {
    if (kept[row] === 1) isPresent.add(label);
    const known = best.get(label);
    if (known === undefined || scores[row] > scores[known]) best.set(label, row);
  });
  for (const [label, row] of best) if (!isPresent.has(label)) kept[row] = 1;
  return kept;
}

/** The rows that are marked 1. */
export function markedRows(kept: ArrayLike<number | bigint>): Int32Array {
  return Int32Array.from(Array.from(kept, (mark, row) => (Number(mark) === 1 ? row : -1)).filter((row) => row >= 0));
}
