import { OrreryError } from "../../../errors.ts";
import type { Values } from "../reachability/grid.ts";
import type { Constraint, Field } from "../reachability/problem.ts";
import type { SolveOptions } from "../reachability/solve-options.ts";
import { solve } from "../reachability/solver.ts";
import { slicesAround, type TimeSlices } from "../reachability/value-function.ts";
import type { Goal, Hold, Plan } from "./plan.ts";
import { holdConstraint, joinHolds, least, lowestOf, type SampledHold } from "./plan-constraints.ts";
import { countSolves, isNested, isNestedPlan } from "./plan-shape.ts";
import { bigValue, type ControlTask, sampleFormula } from "./task.ts";
import { allPending, initialValues, type SolvedGoal, type ValueTree } from "./value-tree.ts";

/** How the values of a plan are computed. */
export interface PlanOptions
  extends Pick<SolveOptions, "scheme" | "precision" | "workers" | "signal" | "memoryLimitBytes"> {
  /** How many times as large as in the system the disturbances are. */
  readonly delta: number;
  /**
   * Scales that take over from `delta` at some times after the plan's beginning, in increasing order. Only for plans without
   * nested formulas, whose beginning in time is not known.
   */
  readonly segments?: readonly { readonly from: number; readonly delta: number }[];
  /** Seconds between the slices kept for controllers and couplings. */
  readonly sliceEvery: number;
  /** Whether the values are only asked for at the beginning, so that slices nobody couples with are not kept. */
  readonly isOnlyInitial?: boolean;
  /** Called while solving with the share of this plan that is done. */
  readonly onProgress?: (progress: PlanProgress) => void;
}

/** Where the solution of a plan stands. */
export interface PlanProgress {
  /** Of `solves`, counting the running one in part. */
  readonly done: number;
  readonly solves: number;
  readonly label: string;
}

/**
 * The values of a plan, from the inside out. For tasks with pending goals `S`, backward from the earliest deadline:
 * `V_S(t) = holds(t) ∧ max(lefts ∧ P(V_S), max_{i ∈ S, t ∈ I_i} (b_i ∧ V_{S∖i}(t)))`, with `P` a step of the Hamilton–Jacobi
 * equation with maximising control and minimising disturbance.
 * @throws OrreryError `unsupported` for nested formulas where the dynamics depend on time.
 */
export async function solvePlan(plan: Plan, task: ControlTask, options: PlanOptions): Promise<ValueTree> {
  if (task.system.isTimeVarying && isNestedPlan(plan)) {
    throw new OrreryError(
      "unsupported",
      `synthesis: expected dynamics free of t for nested formulas; got ${task.system.name}`,
      {
        hint: "The value of an inner formula must not depend on when it begins.",
      },
    );
  }
  if ((options.segments ?? []).length > 0 && isNestedPlan(plan)) {
    throw new OrreryError("unsupported", "synthesis: expected a plan without nested formulas for bounds per segment", {
      hint: "When a nested formula begins is not known, so its segments are not either: use one bound.",
    });
  }
  return new PlanSolver(task, options, countSolves(plan)).solve(plan);
}

class PlanSolver {
  readonly #task: ControlTask;
  readonly #options: PlanOptions;
  readonly #solves: number;
  #done = 0;

  constructor(task: ControlTask, options: PlanOptions, solves: number) {
    this.#task = task;
    this.#options = options;
    this.#solves = solves;
  }

  async solve(plan: Plan): Promise<ValueTree> {
    switch (plan.kind) {
      case "state":
        return { kind: "state", formula: plan.formula, values: sampleFormula(plan.formula, this.#task) };
      case "choice":
        return { kind: "choice", options: await this.#each(plan.options) };
      case "naive":
        return { kind: "naive", parts: await this.#each(plan.parts) };
      case "release":
        return { kind: "release", slices: await this.#release(plan) };
      case "tasks":
        return await this.#tasks(plan.holds, plan.goals);
    }
  }

  async #each(plans: readonly Plan[]): Promise<ValueTree[]> {
    const trees: ValueTree[] = [];
    for (const plan of plans) trees.push(await this.solve(plan));
    return trees;
  }

  async #release(plan: Extract<Plan, { kind: "release" }>): Promise<TimeSlices> {
    const releases: Constraint = { take: "max", field: sampleFormula(plan.left, this.#task) };
    const holds: Constraint = {
      take: "min",
      field: sampleFormula(plan.right, this.#task),
      from: plan.from,
      to: plan.to,
    };
    const constraints = this.#task.until === "closed" ? [holds, releases] : [releases, holds];
    return await this.#backward({ constraints, initial: bigValue, from: 0, to: plan.to, label: "release" });
  }

  async #tasks(holds: readonly Hold[], goals: readonly Goal[]): Promise<ValueTree> {
    const conditions = await this.#each(holds.map((hold) => hold.condition));
    const sampled = joinHolds(
      conditions.map((tree, i) => ({ field: initialValues(tree), from: holds[i].from, to: holds[i].to })),
    );
    const targets = await this.#each(goals.map((goal) => goal.target));
    const solved = goals.map((goal, i): SolvedGoal => ({ ...goal, target: targets[i] }));
    const pending = new Map<number, TimeSlices>();
    const all = allPending(goals.length);
    if (holds.length > 0 && !goals.some(isNested))
      pending.set(0, await this.#viability(sampled, latestStart(solved, 0), goals.length === 0));
    const sets = Array.from({ length: all }, (_, i) => i + 1).sort((a, b) => countBits(a) - countBits(b));
    for (const set of sets) pending.set(set, await this.#pendingSet(set, solved, sampled, pending));
    return { kind: "tasks", goals: solved, pending };
  }

  /** The values when nothing is pending but what must hold. */
  async #viability(holds: readonly SampledHold[], from: number, isWhole: boolean): Promise<TimeSlices> {
    const to = Math.max(...holds.map((hold) => hold.to));
    const constraints = holds.map(holdConstraint);
    return await this.#backward({
      constraints,
      initial: bigValue,
      from: Math.min(from, to),
      to,
      label: "holds",
      isWhole,
    });
  }

  async #pendingSet(
    set: number,
    goals: readonly SolvedGoal[],
    holds: readonly SampledHold[],
    pending: ReadonlyMap<number, TimeSlices>,
  ): Promise<TimeSlices> {
    const members = goals.map((_, i) => i).filter((i) => (set >> i) & 1);
    const to = Math.min(...members.map((i) => goals[i].to));
    const from = Math.min(to, latestStart(goals, set));
    const stops = members.flatMap((i): Constraint[] => {
      if (goals[i].from > to || (isNested(goals[i]) && members.length > 1)) return [];
      const window = { from: Math.max(from, goals[i].from), to };
      const rest = isNested(goals[i]) ? undefined : pending.get(set & ~(1 << i));
      const isLast = members.length === 1;
      return [{ take: "max", field: this.#stopField(goals[i], rest, window, isLast), ...window }];
    });
    const lefts = members.flatMap((i): Constraint[] => {
      const { left } = goals[i];
      return left === undefined ? [] : [{ take: "min", field: sampleFormula(left, this.#task) }];
    });
    const constraints = [...lefts, ...stops, ...holds.filter((h) => h.from <= to).map(holdConstraint)];
    const label = members.map((i) => goals[i].text).join(" and ");
    const isWhole = set === allPending(goals.length);
    return await this.#backward({ constraints, initial: -bigValue, from, to, label, isWhole });
  }

  /** `b_i ∧ V_{S∖i}(t)`: how good it is to count a goal as reached now. */
  #stopField(
    goal: SolvedGoal,
    rest: TimeSlices | undefined,
    window: { from: number; to: number },
    isLast: boolean,
  ): Field {
    const target = initialValues(goal.target);
    const own =
      goal.left !== undefined && this.#task.until === "closed"
        ? least(target, sampleFormula(goal.left, this.#task))
        : target;
    if (rest === undefined) return own;
    const times = this.#times(window.from, window.to);
    const end = Math.max(...rest.times);
    const values = times.map((t) => {
      if (t > end + 1e-9) return isLast ? own : new Float32Array(own.length).fill(-bigValue);
      const [first, second, weight] = slicesAround(rest, t);
      const [a, b] = [rest.values[first], rest.values[second]];
      return Float32Array.from(own, (v, k) => Math.min(v, weight === 0 ? a[k] : (1 - weight) * a[k] + weight * b[k]));
    });
    return values.length === 1 ? values[0] : { times, values };
  }

  async #backward(run: BackwardRun): Promise<TimeSlices> {
    const { grid, system } = this.#task;
    const { onProgress, isOnlyInitial, scheme, precision, workers, signal, memoryLimitBytes } = this.#options;
    const initial = new Float64Array(grid.size).fill(run.initial);
    const given = { scheme, precision, workers, signal, memoryLimitBytes };
    const options = Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined));
    if (run.from === run.to) {
      this.#done++;
      return startOnly(initial, run);
    }
    const keep = isOnlyInitial === true && run.isWhole === true ? "last" : "all";
    const slices = keep === "last" ? [run.from, run.to] : this.#times(run.from, run.to);
    const parts = this.#parts(slices);
    const found: { times: number[]; values: Values[] } = { times: [], values: [] };
    let start: Values = initial;
    const lowest = lowestOf(run.constraints);
    for (const { times, delta: scale } of parts.reverse()) {
      const problem = { system, grid, initial: start, times: [...times].reverse(), control: "max" } as const;
      const {
        times: reached,
        values,
        last,
      } = await solve(
        { ...problem, disturbanceScale: scale, constraints: run.constraints, lowest },
        {
          ...options,
          keep,
          observer: (event) => {
            if (event.kind !== "progress") return;
            const share = (run.to - event.time) / (run.to - run.from);
            onProgress?.({ done: this.#done + share, solves: this.#solves, label: run.label });
          },
        },
      );
      start = last;
      const isJoint = found.times.at(-1) === reached[0];
      found.times.push(...reached.slice(isJoint ? 1 : 0));
      found.values.push(...values.slice(isJoint ? 1 : 0));
    }
    this.#done++;
    return keep === "last" ? { times: [run.from], values: [start] } : found;
  }

  /** Increasing times cut at the segments' beginnings, each part with its disturbance. */
  #parts(times: readonly number[]): { readonly times: readonly number[]; readonly delta: number }[] {
    const [first, last] = [times[0], times[times.length - 1]];
    const { delta, segments = [] } = this.#options;
    const inner = segments.filter(({ from }) => from > first && from < last);
    const before = segments.filter(({ from }) => from <= first).at(-1)?.delta ?? delta;
    const cuts = [{ from: first, delta: before }, ...inner];
    return cuts.map(({ from, delta: scale }, i) => {
      const to = cuts[i + 1]?.from ?? last;
      return { times: [from, ...times.filter((t) => t > from && t < to), to], delta: scale };
    });
  }

  /** Slice times from `from` to `to`, both included. */
  #times(from: number, to: number): number[] {
    const count = Math.max(1, Math.ceil((to - from) / this.#options.sliceEvery - 1e-9));
    if (to <= from) return [from];
    return Array.from({ length: count + 1 }, (_, i) => (i === count ? to : from + ((to - from) * i) / count));
  }
}

interface BackwardRun {
  readonly constraints: readonly Constraint[];
  readonly initial: number;
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** Whether these are the values at the plan's beginning. */
  readonly isWhole?: boolean;
}

/** The constraints at a single moment. */
function startOnly(values: Float64Array, { constraints, to }: BackwardRun): TimeSlices {
  for (const { take, field, from = 0, to: until = to } of constraints) {
    if (to < from || to > until) continue;
    const own = "times" in field ? field.values[field.values.length - 1] : (field as Values);
    const pick = take === "min" ? Math.min : Math.max;
    for (let k = 0; k < values.length; k++) values[k] = pick(values[k], own[k]);
  }
  return { times: [to], values: [values] };
}

/** The earliest time at which exactly the goals of a set can be left: all others have been reached by then. */
function latestStart(goals: readonly SolvedGoal[], set: number): number {
  return Math.max(0, ...goals.filter((_, i) => ((set >> i) & 1) === 0).map((goal) => goal.from));
}

function countBits(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) count++;
  return count;
}
