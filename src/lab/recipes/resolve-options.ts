import { resolve } from "node:path";
import { OrreryError } from "../../errors.ts";
import { hintForName, listNames } from "../../nearest-name.ts";
import type { AnyJob } from "../job.ts";
import { checkOptions, type OptionProblem } from "./option-problems.ts";
import { mapPaths, optionSchema } from "./option-schema.ts";

type Values = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

/** Options from one place: a preset, a recipe, the flags. Later layers win. */
export interface OptionLayer {
  readonly values: Values;
  /** What the place is called for the option at a path: `recipe.yaml:3:8`, `--rate`, `preset quick`; of the name itself with `isName`. */
  locate(path: Path, isName?: boolean): string;
  /** What relative paths in it are relative to; they are kept as they are when left out. */
  readonly folder?: string;
}

/** Checked options, and where each value came from by its dotted path; what no layer gave came by default. */
export interface ResolvedOptions {
  readonly options: Values;
  readonly origins: Readonly<Record<string, string>>;
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Two choices of different kinds share no fields: the later one replaces the earlier one whole. */
const isOtherKind = (below: Values, above: Values) =>
  ["kind", "name"].some((field) => field in below && field in above && below[field] !== above[field]);

function merge(below: unknown, above: unknown): unknown {
  if (!isMap(below) || !isMap(above) || isOtherKind(below, above)) return above;
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) merged[name] = name in below ? merge(below[name], value) : value;
  return merged;
}

/** The paths of everything in `values` that is no map. */
function leafPaths(values: unknown, path: Path = []): Path[] {
  if (!isMap(values) || Object.keys(values).length === 0) return [path];
  return Object.entries(values).flatMap(([name, value]) => leafPaths(value, [...path, name]));
}

function valueAt(values: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, name) => (isMap(at) || Array.isArray(at) ? (at as Values)[name] : undefined),
    values,
  );
}

/** The last layer that has something at a path, or above it. */
function layerOf(layers: readonly OptionLayer[], path: Path): { layer: OptionLayer; path: Path } | undefined {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const layer = layers.findLast(({ values }) => valueAt(values, part) !== undefined);
    if (layer !== undefined) return { layer, path: part };
  }
  return undefined;
}

function lineOf(layers: readonly OptionLayer[], { path, message, isName }: OptionProblem): string {
  const found = layerOf(layers, path);
  if (found === undefined) return `${path.join(".")}: ${message}`;
  const where = found.layer.locate(found.path, isName);
  // A flag is its own name.
  const isFlag = /^(--|<)/.test(where);
  return `${[where, ...(isFlag ? path.slice(found.path.length) : [path.join(".")])].join(" ")}: ${message}`;
}

/** Lines that begin with `file:line:column` in the order of the file; the others stay in front. */
function inFileOrder(lines: readonly string[]): string[] {
  const place = (line: string) => {
    const [, row, column] = /^[^ ]*?:(\d+):(\d+) /.exec(line) ?? [];
    return row === undefined ? -1 : Number(row) * 1e4 + Number(column);
  };
  return [...lines].sort((a, b) => place(a) - place(b));
}

/** The layer of a preset; the one called `standard` when none is named, if there is one. @throws OrreryError `not-found`. */
export function presetLayer(job: AnyJob, name: string | undefined): OptionLayer[] {
  const presets = job.presets ?? {};
  const chosen = name ?? "standard";
  if (name !== undefined && !Object.hasOwn(presets, name)) {
    throw new OrreryError("not-found", `${job.name}: no preset "${name}"`, {
      hint: hintForName(name, Object.keys(presets), "Presets"),
    });
  }
  if (!Object.hasOwn(presets, chosen)) return [];
  return [{ values: presets[chosen].options as Values, locate: () => `preset ${chosen}` }];
}

/**
 * Puts layers of options upon another and checks the result.
 * @throws OrreryError `argument` with every problem, one a line, each with the place that the value came from.
 */
export function resolveOptions(job: AnyJob, layers: readonly OptionLayer[]): ResolvedOptions {
  const schema = optionSchema(job);
  const absolute = layers.map((layer) => {
    const { folder } = layer;
    if (folder === undefined) return layer;
    return { ...layer, values: mapPaths(schema, layer.values, (path) => resolve(folder, path)) as Values };
  });
  const values = absolute.reduce<unknown>((below, layer) => merge(below, layer.values), {});
  const checked = checkOptions(job, values);
  if ("problems" in checked) {
    const lines = inFileOrder(checked.problems.map((problem) => lineOf(absolute, problem)));
    const isMissing = checked.problems.some(({ message }) => message.endsWith("it is missing"));
    const names = Object.keys(schema.properties ?? {});
    const hint = isMissing ? `orrery ${job.name} --help explains every option.` : `Options: ${listNames(names, 30)}.`;
    throw new OrreryError("argument", `${lines.join("\n")}`, { hint });
  }
  const origins: Record<string, string> = {};
  for (const path of leafPaths(checked.options)) {
    const found = layerOf(absolute, path);
    if (found !== undefined) origins[path.join(".")] = found.layer.locate(found.path);
  }
  return { options: checked.options, origins };
}
