import { OrreryError } from "../../errors.ts";
import { arrayFrom, type DType } from "../dtype.ts";
import { evaluate, toReference } from "../evaluate.ts";
import { NdArray } from "../ndarray.ts";
import type { ReferenceArray } from "../operation.ts";
import { sizeOf } from "../shape.ts";
import { constantValue, type Tensor, tensor } from "../tensor.ts";
import type { OnnxGraph, OnnxModel, OnnxNode } from "./model.ts";
import { operators as builtIn } from "./operators/index.ts";
import { describe, ImportedNode, nodeTitle, type OperatorImporter, type OperatorTable } from "./operators/operator.ts";

/** The largest constant made of smaller ones while a graph is imported: shapes and the like, but no repeated values. */
const maximalFoldedSize = 64;

/** Weights are left to the compiler, which folds only what it needs. */
const largestFoldedSize = 1024;

/** The largest integers that float64, in which constants are computed, holds exactly enough to be written as int64. */
const largestInteger = 2 ** 63 - 1024;

/** A reference value in the dtype of its expression; integers that exceed it saturate. */
function concrete({ data, shape }: ReferenceArray, dtype: DType): NdArray {
  const numbers = Float64Array.from(data, (x) =>
    dtype === "int64" ? Math.min(Math.max(x, -largestInteger), largestInteger) : x,
  );
  return new NdArray(arrayFrom(dtype, numbers), shape, dtype);
}

/** Small results of constants alone become constants: so the shapes that a model computes are known. */
function folded(x: Tensor, inputs: readonly (Tensor | undefined)[]): Tensor {
  const given = inputs.filter((input) => input !== undefined);
  if (constantValue(x) !== undefined || !given.every((input) => constantValue(input) !== undefined)) return x;
  const size = given.reduce((n, { shape }) => n + sizeOf(shape), 0);
  if (sizeOf(x.shape) > Math.max(maximalFoldedSize, size) || sizeOf(x.shape) > largestFoldedSize) return x;
  return tensor(concrete(toReference(evaluate([x])[0]), x.dtype));
}

/** A node that no importer knows. */
export interface UnknownNode {
  readonly title: string;
  readonly inputs: string;
}

/** Turns the nodes of one model into expressions. */
export class GraphReader {
  readonly #graph: OnnxGraph;
  readonly #versions: ReadonlyMap<string, number>;
  readonly #operators: OperatorTable;
  readonly #elementTypes: ReadonlyMap<string, number>;

  constructor(model: OnnxModel, operators: OperatorTable) {
    this.#graph = model.graph;
    this.#versions = new Map(model.opsets.map(({ domain, version }) => [domain, version]));
    this.#operators = operators;
    const { initializers, inputs, outputs, valueInfo = [] } = model.graph;
    this.#elementTypes = new Map([
      ...[...inputs, ...outputs, ...valueInfo].flatMap(({ name, type }): [string, number][] =>
        type?.kind === "tensor" ? [[name, type.dataType]] : [],
      ),
      ...initializers.map(({ name, dataType }): [string, number] => [name, dataType]),
    ]);
  }

  #versionOf({ domain }: OnnxNode): number {
    return this.#versions.get(domain) ?? 1;
  }

  #importerOf({ domain, opType }: OnnxNode): OperatorImporter | undefined {
    const name = domain === "" ? opType : `${domain}::${opType}`;
    return this.#operators[name] ?? (domain === "" ? builtIn[opType] : undefined);
  }

  #import(
    node: OnnxNode,
    importer: OperatorImporter,
    values: ReadonlyMap<string, Tensor>,
  ): readonly (Tensor | undefined)[] {
    const inputs = node.inputs.map((name) => (name === "" ? undefined : values.get(name)));
    const context = new ImportedNode(node, this.#versionOf(node), inputs, this.#elementTypes);
    node.inputs.forEach((name, i) => {
      if (name !== "" && inputs[i] === undefined) {
        throw new OrreryError("format", `${context.title}: input "${name}" is made by no node before it`);
      }
    });
    const result = importer(context);
    const outputs = Array.isArray(result) ? (result as readonly (Tensor | undefined)[]) : [result as Tensor];
    return outputs.map((x) => (x === undefined ? undefined : folded(x, inputs)));
  }

  /**
   * Adds the values of all nodes to `values`, which holds those of inputs and initializers.
   * @throws OrreryError what an importer throws, with the node named before it.
   */
  read(values: Map<string, Tensor>): void {
    for (const node of this.#graph.nodes) {
      const importer = this.#importerOf(node);
      if (importer === undefined) continue;
      let outputs: readonly (Tensor | undefined)[];
      try {
        outputs = this.#import(node, importer, values);
      } catch (error) {
        throw located(error, nodeTitle(node, this.#versionOf(node)));
      }
      node.outputs.forEach((name, i) => {
        const x = outputs[i];
        if (name !== "" && x !== undefined) values.set(name, x);
      });
    }
  }

  /** The nodes that no importer knows, with their inputs' shapes as far as they can be worked out from `values`. */
  unknownNodes(values: Map<string, Tensor>): UnknownNode[] {
    const unknown: UnknownNode[] = [];
    for (const node of this.#graph.nodes) {
      const importer = this.#importerOf(node);
      if (importer === undefined) {
        const inputs = node.inputs.map((name) => (name === "" ? "absent" : shown(values.get(name))));
        unknown.push({ title: nodeTitle(node, this.#versionOf(node)), inputs: inputs.join(", ") });
        continue;
      }
      try {
        this.#import(node, importer, values).forEach((x, i) => {
          if (x !== undefined && node.outputs[i]) values.set(node.outputs[i], x);
        });
      } catch (error) {
        // What follows from an unknown node is unknown too; anything else is reported when the model is applied.
        if (!(error instanceof OrreryError)) throw error;
      }
    }
    return unknown;
  }
}

const shown = (x: Tensor | undefined) => (x === undefined ? "of unknown shape" : describe(x));

/** An importer's error that begins with the node it is about. */
function located(error: unknown, title: string): unknown {
  if (!(error instanceof OrreryError)) return error;
  const message = error.message.startsWith(title) ? error.message : `${title}: ${error.message}`;
  return new OrreryError(error.code, `importModel: ${message}`, { hint: error.hint, cause: error.cause });
}
