import { OrreryError } from "../../../errors.ts";
import { compileSystem, velocity, withDisturbanceScale } from "../reachability/dynamics.ts";
import { robustnessDense } from "../stl/dense.ts";
import { valueAt } from "../stl/dense-signal.ts";
import { type Formula, operandsOf } from "../stl/formula.ts";
import { reachOf } from "../stl/horizon.ts";
import { toNegationNormalForm } from "../stl/normal-form.ts";
import { robustness } from "../stl/robustness.ts";
import { PlanController } from "./controller.ts";
import type { Disturbance } from "./disturbance.ts";
import type { ControlTask } from "./task.ts";
import type { ValueTree } from "./value-tree.ts";

/** How the closed loop is simulated. */
export interface RolloutOptions {
  readonly start: readonly number[];
  /** The scale of the disturbances. */
  readonly delta: number;
  readonly disturbance: Disturbance;
  /** Seconds for which inputs are held. See `samplingStep`. */
  readonly step: number;
  /** A control of one's own, used wherever the value afterwards stays at least `margin` (least restrictive control). */
  readonly preferred?: (x: readonly number[], time: number) => readonly number[];
  readonly margin?: number;
}

/** A run of the closed loop; row `k` is time `k·step`. */
export interface Rollout {
  readonly disturbance: string;
  readonly step: number;
  readonly times: readonly number[];
  readonly states: readonly (readonly number[])[];
  readonly controls: readonly (readonly number[])[];
  readonly disturbances: readonly (readonly number[])[];
  /** `V` of what was pending; infinite when nothing is left to do. */
  readonly values: readonly number[];
  readonly activities: readonly string[];
  /** The monitor's robustness of the formula over the whole run; −∞ for one that ends early because its states grow beyond all numbers. */
  readonly robustness: number;
  /** How often the preferred control had to be replaced. */
  readonly interventions: number;
}

/**
 * Runs a controller against a disturbance to the end of the formula's reach, with inputs held for `step` seconds and the
 * dynamics integrated by RK4, and lets the monitor judge the trajectory: at its samples where the step divides every bound of the
 * formula, else in continuous time, in which each state stands until the next.
 */
export function rollOut(task: ControlTask, tree: ValueTree, options: RolloutOptions): Rollout {
  const { step, delta, disturbance, start } = options;
  const controller = new PlanController(task, tree, delta);
  const linearize = compileSystem(withDisturbanceScale(task.system, delta));
  const count = Math.ceil(reachOf(task.formula).ahead / step - 1e-6);
  const log = { times: [] as number[], states: [] as number[][], controls: [] as (readonly number[])[] };
  const more = { disturbances: [] as (readonly number[])[], values: [] as number[], activities: [] as string[] };
  let x = [...start];
  let interventions = 0;
  controller.begin(x);
  for (let k = 0; k <= count && x.every(Number.isFinite); k++) {
    const time = k * step;
    const decision = controller.decide(x, time, step);
    const wanted = options.preferred?.(x, time);
    const situation = { x, time, duration: step, margin: options.margin ?? 0 };
    const isAllowed = wanted !== undefined && controller.allows(wanted, decision, situation);
    if (wanted !== undefined && !isAllowed) interventions++;
    const control = isAllowed ? wanted : decision.control;
    const d = disturbance.at({ time, x, worst: decision.disturbance });
    log.times.push(time);
    log.states.push(x);
    log.controls.push(control);
    more.disturbances.push(d);
    more.values.push(decision.value);
    more.activities.push(decision.activity);
    if (k < count) x = integrate((y, t) => velocity(linearize(y, t), control, d), x, { time, step });
  }
  return {
    disturbance: disturbance.name,
    step,
    ...log,
    ...more,
    robustness: log.times.length <= count ? Number.NEGATIVE_INFINITY : judge(task, log.states, step),
    interventions,
  };
}

/** One step of the classical Runge–Kutta method of order 4. */
function integrate(
  rate: (x: readonly number[], t: number) => number[],
  x: readonly number[],
  { time, step }: { readonly time: number; readonly step: number },
): number[] {
  const along = (k: readonly number[], h: number) => x.map((v, i) => v + h * k[i]);
  const k1 = rate(x, time);
  const k2 = rate(along(k1, step / 2), time + step / 2);
  const k3 = rate(along(k2, step / 2), time + step / 2);
  const k4 = rate(along(k3, step), time + step);
  return x.map((v, i) => v + (step / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]));
}

function judge(task: ControlTask, states: readonly (readonly number[])[], step: number): number {
  const { vocabulary = {}, until = "half-open" } = task;
  const formula = toNegationNormalForm(task.formula);
  const signals = <T>(of: (value: number, k: number) => T) =>
    Object.fromEntries(task.system.states.map((name, i) => [name, states.map((x, k) => of(x[i], k))]));
  if (dividesBounds(formula, step)) {
    return robustness(
      formula,
      signals((value) => value),
      { step, vocabulary, until },
    )[0];
  }
  const trace = signals((value, k) => [k * step, value] as const);
  return valueAt(robustnessDense(formula, trace, { vocabulary, until })!, 0);
}

/** The most samples of a run. */
const mostSamples = 200_000;

/**
 * The longest step of at most `longest` seconds that divides every bound of the formula's intervals; where that is less than a
 * twentieth of it, because bounds have many digits, `longest` itself.
 * @throws OrreryError `argument` for a step so short that a run would not end.
 */
export function samplingStep(formula: Formula, longest: number): number {
  const { ahead } = reachOf(formula);
  if (!(longest > 0 && ahead <= mostSamples * longest)) {
    const expected = ahead > 0 ? `at least ${Number((ahead / mostSamples).toPrecision(3))} s` : "a time above 0";
    throw new OrreryError("argument", `sampling step: expected ${expected}; got ${longest} s`);
  }
  const divisor = boundsOf(formula).reduce(greatestCommonDivisor, 0);
  if (divisor === 0) return longest;
  const dividing = divisor / Math.ceil(divisor / longest - 1e-9);
  return dividing < longest / 20 ? longest : dividing;
}

function dividesBounds(formula: Formula, step: number): boolean {
  return boundsOf(formula).every((t) => Math.abs(t - step * Math.round(t / step)) <= 1e-9 * Math.max(step, t));
}

function boundsOf(formula: Formula): number[] {
  const own = "interval" in formula ? [formula.interval.from, formula.interval.to] : [];
  return [...own.filter(Number.isFinite), ...operandsOf(formula).flatMap(boundsOf)];
}

/** Of times in seconds, to a microsecond. */
function greatestCommonDivisor(a: number, b: number): number {
  return b < 1e-6 ? a : greatestCommonDivisor(b, Math.abs(a - b * Math.round(a / b)));
}
