import type { Measurement } from "../../nn/index.ts";

/**
 * At most `limit` of the points, first and last among them: of each stretch the lowest and the highest, so that peaks stay. Values that are no
 * finite numbers are left out.
 */
export function downSample(points: readonly Measurement[], limit: number): Measurement[] {
  const finite = points.filter(({ value }) => Number.isFinite(value));
  if (finite.length <= limit) return finite;
  const stretches = Math.max(1, (limit - 2) >> 1);
  const inner = finite.slice(1, -1);
  const kept = [finite[0]];
  for (let i = 0; i < stretches; i++) {
    const part = inner.slice(
      Math.floor((i * inner.length) / stretches),
      Math.floor(((i + 1) * inner.length) / stretches),
    );
    const lowest = part.reduce((a, b) => (b.value < a.value ? b : a));
    const highest = part.reduce((a, b) => (b.value > a.value ? b : a));
    kept.push(...(lowest === highest ? [lowest] : lowest.step < highest.step ? [lowest, highest] : [highest, lowest]));
  }
  return [...kept, finite[finite.length - 1]];
}
