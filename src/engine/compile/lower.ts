import { onnxTypeOf } from "../dtype.ts";
import { nodesOf } from "../gradients.ts";
import type { OnnxGraph, OnnxModel, OnnxValueInfo } from "../onnx/model.ts";
import type { GraphBody, TensorType } from "../operation.ts";
import type { Node, Tensor } from "../tensor.ts";
import { BlockedLayout } from "./blocked/layout.ts";
import { GraphWriter, type Target } from "./graph-writer.ts";

/** A named value at the border of a graph. */
export interface NamedTensor {
  readonly name: string;
  readonly value: Tensor;
}

function valueInfo(name: string, { shape, dtype }: TensorType): OnnxValueInfo {
  return { name, type: { kind: "tensor", dataType: onnxTypeOf(dtype), shape } };
}

/** How often each value is read, once more for every output of the graph. */
function countUses(order: readonly Node[], outputs: readonly Tensor[]): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  for (const x of [...outputs, ...order.flatMap(({ inputs }) => inputs)]) uses.set(x, (uses.get(x) ?? 0) + 1);
  return uses;
}

/** Writes every node that the outputs need. `plain` names the values that exist already; the layout returned knows all names. */
function lowerNodes(writer: GraphWriter, plain: Map<Tensor, string>, outputs: readonly Tensor[]): BlockedLayout {
  const order = nodesOf(outputs);
  const uses = countUses(order, outputs);
  const layout = new BlockedLayout(writer, plain, uses);
  for (const node of order) {
    if (plain.has(node.outputs[0])) continue;
    const isUsed = node.outputs.map((x) => uses.has(x));
    writer.subject = node.operation.name;
    if (layout.lower(node, isUsed)) continue;
    const inputs = node.inputs.map((x) => layout.plainName(x));
    const inputTypes = node.inputs.map(({ shape, dtype }) => ({ shape, dtype }));
    const { attributes, outputTypes } = node;
    const names = node.operation.lower({ graph: writer, inputs, inputTypes, outputTypes, attributes, isUsed });
    names.forEach((name, i) => {
      layout.setPlain(node.outputs[i], name);
    });
  }
  return layout;
}

/** Gives the outputs their names: a value can be an output once, and only if a node makes it. */
function nameOutputs(writer: GraphWriter, layout: BlockedLayout, outputs: readonly NamedTensor[]): OnnxValueInfo[] {
  return outputs.map(({ name, value }) => {
    writer.nodesWritten.push({
      opType: "Identity",
      domain: "",
      name: writer.freshName("output"),
      inputs: [layout.plainName(value)],
      outputs: [name],
      attributes: {},
    });
    return valueInfo(name, value);
  });
}

/** The body of a control-flow operator, reading `captured` values of the graph around it by name. */
export function lowerBody(parent: GraphWriter, body: GraphBody, captured: ReadonlyMap<Tensor, string>): OnnxGraph {
  const writer = new GraphWriter({ ...parent.target, blockSize: 0 }, parent);
  const inputs = body.parameters.map((value) => ({ name: writer.freshName("parameter"), value }));
  const plain = new Map([...inputs.map(({ name, value }) => [value, name] as const), ...captured]);
  const layout = lowerNodes(writer, plain, body.results);
  const outputs = nameOutputs(
    writer,
    layout,
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

/** Values that only get an output's name by an `Identity` take that name where they are made. */
function mergeOutputNames(graph: OnnxGraph): OnnxGraph {
  const hasBody = graph.nodes.some(({ attributes }) => Object.values(attributes).some(({ kind }) => kind === "graph"));
  // A body reads values of the graph around it by name, and those names are not looked for here.
  if (hasBody) return graph;
  const outputNames = new Set(graph.outputs.map(({ name }) => name));
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  const kept = graph.nodes.filter(({ opType, inputs: [source], outputs: [target] }) => {
    const isNaming = opType === "Identity" && outputNames.has(target) && made.has(source) && !renamed.has(source);
    if (isNaming) renamed.set(source, target);
    return !isNaming;
  });
  const rename = (name: string) => renamed.get(name) ?? name;
  const nodes = kept.map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) }));
  return { ...graph, nodes };
}

/** Lowers expressions to an ONNX model of opset 21. */
export function lowerModel(
  { inputs, outputs, name = "orrery", docString, metadata }: ModelDescription,
  target: Target,
): OnnxModel {
  const writer = new GraphWriter(target);
  const plain = new Map(inputs.map((input) => [input.value, input.name]));
  const layout = lowerNodes(
    writer,
    plain,
    outputs.map(({ value }) => value),
  );
  const outputInfo = nameOutputs(writer, layout, outputs);
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
