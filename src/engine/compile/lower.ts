import { onnxTypeOf } from "../dtype.ts";
import { nodesOf } from "../gradients.ts";
import type { OnnxGraph, OnnxModel, OnnxValueInfo } from "../onnx/model.ts";
import type { GraphBody, TensorType } from "../operation.ts";
import type { Node, Tensor } from "../tensor.ts";
import { BlockedLayout } from "./blocked.ts";
import { GraphWriter, type Target } from "./graph-writer.ts";

/** A named value at the border of a graph. */
export interface NamedTensor {
  readonly name: string;
  readonly value: Tensor;
}

function valueInfo(name: string, { shape, dtype }: TensorType): OnnxValueInfo {
  return { name, type: { kind: "tensor", dataType: onnxTypeOf(dtype), shape } };
}

/** Names of the values that exist so far; a value may exist in the plain layout, the blocked one, or both. */
export class ValueNames {
  readonly plain = new Map<Tensor, string>();
  readonly #blocked: BlockedLayout;

  constructor(writer: GraphWriter) {
    this.#blocked = new BlockedLayout(writer, this.plain);
  }

  /** Lowers one node; its outputs have names afterwards. */
  lower(node: Node, writer: GraphWriter, isUsed: readonly boolean[]): void {
    writer.subject = node.operation.name;
    if (this.#blocked.lower(node, isUsed)) return;
    const inputs = node.inputs.map((x) => this.#blocked.plainName(x));
    const { attributes, outputTypes } = node;
    const inputTypes = node.inputs.map(({ shape, dtype }) => ({ shape, dtype }));
    const names = node.operation.lower({ graph: writer, inputs, inputTypes, outputTypes, attributes, isUsed });
    names.forEach((name, i) => {
      this.plain.set(node.outputs[i], name);
    });
  }

  nameOf(x: Tensor): string {
    return this.#blocked.plainName(x);
  }
}

/** Writes every node that the outputs need; which outputs of a node are used decides what some of them write. */
function lowerNodes(writer: GraphWriter, names: ValueNames, outputs: readonly Tensor[]): void {
  const order = nodesOf(outputs);
  const used = new Set<Tensor>(outputs);
  for (const node of order) for (const x of node.inputs) used.add(x);
  for (const node of order) {
    if (names.plain.has(node.outputs[0])) continue;
    names.lower(
      node,
      writer,
      node.outputs.map((x) => used.has(x)),
    );
  }
}

/** Gives the outputs their names: a value can be an output once, and only if a node makes it. */
function nameOutputs(writer: GraphWriter, names: ValueNames, outputs: readonly NamedTensor[]): OnnxValueInfo[] {
  return outputs.map(({ name, value }) => {
    writer.nodesWritten.push({
      opType: "Identity",
      domain: "",
      name: writer.freshName("output"),
      inputs: [names.nameOf(value)],
      outputs: [name],
      attributes: {},
    });
    return valueInfo(name, value);
  });
}

/** The body of a control-flow operator, reading `captured` values of the graph around it by name. */
export function lowerBody(parent: GraphWriter, body: GraphBody, captured: ReadonlyMap<Tensor, string>): OnnxGraph {
  const writer = new GraphWriter({ ...parent.target, blockSize: 0 }, parent);
  const names = new ValueNames(writer);
  const inputs = body.parameters.map((value) => ({ name: writer.freshName("parameter"), value }));
  for (const { name, value } of inputs) names.plain.set(value, name);
  for (const [value, name] of captured) names.plain.set(value, name);
  lowerNodes(writer, names, body.results);
  const outputs = nameOutputs(
    writer,
    names,
    body.results.map((value) => ({ name: writer.freshName("result"), value })),
  );
  return {
    name: "body",
    nodes: writer.nodesWritten,
    inputs: inputs.map(({ name, value }) => valueInfo(name, value)),
    outputs,
    initializers: writer.initializers,
  };
}

export interface ModelDescription {
  readonly inputs: readonly NamedTensor[];
  readonly outputs: readonly NamedTensor[];
  readonly name?: string;
  readonly docString?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The outermost nodes of `Identity` that only name an output are merged into the node that makes the value, where it has one reader. */
function mergeOutputNames(graph: OnnxGraph): OnnxGraph {
  const readers = new Map<string, number>();
  for (const { inputs } of graph.nodes) for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const outputNames = new Set(graph.outputs.map(({ name }) => name));
  const hasSubgraph = graph.nodes.some(({ attributes }) =>
    Object.values(attributes).some(({ kind }) => kind === "graph"),
  );
  if (hasSubgraph) return graph;
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  const kept = graph.nodes.filter(({ opType, inputs, outputs }) => {
    const isNaming =
      opType === "Identity" && outputNames.has(outputs[0]) && made.has(inputs[0]) && readers.get(inputs[0]) === 1;
    if (isNaming) renamed.set(inputs[0], outputs[0]);
    return !isNaming;
  });
  const nodes = kept.map((node) => ({ ...node, outputs: node.outputs.map((name) => renamed.get(name) ?? name) }));
  return { ...graph, nodes };
}

/** Lowers expressions to an ONNX model of opset 21. */
export function lowerModel(
  { inputs, outputs, name = "orrery", docString, metadata }: ModelDescription,
  target: Target,
): OnnxModel {
  const writer = new GraphWriter(target);
  const names = new ValueNames(writer);
  for (const input of inputs) names.plain.set(input.value, input.name);
  lowerNodes(
    writer,
    names,
    outputs.map(({ value }) => value),
  );
  const outputInfo = nameOutputs(writer, names, outputs);
  const domains = new Set(writer.nodesWritten.map(({ domain }) => domain).filter((domain) => domain !== ""));
  const graph = mergeOutputNames({
    name,
    nodes: writer.nodesWritten,
    inputs: inputs.map((input) => valueInfo(input.name, input.value)),
    outputs: outputInfo,
    initializers: writer.initializers,
  });
  return {
    irVersion: 10,
    opsets: [{ domain: "", version: 21 }, ...[...domains].map((domain) => ({ domain, version: 1 }))],
    producerName: "orrery",
    docString,
    metadata,
    graph,
  };
}
