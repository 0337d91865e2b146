import { compileSystem, namesOf, velocity, withDisturbanceScale } from "../reachability/dynamics.ts";
import { type OptimalInputs, optimalInputs } from "../reachability/optimal-inputs.ts";
import { gradientInTime, interpolateInTime, type TimeSlices } from "../reachability/value-function.ts";
import { type ControlTask, stateFunction } from "./task.ts";
import { allPending, planValue, type SolvedGoal, type ValueTree } from "./value-tree.ts";

/** What a controller says at a state and a time. */
export interface Decision extends OptimalInputs {
  /**
   * How robustly the rest of the formula can be satisfied from here against every disturbance: ∞ when nothing is left to do, −∞ when
   * a deadline has been missed.
   */
  readonly value: number;
  /** `∇V`, along which the control climbs and the worst disturbance descends. */
  readonly gradient: readonly number[];
  /** What is being done: the goals still pending, what must hold, or that nothing is left to do. */
  readonly activity: string;
}

/** A part of the plan that is being carried out. */
interface Mode {
  readonly tree: ValueTree;
  readonly begins: number;
  /** Goals still to be reached, as a set. */
  readonly pending: number;
}

/**
 * Carries a plan out: climbs `V_S` of the goals `S` that are pending and counts a goal as reached as soon as waiting cannot be
 * better. It is a state machine in time: call `decide` at increasing times, `begin` for a new run.
 */
export class PlanController {
  readonly #task: ControlTask;
  readonly #tree: ValueTree;
  readonly #optimal: ReturnType<typeof optimalInputs>;
  readonly #linearize: ReturnType<typeof compileSystem>;
  #mode: Mode;

  /** @param delta the scale of the disturbances that the worst one is taken from. */
  constructor(task: ControlTask, tree: ValueTree, delta: number) {
    const system = withDisturbanceScale(task.system, delta);
    this.#task = task;
    this.#tree = tree;
    this.#optimal = optimalInputs(system, { control: "max" });
    this.#linearize = compileSystem(system);
    this.#mode = { tree, begins: 0, pending: 0 };
  }

  /** Starts the plan at a state: chooses among alternatives. */
  begin(x: readonly number[], time = 0): void {
    this.#mode = this.#enter(this.#tree, x, time);
  }

  /**
   * The best control and the worst disturbance at a state. `patience` is the time to the next decision: a goal whose deadline
   * would pass before it is counted as reached now. Without it a goal counts as reached at the first decision after its deadline
   * where it is; where it is not, it has been missed, and the control goes on towards it.
   */
  decide(x: readonly number[], time: number, patience = 0): Decision {
    for (;;) {
      const next = this.#advance(x, time, patience);
      if (next === undefined) break;
      this.#mode = next;
    }
    const { tree, begins, pending } = this.#mode;
    const slices = slicesOf(tree, pending);
    const elapsed = time - begins;
    const isPast = slices !== undefined && elapsed > lastTime(slices) + 1e-9;
    const isMissed = isPast && pending > 0;
    const isOver = slices === undefined || (isPast && !isMissed);
    const gradient = isOver
      ? x.slice(0, this.#task.grid.axes.length).map(() => 0)
      : gradientInTime(this.#task.grid, slices, x, elapsed);
    const rest = isOver ? Number.POSITIVE_INFINITY : interpolateInTime(this.#task.grid, slices, x, elapsed, "clamp");
    const value = isMissed ? Number.NEGATIVE_INFINITY : rest;
    return { ...this.#optimal(x, gradient, time), value, gradient, activity: activityOf(tree, pending, isOver) };
  }

  /**
   * Whether a control may be used for `duration` seconds instead of the best one: the value afterwards, under the disturbance
   * that is worst along the gradient, is still at least `margin`.
   */
  allows(
    control: readonly number[],
    decision: Decision,
    at: { readonly x: readonly number[]; readonly time: number; readonly duration: number; readonly margin: number },
  ): boolean {
    const { tree, begins, pending } = this.#mode;
    const slices = slicesOf(tree, pending);
    if (slices === undefined) return true;
    const rate = velocity(this.#linearize(at.x, at.time), control, decision.disturbance);
    const next = rate.map((v, i) => at.x[i] + v * at.duration);
    const after = at.time + at.duration - begins;
    return interpolateInTime(this.#task.grid, slices, next, after, "clamp") >= at.margin;
  }

  /** The names of the controls, in the order of `Decision.control`. */
  get controls(): string[] {
    return namesOf(this.#task.system.controls);
  }

  #enter(tree: ValueTree, x: readonly number[], begins: number): Mode {
    const best = (trees: readonly ValueTree[], sign: 1 | -1) =>
      trees.reduce((a, b) =>
        sign * planValue(b, this.#task.grid, x) > sign * planValue(a, this.#task.grid, x) ? b : a,
      );
    if (tree.kind === "choice") return this.#enter(best(tree.options, 1), x, begins);
    if (tree.kind === "naive") return this.#enter(best(tree.parts, -1), x, begins);
    return { tree, begins, pending: tree.kind === "tasks" ? allPending(tree.goals.length) : 0 };
  }

  /** The mode after the goal that should count as reached now, if there is one. */
  #advance(x: readonly number[], time: number, patience: number): Mode | undefined {
    const { tree, begins, pending } = this.#mode;
    if (tree.kind !== "tasks" || pending === 0) return undefined;
    const elapsed = time - begins;
    const members = tree.goals.map((_, i) => i).filter((i) => (pending >> i) & 1);
    const stops = members.map((i) => ({ i, value: this.#stopValue(tree, i, x, elapsed) }));
    const best = stops.reduce((a, b) => (b.value > a.value ? b : a));
    if (best.value === Number.NEGATIVE_INFINITY) return undefined;
    const deadline = Math.min(...members.map((i) => tree.goals[i].to)) + 1e-9;
    if (elapsed > deadline && best.value < 0) return undefined;
    const waiting = interpolateInTime(this.#task.grid, tree.pending.get(pending)!, x, elapsed, "clamp");
    const isLastChance = elapsed + patience > deadline;
    if (best.value < waiting - 1e-9 && !isLastChance) return undefined;
    const { target } = tree.goals[best.i];
    if (target.kind !== "state") return this.#enter(target, x, time);
    return { tree, begins, pending: pending & ~(1 << best.i) };
  }

  /** How good it is to count a goal as reached; −∞ before its window. */
  #stopValue(tree: Extract<ValueTree, { kind: "tasks" }>, i: number, x: readonly number[], elapsed: number): number {
    const goal = tree.goals[i];
    const { pending } = this.#mode;
    const isTooEarly = elapsed < goal.from - 1e-9;
    if (isTooEarly || (goal.target.kind !== "state" && pending !== 1 << i)) return Number.NEGATIVE_INFINITY;
    if (goal.target.kind !== "state") return planValue(goal.target, this.#task.grid, x);
    const rest = tree.pending.get(pending & ~(1 << i));
    const later =
      rest === undefined || elapsed > lastTime(rest) + 1e-9
        ? Number.POSITIVE_INFINITY
        : interpolateInTime(this.#task.grid, rest, x, elapsed, "clamp");
    return Math.min(this.#conditionAt(goal, x), later);
  }

  readonly #conditions = new Map<SolvedGoal, (x: ArrayLike<number>) => number>();

  #conditionAt(goal: SolvedGoal, x: readonly number[]): number {
    const known = this.#conditions.get(goal);
    if (known !== undefined) return known(x);
    const { formula } = goal.target as Extract<ValueTree, { kind: "state" }>;
    const condition = stateFunction(formula, this.#task);
    this.#conditions.set(goal, condition);
    return condition(x);
  }
}

function slicesOf(tree: ValueTree, pending: number): TimeSlices | undefined {
  if (tree.kind === "release") return tree.slices;
  return tree.kind === "tasks" ? tree.pending.get(pending) : undefined;
}

function lastTime({ times }: TimeSlices): number {
  return Math.max(times[0], times[times.length - 1]);
}

/** What a part of a plan is doing: the goals still pending, `holding`, or `done`. */
export function activityOf(tree: ValueTree, pending: number, isOver: boolean): string {
  if (tree.kind === "tasks" && pending > 0) {
    return tree.goals.flatMap(({ text }, i) => ((pending >> i) & 1 ? [text] : [])).join(" and ");
  }
  return isOver ? "done" : "holding";
}
