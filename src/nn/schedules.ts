import { OrreryError } from "../errors.ts";

/** The learning rate of step `step`; 0 is the first. */
export type Schedule = (step: number) => number;

function checkCount(where: string, name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw new OrreryError("argument", `${where}: ${name} must be a whole number of at least 1; got ${value}`);
}

/** The same rate at every step. */
export function constantRate(rate: number): Schedule {
  return () => rate;
}

/** The rate times `factor` after every `every` steps: `rate · factor^⌊t / every⌋`. @throws OrreryError `argument` unless every ≥ 1. */
export function stepDecay(rate: number, options: { readonly every: number; readonly factor: number }): Schedule {
  const { every, factor } = options;
  checkCount("stepDecay", "every", every);
  return (step) => rate * factor ** Math.floor(step / every);
}

/** The rate times `factor` at each of the `milestones`: `rate · factor^(number of milestones ≤ t)`. */
export function multiStepDecay(
  rate: number,
  options: { readonly milestones: readonly number[]; readonly factor: number },
): Schedule {
  return (step) => rate * options.factor ** options.milestones.filter((milestone) => milestone <= step).length;
}

/** The rate times `factor` at every step: `rate · factorᵗ`. */
export function exponentialDecay(rate: number, factor: number): Schedule {
  return (step) => rate * factor ** step;
}

/** A way from one rate to another, which is kept afterwards. */
export interface DecayOptions {
  /** After how many steps `final` is reached. */
  readonly steps: number;
  /** The rate at the end; default 0. */
  readonly final?: number;
}

/** A straight line from `rate` to `final`. @throws OrreryError `argument` unless steps ≥ 1. */
export function linearDecay(rate: number, options: DecayOptions): Schedule {
  return polynomialDecay(rate, { ...options, power: 1 });
}

/** `final + (rate − final)(1 − t / steps)^power`. @throws OrreryError `argument` unless steps ≥ 1. */
export function polynomialDecay(rate: number, options: DecayOptions & { readonly power: number }): Schedule {
  const { steps, final = 0, power } = options;
  checkCount("polynomialDecay", "steps", steps);
  return (step) => final + (rate - final) * (1 - Math.min(step, steps) / steps) ** power;
}

/** Half a cosine wave: `final + (rate − final)(1 + cos(πt / steps)) / 2` (Loshchilov & Hutter 2017). @throws OrreryError `argument` unless steps ≥ 1. */
export function cosineDecay(rate: number, options: DecayOptions): Schedule {
  const { steps, final = 0 } = options;
  checkCount("cosineDecay", "steps", steps);
  return (step) => final + ((rate - final) * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps))) / 2;
}

/**
 * A straight line from `from` times the first rate of `schedule` up to it, then `schedule` from its beginning.
 * @param options `from` in [0, 1], default 0
 * @throws OrreryError `argument` unless steps ≥ 1.
 */
export function warmUp(schedule: Schedule, options: { readonly steps: number; readonly from?: number }): Schedule {
  const { steps, from = 0 } = options;
  checkCount("warmUp", "steps", steps);
  return (step) => (step < steps ? schedule(0) * (from + ((1 - from) * step) / steps) : schedule(step - steps));
}
