import { type Computed, formatShape, leavesOf, NdArray, rebuildTree } from "../engine/index.ts";
import { OrreryError } from "../errors.ts";
import type { Variables } from "./layer.ts";

/** How many numbers a tree of arrays holds: of a network's `params`, its number of parameters. */
export function countParameters(params: unknown): number {
  return leavesOf(params).reduce((total, { leaf }) => total + (leaf instanceof NdArray ? leaf.size : 0), 0);
}

/** `layer1[0].bn1.weight` as PyTorch writes it: `layer1.0.bn1.weight`. */
const dotted = (path: string) => path.replace(/\[(\d+)\]/g, ".$1").replace(/^\./, "");

function namedLeaves({ params, state }: Variables<unknown, unknown>): { name: string; array: NdArray }[] {
  return [...leavesOf(params), ...leavesOf(state)].map(({ leaf, path }) => {
    if (leaf instanceof NdArray) return { name: dotted(path), array: leaf };
    throw new OrreryError("argument", `stateDict: expected an array at ${dotted(path)}; got ${String(leaf)}`);
  });
}

/**
 * Parameters and state by their names in PyTorch's `state_dict`, e.g. `layer1.0.bn1.running_mean`: what safetensors files hold.
 * @throws OrreryError `argument` when a leaf is no array.
 */
export function stateDict(variables: Variables<unknown, unknown>): Record<string, NdArray> {
  return Object.fromEntries(namedLeaves(variables).map(({ name, array }) => [name, array]));
}

function list(names: readonly string[]): string {
  return `${names.slice(0, 5).join(", ")}${names.length > 5 ? `, and ${names.length - 5} more` : ""}`;
}

/** Complaints about what is missing, what is too much and what has another shape, all at once. */
function mismatches(expected: readonly { name: string; array: NdArray }[], given: Readonly<Record<string, NdArray>>) {
  const known = new Set(expected.map(({ name }) => name));
  const missing = expected.flatMap(({ name }) => (name in given ? [] : [name]));
  // PyTorch counts the batches it has seen in a tensor that nothing here needs.
  const unknown = Object.keys(given).filter((name) => !known.has(name) && !name.endsWith("num_batches_tracked"));
  const shapes = expected.flatMap(({ name, array }) =>
    name in given && formatShape(given[name].shape) !== formatShape(array.shape)
      ? [`${name} is ${formatShape(array.shape)}, got ${formatShape(given[name].shape)}`]
      : [],
  );
  return [
    ...(missing.length > 0 ? [`missing ${list(missing)}`] : []),
    ...(unknown.length > 0 ? [`unknown ${list(unknown)}`] : []),
    ...(shapes.length > 0 ? [list(shapes)] : []),
  ];
}

/**
 * Variables of the structure of `initial` with the values of `tensors`, named as `stateDict` names them: how a trained model's file goes into
 * a network. PyTorch's `num_batches_tracked` is passed over; values become the dtype of `initial`.
 * @throws OrreryError `format` naming everything that is missing, unknown or of another shape.
 */
export function loadStateDict<P, S>(
  initial: Variables<Computed<P>, Computed<S>>,
  tensors: Readonly<Record<string, NdArray>>,
): Variables<Computed<P>, Computed<S>> {
  const expected = namedLeaves(initial);
  const complaints = mismatches(expected, tensors);
  if (complaints.length > 0) {
    throw new OrreryError("format", `loadStateDict: the tensors are another network's: ${complaints.join("; ")}`, {
      hint: "Compare the network's options with those of the file, or rename the tensors to the names of stateDict.",
    });
  }
  const values = expected.map(({ name, array }) =>
    tensors[name].dtype === array.dtype ? tensors[name] : tensors[name].astype(array.dtype),
  );
  const count = leavesOf(initial.params).length;
  return {
    params: rebuildTree(initial.params, values.slice(0, count)),
    state: rebuildTree(initial.state, values.slice(count)),
  };
}
