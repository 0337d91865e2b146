import { parseNumber } from "./csv-columns.ts";
import { nearestName } from "./nearest-name.ts";

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
  return `label: expected one of the ${classNames.length} classes; got ${JSON.stringify(label)}${suggestion}`;
}
