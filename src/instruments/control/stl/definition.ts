import type { Formula } from "./formula.ts";
import { type DiscreteSemantics, difference } from "./semantics.ts";
import { compilePredicate } from "./term.ts";

/** The oracle of the monitors' tests: robustness at sample `t` written down from the definition, in exponential time. */
export function robustnessByDefinition(
  formula: Formula,
  samples: readonly (readonly number[])[],
  states: readonly string[],
  semantics: Required<DiscreteSemantics>,
): number[] {
  const n = samples.length;
  const at = (f: Formula, t: number): number => {
    if (t < n) return value(f, t);
    return semantics.end === "hold" ? value(f, n - 1) : (semantics.end as { pad: number }).pad;
  };
  const lastSeen = (t: number) => (semantics.end === "truncate" ? Math.min(t, n - 1) : Math.min(t, 2 * n + 8));
  const moments = (f: { interval: { from: number; to: number } }, t: number, isPast: boolean): number[] => {
    const [from, to] = [f.interval.from / semantics.step, f.interval.to / semantics.step].map(
      (x) => Math.round(x) || x,
    );
    const [first, last] = isPast ? [Math.max(0, t - to), t - from] : [t + from, lastSeen(t + to)];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  };
  const between = (t: number, u: number): number[] => {
    const [low, high] = u >= t ? [t, u] : [u, t];
    const all = Array.from({ length: high - low + 1 }, (_, i) => low + i);
    return semantics.until === "closed" ? all : all.filter((k) => k !== u);
  };
  const until = (a: Formula, b: Formula, t: number, times: readonly number[], sign: 1 | -1): number =>
    sign *
    Math.max(
      ...times.map((u) => Math.min(sign * at(b, u), ...between(t, u).map((k) => sign * at(a, k)))),
      Number.NEGATIVE_INFINITY,
    );
  const value = (f: Formula, t: number): number => {
    switch (f.kind) {
      case "constant":
        return f.value ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      case "positive":
      case "compare":
        return compilePredicate(f, states, {})(samples[t]);
      case "not":
        return -value(f.operand, t);
      case "and":
        return Math.min(...f.operands.map((g) => value(g, t)));
      case "or":
        return Math.max(...f.operands.map((g) => value(g, t)));
      case "implies":
        return Math.max(-value(f.left, t), value(f.right, t));
      case "iff":
        return -difference(value(f.left, t), value(f.right, t));
      case "xor":
        return difference(value(f.left, t), value(f.right, t));
      case "previous":
        return t > 0 ? value(f.operand, t - 1) : semantics.outside;
      case "next":
        return t + 1 < n ? value(f.operand, t + 1) : semantics.outside;
      case "rise":
        return Math.min(value(f.operand, t), t > 0 ? -value(f.operand, t - 1) : Number.POSITIVE_INFINITY);
      case "fall":
        return Math.min(-value(f.operand, t), t > 0 ? value(f.operand, t - 1) : Number.POSITIVE_INFINITY);
      case "always":
      case "historically":
        return Math.min(
          ...moments(f, t, f.kind === "historically").map((u) => at(f.operand, u)),
          Number.POSITIVE_INFINITY,
        );
      case "eventually":
      case "once":
        return Math.max(...moments(f, t, f.kind === "once").map((u) => at(f.operand, u)), Number.NEGATIVE_INFINITY);
      default: {
        const isPast = f.kind === "since" || f.kind === "trigger";
        const isDual = f.kind === "release" || f.kind === "trigger";
        return until(f.left, f.right, t, moments(f, t, isPast), isDual ? -1 : 1);
      }
    }
  };
  return samples.map((_, t) => value(formula, t));
}
