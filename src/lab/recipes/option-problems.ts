import type { z } from "zod";
import { nearestName } from "../../nearest-name.ts";
import type { AnyJob } from "../job.ts";
import { alternativesOf, type OptionSchema, optionSchema, schemaAt } from "./option-schema.ts";

/** Something that is wrong with an option: where in the options, and what. */
export interface OptionProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Whether the name itself is wrong, not its value. */
  readonly isName?: boolean;
}

type Issue = z.core.$ZodIssue;

const show = (value: unknown) => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

function suggest(wrong: unknown, names: readonly string[]): string {
  const nearest = typeof wrong === "string" ? nearestName(wrong, names) : undefined;
  return nearest === undefined ? "" : `. Did you mean ${JSON.stringify(nearest)}?`;
}

const typeWords: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
};

/** The names that may stand where an unknown one was found. */
function namesAt(schema: OptionSchema, path: readonly PropertyKey[]): string[] {
  const at = schemaAt(schema, path as (string | number)[]);
  const maps = at === undefined ? [] : alternativesOf(at);
  return maps.flatMap(({ properties }) => Object.keys(properties ?? {}));
}

function boundMessage(issue: Issue & { code: "too_big" | "too_small" }): string {
  const isBig = issue.code === "too_big";
  const bound = isBig ? issue.maximum : issue.minimum;
  const word = issue.inclusive === false ? (isBig ? "below" : "above") : isBig ? "at most" : "at least";
  const what = { string: "characters", array: "items", set: "items" }[issue.origin as string];
  if (what === undefined) return `expected ${word} ${bound}; got ${show(issue.input)}`;
  return `expected ${word} ${bound} ${what}; got ${(issue.input as { length?: number } | undefined)?.length ?? "none"}`;
}

/** The branch of a union that the value was meant for: the one whose problems lie deepest, then the fewest. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]) =>
    Math.min(...issues.map(({ path, code }) => path.length + (code === "unrecognized_keys" ? 1 : 0)));
  return [...branches].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
}

/** The values that any branch of a union allows at a path: what tells its branches apart. */
function valuesAt(branches: readonly (readonly Issue[])[], path: readonly PropertyKey[]) {
  const at = path.join();
  return branches
    .flat()
    .flatMap((inner) => (inner.code === "invalid_value" && inner.path.join() === at ? inner.values : []));
}

function branchProblems(schema: OptionSchema, issue: Issue & { code: "invalid_union" }): OptionProblem[] {
  const path = issue.path as (string | number)[];
  const branches = issue.errors as readonly (readonly Issue[])[];
  const meant = meantBranch(branches);
  if (meant.length > 0 && meant.every((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys")) {
    return meant.flatMap((inner) => {
      const own = inner.code === "invalid_value" ? { values: valuesAt(branches, inner.path) } : {};
      return problemsOf(schema, { ...inner, ...own, path: [...path, ...inner.path] } as Issue);
    });
  }
  const at = schemaAt(schema, path);
  const choices = at === undefined ? [] : alternativesOf(at).flatMap((branch) => branch.enum ?? []);
  const texts = choices.map(String);
  const kinds = branches
    .flat()
    .flatMap((inner) => (inner.code === "invalid_type" ? [typeWords[inner.expected] ?? inner.expected] : []));
  const expected = [...texts.map((text) => JSON.stringify(text)), ...new Set(kinds)].join(", ");
  return [{ path, message: `expected one of ${expected}; got ${show(issue.input)}${suggest(issue.input, texts)}` }];
}

function problemsOf(schema: OptionSchema, issue: Issue): OptionProblem[] {
  const path = issue.path as (string | number)[];
  switch (issue.code) {
    case "unrecognized_keys": {
      const names = namesAt(schema, path);
      return issue.keys.map((key) => {
        // In a union the name may belong to another choice.
        const message = names.includes(key) ? "not an option of this choice" : `unknown option${suggest(key, names)}`;
        return { path: [...path, key], message, isName: true };
      });
    }
    case "invalid_type": {
      const expected = typeWords[issue.expected] ?? issue.expected;
      if (issue.input === undefined) return [{ path, message: `expected ${expected}; it is missing` }];
      return [{ path, message: `expected ${expected}; got ${show(issue.input)}` }];
    }
    case "invalid_value": {
      const names = issue.values.map(String);
      const expected = names.map((name) => JSON.stringify(name)).join(", ");
      return [{ path, message: `expected one of ${expected}; got ${show(issue.input)}${suggest(issue.input, names)}` }];
    }
    case "too_big":
    case "too_small":
      return [{ path, message: boundMessage(issue) }];
    case "invalid_union":
      return branchProblems(schema, issue);
    default:
      return [
        {
          path,
          message: `${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}; got ${show(issue.input)}`,
        },
      ];
  }
}

/** Checks options: the values with defaults filled in, or everything that is wrong with them. */
export function checkOptions(
  job: AnyJob,
  values: unknown,
): { readonly options: Readonly<Record<string, unknown>> } | { readonly problems: readonly OptionProblem[] } {
  const result = job.options.safeParse(values, { reportInput: true });
  if (result.success) return { options: result.data };
  const schema = optionSchema(job);
  return { problems: result.error.issues.flatMap((issue) => problemsOf(schema, issue)) };
}
