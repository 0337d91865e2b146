import { OrreryError } from "../../errors.ts";
import { input } from "../input.ts";
import { type Tensor, tensor } from "../tensor.ts";
import { GraphReader } from "./import-graph.ts";
import type { OnnxDim, OnnxModel } from "./model.ts";
import { dtypeHolding } from "./operators/operator.ts";
import { tensorToArray } from "./tensor-data.ts";

/** Two sizes that stand in for those that may vary: what differs between them varies. */
const trialSizes = [2, 3] as const;

/** The shapes of all values when sizes that may vary have a size. */
function shapesWith({ graph, ...model }: OnnxModel, size: number): Map<string, readonly number[]> {
  const stored = new Map<string, Tensor>();
  for (const initializer of graph.initializers) {
    try {
      stored.set(initializer.name, tensor(tensorToArray(initializer)));
    } catch (error) {
      // A type that is not computed with: what depends on it stays unknown.
      if (!(error instanceof OrreryError)) throw error;
    }
  }
  const values = new Map(stored);
  for (const { name, type } of graph.inputs) {
    if (stored.has(name) || type?.kind !== "tensor" || type.shape === undefined) continue;
    const dtype = dtypeHolding(type.dataType);
    if (dtype === undefined) continue;
    const shape = type.shape.map((dim) => (typeof dim === "number" ? dim : size));
    values.set(name, input(shape, dtype, name));
  }
  new GraphReader({ graph, ...model }, {}).unknownNodes(values);
  return new Map([...values].map(([name, { shape }]) => [name, shape]));
}

/**
 * The shapes of a model's values as far as they follow from its inputs and weights, beside those that the file tells. A size that varies has
 * its name where the inputs have one such name, and is null else. Values after an operator that is not known are left out.
 */
export function inferShapes(model: OnnxModel): ReadonlyMap<string, readonly OnnxDim[]> {
  const { inputs, outputs, valueInfo = [] } = model.graph;
  const told = [...inputs, ...outputs, ...valueInfo].flatMap(({ name, type }) =>
    type?.kind === "tensor" && type.shape !== undefined ? [[name, type.shape] as const] : [],
  );
  const names = new Set(
    inputs
      .flatMap(({ type }) => (type?.kind === "tensor" ? (type.shape ?? []) : []))
      .filter((dim) => typeof dim !== "number"),
  );
  const [only] = names.size === 1 ? [...names] : [null];
  const [first, second] = trialSizes.map((size) => shapesWith(model, size));
  const inferred = [...first].flatMap(([name, shape]) => {
    const other = second.get(name);
    if (other?.length !== shape.length) return [];
    const dims = shape.map((dim, i): OnnxDim => {
      if (dim === other[i]) return dim;
      return dim === trialSizes[0] && other[i] === trialSizes[1] ? only : null;
    });
    return [[name, dims] as const];
  });
  return new Map([...inferred, ...told]);
}
