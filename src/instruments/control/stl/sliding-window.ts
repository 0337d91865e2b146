/** Which samples a window covers, relative to the current one: `[t + from, t + to]`; negative numbers lie in the past. */
export interface SampleWindow {
  readonly from: number;
  readonly to: number;
}

/**
 * The largest value in a window that slides over `x`, in time O(n) whatever its width: Lemire's monotone queue keeps only
 * samples that a later, larger one has not made useless. Windows are cut to the samples there are; `beyond`, where given,
 * counts as the value of every sample after the last. An empty window gives −∞.
 */
export function slidingMax(x: Float64Array, { from, to }: SampleWindow, beyond?: number): Float64Array {
  const n = x.length;
  const out = new Float64Array(n);
  const queue = new Int32Array(n);
  let [head, tail, next] = [0, 0, 0];
  for (let t = 0; t < n; t++) {
    for (const last = Math.min(t + to, n - 1); next <= last; next++) {
      while (tail > head && x[queue[tail - 1]] <= x[next]) tail--;
      queue[tail++] = next;
    }
    while (head < tail && queue[head] < t + from) head++;
    const inside = head < tail ? x[queue[head]] : Number.NEGATIVE_INFINITY;
    out[t] = beyond !== undefined && t + to >= n ? Math.max(inside, beyond) : inside;
  }
  return out;
}

/** The smallest value in a sliding window; an empty window gives +∞. */
export function slidingMin(x: Float64Array, window: SampleWindow, beyond?: number): Float64Array {
  return negated(slidingMax(negated(x), window, beyond === undefined ? undefined : -beyond));
}

/** The values with their signs turned. */
export function negated(x: Float64Array): Float64Array {
  return x.map((v) => -v);
}
