/** The nearest whole number; of two equally near ones the even one, as IEEE and NumPy round. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Whole numbers near `values` whose sum is the rounded sum of the values: all are rounded, then those that lost most gain one each until
 * the sum is right (or those that gained most lose one). Of equal losses the later place gains first, of equal gains the earlier loses first.
 */
export function roundPreservingSum(values: Float64Array): Int32Array {
  const rounded = Int32Array.from(values, roundHalfEven);
  let missing = roundHalfEven(values.reduce((a, b) => a + b, 0)) - rounded.reduce((a, b) => a + b, 0);
  while (missing !== 0) {
    const step = Math.sign(missing);
    const losses = values.map((value, i) => value - rounded[i]);
    const order = Int32Array.from(values.keys()).sort((a, b) => losses[a] - losses[b] || a - b);
    if (step > 0) order.reverse();
    const changes = Math.min(Math.abs(missing), values.length);
    for (const i of order.subarray(0, changes)) rounded[i] += step;
    missing -= step * changes;
  }
  return rounded;
}

/** `roundPreservingSum` of every row of a `[K, K]` matrix. */
export function roundPreservingRowSums(matrix: Float64Array, classes: number): Int32Array {
  const result = new Int32Array(matrix.length);
  for (let i = 0; i < classes; i++) {
    result.set(roundPreservingSum(matrix.subarray(i * classes, (i + 1) * classes)), i * classes);
  }
  return result;
}
