import type { SweepPlan } from "../../../lab/recipes/recipe.ts";
import type { FormField } from "./form.ts";

/** How an option is varied: every value of a list, or draws from a list or a range. */
export const varyings = {
  each: "each of",
  drawn: "drawn from",
  linear: "drawn in range",
  log: "drawn in range, log",
  whole: "drawn in range, whole",
} as const;

export type Varying = keyof typeof varyings;

/** One option of a sweep, as it is typed. */
export interface VariedOption {
  readonly path: string;
  readonly how: Varying;
  /** Of lists, with commas between. */
  readonly values: string;
  /** Of ranges. */
  readonly from: string;
  readonly to: string;
}

/** A sweep as it is typed. */
export interface SweepForm {
  readonly options: readonly VariedOption[];
  readonly trials: string;
  readonly seed: string;
  readonly parallel: string;
}

/** Kinds of options of which a trial can take a value. */
const variable = new Set<FormField["kind"]>(["flag", "number", "choice", "text", "path", "structure"]);

/** The options of a job that a sweep can vary: those with one value. */
export const variableFields = (fields: readonly FormField[]) =>
  fields.filter(({ kind, choices }) => variable.has(kind) && (kind !== "structure" || choices.length > 0));

/** How a field may be varied: ranges are for numbers. */
export const varyingsOf = (field: FormField | undefined): readonly Varying[] =>
  field?.kind === "number" ? ["each", "drawn", "linear", "log", "whole"] : ["each", "drawn"];

/** A row that begins with what is varied most often. */
export function firstOption(fields: readonly FormField[]): VariedOption {
  const seed = fields.find(({ path }) => path === "seed") ?? fields[0];
  return { path: seed?.path ?? "", how: "each", values: seed?.path === "seed" ? "0, 1, 2" : "", from: "", to: "" };
}

function cellOf(field: FormField | undefined, text: string): string | number | boolean {
  if (field?.kind === "flag" && (text === "true" || text === "false")) return text === "true";
  return field?.kind === "number" && text !== "" && !Number.isNaN(Number(text)) ? Number(text) : text;
}

const listOf = (field: FormField | undefined, text: string) =>
  text.split(",").flatMap((part) => (part.trim() === "" ? [] : [cellOf(field, part.trim())]));

const countOf = (text: string, fallback: number) => (text.trim() === "" ? fallback : Number(text));

/** What is typed as a plan, or what is missing in it. */
export function planOf(form: SweepForm, fields: readonly FormField[]): SweepPlan | { readonly problem: string } {
  const [grid, random]: [SweepPlan["grid"], SweepPlan["random"]] = [{}, {}];
  for (const { path, how, values, from, to } of form.options) {
    const field = fields.find((one) => one.path === path);
    if (path in grid || path in random) return { problem: `${path} is varied twice` };
    if (how === "each" || how === "drawn") {
      const list = listOf(field, values);
      if (list.length === 0) return { problem: `${path}: values with commas between are missing` };
      (how === "each" ? grid : random)[path] = list;
      continue;
    }
    const [low, high] = [Number(from), Number(to)];
    const isRange = from.trim() !== "" && to.trim() !== "" && low < high;
    if (!isRange) return { problem: `${path}: a range goes from a number to a larger one` };
    if (how === "log" && low <= 0) return { problem: `${path}: a logarithmic range begins above 0` };
    random[path] = { from: low, to: high, scale: how === "log" ? "log" : "linear", whole: how === "whole" };
  }
  const counts = { trials: countOf(form.trials, 1), parallel: countOf(form.parallel, 1) };
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isInteger(count) || count < 1) return { problem: `${name}: a whole number from 1 is missing` };
  }
  const seed = countOf(form.seed, 0);
  if (!Number.isInteger(seed) || seed < 0) return { problem: "seed: a whole number from 0 is missing" };
  return form.options.length === 0 ? { problem: "no option is varied" } : { grid, random, ...counts, seed };
}

/** How many runs a plan is. */
export function countTrials({ grid, random, trials }: SweepPlan): number {
  const cells = Object.values(grid).reduce((product, values) => product * values.length, 1);
  return cells * (Object.keys(random).length === 0 ? 1 : trials);
}

/** A plan of a recipe as it would be typed. */
export function formOfPlan({ grid, random, trials, seed, parallel }: SweepPlan): SweepForm {
  const empty = { values: "", from: "", to: "" };
  const lists = (path: string, how: Varying, values: readonly unknown[]) => ({
    ...empty,
    path,
    how,
    values: values.join(", "),
  });
  return {
    options: [
      ...Object.entries(grid).map(([path, values]) => lists(path, "each", values)),
      ...Object.entries(random).map(([path, choice]): VariedOption => {
        if (Array.isArray(choice)) return lists(path, "drawn", choice);
        const how = choice.whole ? "whole" : choice.scale;
        return { ...empty, path, how, from: String(choice.from), to: String(choice.to) };
      }),
    ],
    ...{ trials: String(trials), seed: String(seed), parallel: String(parallel) },
  };
}
