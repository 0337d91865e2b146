import { OrreryError } from "../../../errors.ts";
import { type Formula, isUnbounded, operandsOf } from "../stl/formula.ts";
import { toNegationNormalForm } from "../stl/normal-form.ts";
import { printFormula } from "../stl/printer.ts";

/** What must hold throughout a window of time, in seconds after the plan begins. */
export interface Hold {
  /** A state formula; anything else is outside of the sound fragment. */
  readonly condition: Plan;
  readonly from: number;
  readonly to: number;
}

/** What must be reached at some time in a window, in seconds after the plan begins. */
export interface Goal {
  readonly target: Plan;
  /** A state formula that must hold until then. */
  readonly left?: Formula;
  readonly from: number;
  readonly to: number;
  /** As the formula says it. */
  readonly text: string;
}

/** A formula as a game: what must hold, what must be reached, and in which ways. */
export type Plan =
  /** A condition on the state now. */
  | { readonly kind: "state"; readonly formula: Formula }
  /** All holds and all goals, which the controller may reach in any order. */
  | { readonly kind: "tasks"; readonly holds: readonly Hold[]; readonly goals: readonly Goal[] }
  /** `b` up to the moment at which `a` releases it, and with a half-open until at that moment too: `a R_[p,q] b` over conditions on the state. */
  | {
      readonly kind: "release";
      readonly left: Formula;
      readonly right: Formula;
      readonly from: number;
      readonly to: number;
    }
  /** Any one of the options; the controller chooses once, at the beginning. */
  | { readonly kind: "choice"; readonly options: readonly Plan[] }
  /** The smallest of values whose controllers may contradict one another: no guarantee. */
  | { readonly kind: "naive"; readonly parts: readonly Plan[] };

/** A plan and what is known of its soundness. */
export interface CompiledPlan {
  readonly plan: Plan;
  /** Whether a controller that follows the values satisfies the formula. */
  readonly isGuaranteed: boolean;
  /** What was asked for more strictly than the formula does (sound), or not soundly. */
  readonly remarks: readonly string[];
}

/** What happens to a formula outside of the sound fragment. */
export type OutsideFragment = "refuse" | "approximate";

/** The largest number of goals that may be pending at once: there is a value function for every set of them. */
export const largestPendingSet = 5;

/**
 * Turns a formula into a plan whose values are sound: `V ≥ 0` means that a controller exists that satisfies the formula
 * against every disturbance. The sound fragment: conditions on the state; `G` and `release` of them; `F` and `a U φ` of
 * anything in the fragment (`a` a condition on the state); disjunctions; conjunctions of `G`, of `F`/`U` with conditions on
 * the state in any order, and of one nested `F`/`U`, which then comes last. `G` of `F` is outside of it: being able to reach
 * at every moment is not reaching.
 * @throws OrreryError `unsupported` for an operator of the past or without an end, and, unless `outside` is `approximate`, for
 * a formula outside of the fragment, naming the part.
 */
export function compilePlan(formula: Formula, outside: OutsideFragment = "refuse"): CompiledPlan {
  const compiler = new PlanCompiler(outside);
  const plan = compiler.compile(toNegationNormalForm(formula));
  return { plan, isGuaranteed: compiler.isGuaranteed, remarks: compiler.remarks };
}

/** Whether a formula speaks of the present alone. */
export function isStateFormula(formula: Formula): boolean {
  if ("interval" in formula) return false;
  if (["previous", "next", "rise", "fall"].includes(formula.kind)) return false;
  return operandsOf(formula).every(isStateFormula);
}

class PlanCompiler {
  readonly remarks: string[] = [];
  isGuaranteed = true;
  readonly #outside: OutsideFragment;

  constructor(outside: OutsideFragment) {
    this.#outside = outside;
  }

  compile(formula: Formula): Plan {
    if (isStateFormula(formula)) return { kind: "state", formula };
    switch (formula.kind) {
      case "and":
        return this.#all(
          formula.operands.map((operand) => this.compile(operand)),
          formula,
        );
      case "or":
        return { kind: "choice", options: formula.operands.map((operand) => this.compile(operand)) };
      case "always":
        return this.#always(formula, formula.operand);
      case "eventually":
        return this.#eventually(formula, formula.operand);
      case "until":
        return this.#eventually(formula, formula.right, formula.left);
      case "release":
        return this.#release(formula);
      default: {
        const hint = "Formulas for synthesis look ahead: G, F, U and release with intervals.";
        throw new OrreryError(
          "unsupported",
          `synthesis: expected no operator of the past or of a neighbouring sample; got ${printFormula(formula)}`,
          { hint },
        );
      }
    }
  }

  #always(formula: Extract<Formula, { interval: unknown }>, operand: Formula): Plan {
    const { from, to } = boundsOf(formula);
    if (operand.kind === "and" && !isStateFormula(operand)) {
      const parts = operand.operands.map((part) => this.#always(formula, part));
      return this.#all(parts, formula);
    }
    if (operand.kind === "always") {
      const inner = boundsOf(operand);
      return this.#always({ ...operand, interval: { from: from + inner.from, to: to + inner.to } }, operand.operand);
    }
    if (from === to) return this.#eventually(formula, operand);
    const condition = this.compile(operand);
    if (condition.kind !== "state") {
      this.#leaveFragment(formula, "that something can be done at every moment does not mean that it is done");
    }
    return { kind: "tasks", holds: [{ condition, from, to }], goals: [] };
  }

  #eventually(formula: Extract<Formula, { interval: unknown }>, operand: Formula, left?: Formula): Plan {
    const { from, to } = boundsOf(formula);
    if (left !== undefined && !isStateFormula(left)) {
      this.#leaveFragment(formula, "the left side of until must be a condition on the state");
      return { kind: "naive", parts: [this.compile(left), this.#eventually(formula, operand)] };
    }
    const goal: Goal = { target: this.compile(operand), from, to, text: printFormula(formula) };
    return { kind: "tasks", holds: [], goals: [left === undefined ? goal : { ...goal, left }] };
  }

  #release(formula: Extract<Formula, { kind: "until" | "release" | "since" | "trigger" }>): Plan {
    const { from, to } = boundsOf(formula);
    if (isStateFormula(formula.left) && isStateFormula(formula.right)) {
      return { kind: "release", left: formula.left, right: formula.right, from, to };
    }
    this.#leaveFragment(formula, "both sides of release must be conditions on the state", true);
    throw new Error("unreachable");
  }

  /** The conjunction of plans: alternatives are multiplied out, tasks joined. */
  #all(plans: readonly Plan[], formula: Formula): Plan {
    const choice = plans.findIndex((plan) => plan.kind === "choice");
    if (choice >= 0) {
      const { options } = plans[choice] as Extract<Plan, { kind: "choice" }>;
      return { kind: "choice", options: options.map((option) => this.#all(plans.with(choice, option), formula)) };
    }
    if (plans.some((plan) => plan.kind === "release" || plan.kind === "naive")) {
      if (plans.length > 1) this.#leaveFragment(formula, "release cannot be joined with other tasks");
      return { kind: "naive", parts: plans };
    }
    const tasks = plans.map(asTasks);
    return this.#join(
      tasks.flatMap((t) => t.holds),
      tasks.flatMap((t) => t.goals),
      formula,
    );
  }

  #join(holds: readonly Hold[], goals: readonly Goal[], formula: Formula): Plan {
    if (goals.length > largestPendingSet) {
      const message = `synthesis: expected at most ${largestPendingSet} goals at once; got ${goals.length} in ${printFormula(formula)}`;
      throw new OrreryError("unsupported", message, { hint: "Split the formula, or nest the goals in one another." });
    }
    const nested = goals.filter((goal) => goal.target.kind !== "state");
    if (nested.length > 1) {
      this.#leaveFragment(formula, "two nested goals cannot both come last");
      return { kind: "naive", parts: goals.map((goal) => this.#join(holds, [goal], formula)) };
    }
    if (nested.length === 1 && goals.length > 1)
      this.remarks.push(`on the safe side: ${nested[0].text} is reached after the other goals`);
    return { kind: "tasks", holds, goals: goals.map((goal) => this.#keepHolds(goal, holds, formula)) };
  }

  /** A nested goal goes on with the holds that may still be on: from the moment it is reached, which is not known, so from then on at once. */
  #keepHolds(goal: Goal, holds: readonly Hold[], formula: Formula): Goal {
    const left = holds.filter((hold) => hold.to >= goal.from);
    if (goal.target.kind === "state" || left.length === 0) return goal;
    const kept = left.map((hold): Hold => ({ ...hold, from: 0, to: hold.to - goal.from }));
    const longest = Math.max(...kept.map(({ to }) => to));
    this.remarks.push(
      `on the safe side: when ${goal.text} is reached is not known, so what must hold is asked for at once and for ${longest} s after it`,
    );
    return { ...goal, target: this.#all([goal.target, { kind: "tasks", holds: kept, goals: [] }], formula) };
  }

  #leaveFragment(formula: Formula, reason: string, isFinal = false): void {
    if (this.#outside === "refuse" || isFinal) {
      throw new OrreryError(
        "unsupported",
        `synthesis: expected a formula of the sound fragment; got ${printFormula(formula)}: ${reason}`,
        {
          hint: isFinal
            ? "Say it with U, F and G."
            : 'Rewrite it, or allow { outside: "approximate" } for a value without a guarantee.',
        },
      );
    }
    this.isGuaranteed = false;
    this.remarks.push(`not guaranteed: ${printFormula(formula)}: ${reason}`);
  }
}

function asTasks(plan: Plan): Extract<Plan, { kind: "tasks" }> {
  if (plan.kind === "tasks") return plan;
  return { kind: "tasks", holds: [{ condition: plan, from: 0, to: 0 }], goals: [] };
}

function boundsOf(formula: Extract<Formula, { interval: unknown }>): { readonly from: number; readonly to: number } {
  if (!isUnbounded(formula.interval)) return formula.interval;
  throw new OrreryError(
    "unsupported",
    `synthesis: expected every interval to have an end; got ${printFormula(formula)}`,
    {
      hint: "Give it an interval such as [0, 12 s].",
    },
  );
}
