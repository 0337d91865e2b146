import { createHash } from "node:crypto";
import { key } from "../../engine/random/key.ts";
import { sampleUniform } from "../../engine/random/sample-continuous.ts";
import { OrreryError } from "../../errors.ts";
import type { SweepPlan } from "../recipes/recipe.ts";

/** A value that a sweep gives to an option. */
export type TrialValue = string | number | boolean;

/** What one trial sets: option paths with dots. */
export type TrialOptions = Readonly<Record<string, TrialValue>>;

type RandomChoice = SweepPlan["random"][string];

/** All combinations of the values, the last option varying fastest. */
function combinations(grid: Readonly<Record<string, readonly TrialValue[]>>): TrialOptions[] {
  return Object.entries(grid).reduce<TrialOptions[]>(
    (cells, [name, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value }))),
    [{}],
  );
}

function pick(choice: RandomChoice, u: number): TrialValue {
  if (Array.isArray(choice)) return choice[Math.floor(u * choice.length)];
  const { from, to, scale, whole } = choice;
  if (whole) return Math.min(to, Math.floor(from + u * (to - from + 1)));
  if (scale === "linear") return from + u * (to - from);
  return Math.exp(Math.log(from) + u * (Math.log(to) - Math.log(from)));
}

function checkPlan({ grid, random }: SweepPlan): void {
  const problems: string[] = [];
  const twice = Object.keys(grid).find((name) => name in random);
  if (twice !== undefined) problems.push(`"${twice}" is both in the grid and random`);
  if (Object.keys(grid).length + Object.keys(random).length === 0) problems.push("no option is varied");
  for (const [name, choice] of Object.entries(random)) {
    if (Array.isArray(choice)) continue;
    if (!(choice.from < choice.to)) problems.push(`${name}: expected from < to; got ${choice.from} and ${choice.to}`);
    if (choice.scale === "log" && choice.from <= 0) problems.push(`${name}: a logarithmic range begins above 0`);
  }
  if (problems.length === 0) return;
  throw new OrreryError("argument", `sweep: ${problems.join("; ")}`, {
    hint: "For example: grid: { method: [elr, gce], seed: [0, 1, 2] }.",
  });
}

/**
 * The trials of a plan: every cell of the grid, each with `trials` draws of the random options. The draws of a trial depend
 * only on the seed and its number among the draws, so that all cells of a grid see the same ones.
 * @throws OrreryError `argument` for a plan that varies nothing or contradicts itself.
 */
export function expandPlan(plan: SweepPlan): TrialOptions[] {
  checkPlan(plan);
  const names = Object.keys(plan.random);
  const draws = Array.from({ length: names.length === 0 ? 1 : plan.trials }, (_, i) => {
    const numbers = sampleUniform(key(plan.seed).fold(i), Math.max(names.length, 1), "float64");
    return Object.fromEntries(names.map((name, j) => [name, pick(plan.random[name], numbers[j])]));
  });
  return combinations(plan.grid).flatMap((cell) => draws.map((draw) => ({ ...cell, ...draw })));
}

/** A trial's name: ten hex digits of what it sets, whatever the order. */
export function trialId(options: TrialOptions): string {
  const sorted = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 10);
}
