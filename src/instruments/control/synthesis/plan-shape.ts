import type { Plan } from "./plan.ts";

/** How many equations a plan takes. */
export function countSolves(plan: Plan): number {
  switch (plan.kind) {
    case "state":
      return 0;
    case "release":
      return 1;
    case "choice":
      return plan.options.reduce((sum, option) => sum + countSolves(option), 0);
    case "naive":
      return plan.parts.reduce((sum, part) => sum + countSolves(part), 0);
    case "tasks": {
      const inner = [...plan.goals.map((g) => g.target), ...plan.holds.map((h) => h.condition)];
      const sets = (1 << plan.goals.length) - (plan.holds.length === 0 || plan.goals.some(isNested) ? 1 : 0);
      return sets + inner.reduce((sum, part) => sum + countSolves(part), 0);
    }
  }
}

/** Whether something has to be done after a goal is reached. */
export function isNested(goal: { readonly target: { readonly kind: string } }): boolean {
  return goal.target.kind !== "state";
}

/** Whether a plan has formulas that begin at a time which is not known beforehand. */
export function isNestedPlan(plan: Plan): boolean {
  if (plan.kind === "choice") return plan.options.some(isNestedPlan);
  if (plan.kind === "naive") return plan.parts.some(isNestedPlan);
  return plan.kind === "tasks" && (plan.goals.some(isNested) || plan.holds.some((h) => h.condition.kind !== "state"));
}

/** The longest time that a plan's equations span, in seconds. */
export function longestSpan(plan: Plan): number {
  switch (plan.kind) {
    case "state":
      return 0;
    case "release":
      return plan.to;
    case "choice":
      return Math.max(...plan.options.map(longestSpan));
    case "naive":
      return Math.max(...plan.parts.map(longestSpan));
    case "tasks":
      return Math.max(
        0,
        ...plan.holds.map((hold) => Math.max(hold.to, longestSpan(hold.condition))),
        ...plan.goals.map((goal) => Math.max(goal.to, longestSpan(goal.target))),
      );
  }
}
