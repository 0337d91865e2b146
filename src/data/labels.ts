import { toNumbers } from "../engine/dtype.ts";
import type { NdArray } from "../engine/ndarray.ts";
import { listNames, nearestName } from "../nearest-name.ts";
import { parseNumber } from "./csv-columns.ts";

/** Classes in their order: by number when all names are numbers, else by code unit. */
function inOrder(names: readonly string[]): readonly string[] {
  const numbers = names.map(parseNumber);
  const areNumbers = numbers.every((value) => value !== undefined);
  return [...names].sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0));
}

/** Labels as class indices. */
export interface EncodedLabels {
  /** The class of each label; -1 for a missing label or one that is not among the classes. */
  readonly classes: Int32Array;
  readonly classNames: readonly string[];
}

/**
 * Names (or numbers as text) to class indices. Without `classNames` the classes are the distinct labels, numbers in
 * numeric order and names in alphabetical order; with `classNames`, index `k` is `classNames[k]`.
 */
export function encodeLabels(labels: readonly (string | null)[], classNames?: readonly string[]): EncodedLabels {
  const names = classNames ?? inOrder([...new Set(labels.filter((label) => label !== null))]);
  const index = new Map(names.map((name, k) => [name, k]));
  const classes = Int32Array.from(labels, (label) => (label === null ? -1 : (index.get(label) ?? -1)));
  return { classes, classNames: names };
}

/** Why a label has no class: missing, or unknown with the nearest class. */
export function labelProblem(label: string | null, classNames: readonly string[]): string {
  if (label === null) return "the label is missing";
  const nearest = nearestName(label, classNames);
  const suggestion = nearest === undefined ? "" : ` (nearest: ${JSON.stringify(nearest)})`;
  return `label: expected one of ${listNames(classNames, 5)}; got ${JSON.stringify(label)}${suggestion}`;
}

/** Labels of an array or list as class indices, with the reason for each label that has none. */
export interface ReadLabels extends EncodedLabels {
  problem(i: number): string;
}

/**
 * Reads labels that are class indices (numbers: label `k` is class `k`; without `classNames` the classes are `"0"` … up
 * to the largest) or class names (text, see `encodeLabels`).
 */
export function readLabels(labels: NdArray | readonly string[], classNames?: readonly string[]): ReadLabels {
  if (!("shape" in labels)) {
    const encoded = encodeLabels(labels, classNames);
    return { ...encoded, problem: (i) => labelProblem(labels[i], encoded.classNames) };
  }
  const limit = classNames?.length ?? 2 ** 31;
  const values = toNumbers(labels.data);
  const classes = Int32Array.from(values, (value) =>
    Number.isInteger(value) && value >= 0 && value < limit ? value : -1,
  );
  const most = classes.reduce((a, b) => Math.max(a, b), -1);
  const expected = classNames === undefined ? "a whole number from 0" : `a class in [0, ${limit})`;
  return {
    classes,
    classNames: classNames ?? Array.from({ length: most + 1 }, (_, k) => String(k)),
    problem: (i) => `label: expected ${expected}; got ${values[i]}`,
  };
}
