/** A `[K, K]` array as nested lists. */
export function nestedRows(values: ArrayLike<number>, classes: number): number[][] {
  return Array.from({ length: classes }, (_, i) =>
    Array.from({ length: classes }, (_column, j) => values[i * classes + j]),
  );
}
