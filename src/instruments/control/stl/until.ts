import { type SampleWindow, slidingMax, slidingMin } from "./sliding-window.ts";

/** The two sides of a bounded until or since over the same samples. */
export interface BoundedUntil {
  readonly left: Float64Array;
  readonly right: Float64Array;
  /** In samples, from 0 on; `to` may be infinite. */
  readonly window: SampleWindow;
  /** Whether the left side must also hold when the right one does. */
  readonly isClosed: boolean;
  /** The values of both sides after the last sample. */
  readonly beyond?: { readonly left: number; readonly right: number };
}

/**
 * `max_{t' ∈ t+[p,q]} min(b(t'), min_{t'' ∈ [t, t')} a(t''))` in O(n), by two exact identities (Donzé et al. 2013):
 * `a U_[p,q] b = G_[0,p) a ∧ (a U_[0,q−p] b)(t + p)` and `a U_[0,w] b = F_[0,w] b ∧ a U b`, and
 * `a U b = max(b, min(a, next))` backwards (closed: `min(a, max(b, next))`).
 */
export function untilDiscrete({ left: a, right: b, window, isClosed, beyond }: BoundedUntil): Float64Array {
  const { from, to } = window;
  const n = a.length;
  const after =
    beyond === undefined ? Number.NEGATIVE_INFINITY : isClosed ? Math.min(beyond.left, beyond.right) : beyond.right;
  const soon = slidingMax(b, { from: 0, to: to - from }, beyond?.right);
  let next = after;
  for (let t = n - 1; t >= 0; t--) {
    next = isClosed ? Math.min(a[t], Math.max(b[t], next)) : Math.max(b[t], Math.min(a[t], next));
    soon[t] = Math.min(soon[t], next);
  }
  if (from === 0) return soon;
  const before = slidingMin(a, { from: 0, to: from - 1 }, beyond?.left);
  return before.map((v, t) => Math.min(v, t + from < n ? soon[t + from] : after));
}

/** `max_{t' ∈ t−[p,q]} min(b(t'), min_{t'' ∈ (t', t]} a(t''))`: the mirror image of `untilDiscrete`. */
export function sinceDiscrete({ left, right, ...rest }: Omit<BoundedUntil, "beyond">): Float64Array {
  return untilDiscrete({ left: left.slice().reverse(), right: right.slice().reverse(), ...rest }).reverse();
}
