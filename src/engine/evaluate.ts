import { OrreryError } from "../errors.ts";
import { arrayFrom, type DType, toNumbers } from "./dtype.ts";
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
  for (const node of neededNodes(outputs, feeds)) {
    const inputs = node.inputs.map((x) => valueAt(values, x));
    const given = values.get(node);
    const computed = node.operation.evaluate(inputs, node.attributes, node.outputTypes).map(toReference);
    values.set(
      node,
      computed.map((value, i) => given?.[i] ?? value),
    );
  }
  return outputs.map((x) => valueAt(values, x));
}

/** The nodes that must be computed, inputs first: what lies behind a given value is not looked at. */
function neededNodes(outputs: readonly Tensor[], feeds: ReadonlyMap<Tensor, ReferenceLike>): Node[] {
  const needed = new Set<Node>();
  const pending = [...outputs];
  for (let x = pending.pop(); x !== undefined; x = pending.pop()) {
    if (feeds.has(x) || needed.has(x.node)) continue;
    needed.add(x.node);
    pending.push(...x.node.inputs);
  }
  return [...needed].sort((a, b) => a.id - b.id);
}

function valueAt(values: ReadonlyMap<Node, readonly (ReferenceArray | undefined)[]>, x: Tensor): ReferenceArray {
  const value = values.get(x.node)?.[x.index];
  if (value === undefined) throw new OrreryError("argument", `evaluate: no value was given for ${x}`);
  return value;
}
