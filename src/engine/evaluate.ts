import { OrreryError } from "../errors.ts";
import { arrayFrom, type DType, toNumbers } from "./dtype.ts";
import { nodesOf } from "./gradients.ts";
import { NdArray } from "./ndarray.ts";
import type { ReferenceArray, ReferenceLike } from "./operation.ts";
import type { Node, Tensor } from "./tensor.ts";

/** A concrete array as the reference evaluator holds it. */
export function toReference(value: ReferenceLike): ReferenceArray {
  return value instanceof NdArray ? { data: toNumbers(value.data), shape: value.shape } : value;
}

/** A reference value as a concrete array of `dtype`. */
export function fromReference(value: ReferenceArray, dtype: DType): NdArray {
  return new NdArray(arrayFrom(dtype, value.data), value.shape, dtype);
}

/**
 * Evaluates expressions in float64 with each operation's own reference rule: slow, simple, and the oracle of the other executors.
 * `feeds` gives the values of inputs (or of any other expression).
 * @throws OrreryError `argument` for an input without a value.
 */
export function evaluate(
  outputs: readonly Tensor[],
  feeds: ReadonlyMap<Tensor, ReferenceLike> = new Map(),
): ReferenceArray[] {
  const values = new Map<Node, (ReferenceArray | undefined)[]>();
  for (const [x, value] of feeds) {
    const slots = values.get(x.node) ?? [];
    slots[x.index] = toReference(value);
    values.set(x.node, slots);
  }
  for (const node of nodesOf(outputs)) {
    if (values.has(node)) continue;
    const inputs = node.inputs.map((x) => valueAt(values, x));
    values.set(node, node.operation.evaluate(inputs, node.attributes, node.outputTypes).map(toReference));
  }
  return outputs.map((x) => valueAt(values, x));
}

function valueAt(values: ReadonlyMap<Node, readonly (ReferenceArray | undefined)[]>, x: Tensor): ReferenceArray {
  const value = values.get(x.node)?.[x.index];
  if (value === undefined) throw new OrreryError("argument", `evaluate: no value was given for ${x}`);
  return value;
}
