import { OrreryError } from "../../../errors.ts";
import type { Interval } from "./formula.ts";

/** What counts beyond the last sample of a trace: nothing, the last value for ever, or a given value. */
export type TraceEnd = "truncate" | "hold" | { readonly pad: number };

/** Conventions on which published tools differ. */
export interface Semantics {
  /**
   * Whether the left side of `a U b` must hold up to the moment at which `b` does (`half-open`, `[t, t')`) or also at it
   * (`closed`, `[t, t']`).
   */
  readonly until?: "half-open" | "closed";
  /**
   * What operators see beyond the last sample. With `truncate` windows are cut, and one without any sample gives −∞ for
   * `F`, `U` and +∞ for `G`, `release`. Before the first sample there is always nothing.
   */
  readonly end?: TraceEnd;
}

/** Conventions of discrete time. */
export interface DiscreteSemantics extends Semantics {
  /** Seconds between samples. */
  readonly step?: number;
  /** The value of `prev` at the first sample and of `next` at the last one. */
  readonly outside?: number;
}

/** All conventions of discrete time, filled in: half-open until, cut windows, 1 s steps, +∞ outside. */
export function completeSemantics(given: DiscreteSemantics): Required<DiscreteSemantics> {
  const semantics = {
    until: "half-open",
    end: "truncate",
    step: 1,
    outside: Number.POSITIVE_INFINITY,
    ...given,
  } as const;
  if (!(semantics.step > 0 && Number.isFinite(semantics.step))) {
    throw new OrreryError(
      "argument",
      `monitor: expected step to be a number of seconds above 0; got ${semantics.step}`,
    );
  }
  return semantics;
}

/** An interval in numbers of samples. @throws OrreryError `argument` unless both bounds are multiples of the step. */
export function inSamples({ from, to }: Interval, step: number): Interval {
  const count = (seconds: number) => {
    const samples = Math.round(seconds / step);
    if (seconds === Number.POSITIVE_INFINITY) return seconds;
    if (Math.abs(samples * step - seconds) <= 1e-9 * Math.max(step, seconds)) return samples;
    throw new OrreryError(
      "argument",
      `monitor: expected interval bounds to be multiples of the step ${step} s; got ${seconds} s`,
      {
        hint: "Choose a step that divides every bound, or use dense time.",
      },
    );
  };
  return { from: count(from), to: count(to) };
}

/** `|a − b|` with 0 between equal infinities. `<->` has the robustness `−|a − b|` and `xor` `|a − b|`, as in rtamt. */
export function difference(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a - b);
}
