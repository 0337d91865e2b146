import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Document, isMap, isScalar, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { z } from "zod";
import { fileError } from "../../data/index.ts";
import { OrreryError } from "../../errors.ts";
import type { AnyJob } from "../job.ts";
import { checkOptions } from "./option-problems.ts";
import type { OptionLayer } from "./resolve-options.ts";

const cell = z.union([z.string(), z.number(), z.boolean()]);
const range = z.strictObject({
  from: z.number().describe("Lower end."),
  to: z.number().describe("Upper end."),
  scale: z.enum(["linear", "log"]).default("linear").describe("How values are spread."),
  whole: z.boolean().default(false).describe("Whether only whole numbers are drawn."),
});

/** What a sweep varies, as recipes and the studio give it. */
export const sweepFields = z.strictObject({
  grid: z
    .record(z.string(), z.array(cell).min(1))
    .default({})
    .describe("Options with the values to try, all combinations."),
  random: z
    .record(z.string(), z.union([z.array(cell).min(1), range]))
    .default({})
    .describe("Options drawn at random: from a list, or from a range."),
  trials: z.int().min(1).default(1).describe("How often the random options are drawn for each cell of the grid."),
  seed: z.int().min(0).default(0).describe("Seed of the draws."),
  parallel: z.int().min(1).default(1).describe("Trials at a time."),
});

/** What a sweep varies. */
export type SweepPlan = z.output<typeof sweepFields>;

const recipeFields = z.strictObject({
  job: z.string(),
  name: z.string().min(1).optional(),
  preset: z.string().optional(),
  options: z.record(z.string(), z.unknown()).default({}),
  sweep: sweepFields.optional(),
});

/** A recipe as a file gives it; `options` are not checked yet. */
export interface Recipe {
  readonly file: string;
  readonly job: string;
  readonly name?: string;
  readonly preset?: string;
  readonly layer: OptionLayer;
  readonly sweep?: SweepPlan;
  /** `file:line:column` of its job or preset. */
  readonly place: (field: "job" | "preset") => string;
}

/** Where things stand in a YAML file. */
class Places {
  readonly #file: string;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  constructor(file: string, document: Document.Parsed, lines: LineCounter) {
    this.#file = file;
    this.#document = document;
    this.#lines = lines;
  }

  /** `file:line:column` of the value at a path, or of its name; of what is nearest above it when it is not there. */
  of(path: readonly (string | number)[], isName = false): string {
    for (let length = path.length; length >= 0; length--) {
      const node = isName && length === path.length ? this.#nameNode(path) : this.#valueNode(path.slice(0, length));
      const offset = node?.range?.[0];
      if (offset === undefined) continue;
      const { line, col } = this.#lines.linePos(offset);
      return `${this.#file}:${line}:${col}`;
    }
    return this.#file;
  }

  #valueNode(path: readonly (string | number)[]): Node | undefined {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    return (node as Node | null | undefined) ?? undefined;
  }

  #nameNode(path: readonly (string | number)[]): Node | undefined {
    const parent = this.#valueNode(path.slice(0, -1));
    if (!isMap(parent)) return undefined;
    const pairs = parent.items as unknown as Pair<Node, Node>[];
    return pairs.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)))?.key;
  }
}

function parse(file: string, text: string): { values: unknown; places: Places } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => {
      const { line, col } = lines.linePos(pos[0]);
      const [first] = message.split("\n");
      return `${file}:${line}:${col} ${first.charAt(0).toLowerCase()}${first.slice(1).replace(/ at line \d+, column \d+:?$/, "")}`;
    });
    throw new OrreryError("format", problems.join("\n"), {
      hint: "A recipe is YAML: indent with blanks, write name: value.",
    });
  }
  return { values: document.toJS(), places: new Places(file, document, lines) };
}

/**
 * A recipe from its text: `job: labels audit`, perhaps `name`, `preset`, `options` and `sweep`.
 * @param file names it in errors; relative paths in the options are relative to its folder
 * @throws OrreryError `format` with every problem, one a line: `recipe.yaml:3:8 …`
 */
export function parseRecipe(file: string, text: string): Recipe {
  const { values, places } = parse(file, text);
  const form = { name: "recipe", summary: "", options: recipeFields } as unknown as AnyJob;
  const checked = checkOptions(form, values ?? {});
  if ("problems" in checked) {
    const lines = checked.problems.map(
      ({ path, message, isName }) =>
        `${places.of(path, isName)} ${path.length === 0 ? "recipe" : path.join(".")}: ${message}`,
    );
    throw new OrreryError("format", lines.join("\n"), { hint: "A recipe has job, name, preset, options and sweep." });
  }
  const { options, ...rest } = checked.options as z.output<typeof recipeFields>;
  const locate: OptionLayer["locate"] = (path, isName) => places.of(["options", ...path], isName);
  const place: Recipe["place"] = (field) => places.of([field]);
  return { file, ...rest, place, layer: { values: options, locate, folder: dirname(resolve(file)) } };
}

/** Reads a recipe. @throws OrreryError `not-found`, `format`. */
export async function readRecipe(file: string): Promise<Recipe> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw await fileError(file, cause);
  }
  return parseRecipe(file, text);
}
