import { readBytes } from "../../data/index.ts";
import { onnxDataTypeName } from "../../engine/onnx/data-types.ts";
import { decodeModel } from "../../engine/onnx/decode.ts";
import { inferShapes } from "../../engine/onnx/infer-shapes.ts";
import type { OnnxAttribute, OnnxDim, OnnxNode, OnnxTensor, OnnxValueInfo } from "../../engine/onnx/model.ts";
import type { ModelGraph, ModelNode } from "../api.ts";
import type { NodeFacts } from "./node-facts.ts";

/** Nodes that are answered at most. */
const mostNodes = 3000;

/** Numbers of an attribute's list that are shown. */
const shownNumbers = 12;

const shapeText = (shape: readonly OnnxDim[] | undefined) =>
  shape === undefined ? "" : `[${shape.map((dim) => dim ?? "?").join(", ")}]`;

const sizeOf = ({ dims }: OnnxTensor) => dims.reduce((product, dim) => product * dim, 1);
const tensorText = ({ dataType, dims }: OnnxTensor) => `${onnxDataTypeName(dataType)} ${shapeText(dims)}`;

/** Numbers of 32 bits have seven digits. */
const short = (value: number | string) => (typeof value === "number" ? String(Number(value.toPrecision(7))) : value);

function attributeText(attribute: OnnxAttribute): string {
  switch (attribute.kind) {
    case "float":
      return short(attribute.value);
    case "int":
    case "string":
    case "unsupported":
      return String(attribute.value);
    case "ints":
    case "floats":
    case "strings": {
      const { value } = attribute;
      return `${value.slice(0, shownNumbers).map(short).join(", ")}${value.length > shownNumbers ? ", …" : ""}`;
    }
    case "tensor":
      return tensorText(attribute.value);
    default:
      return attribute.kind;
  }
}

/** The graph of an ONNX model with its shapes. @param facts what is known of its nodes beside @throws OrreryError `not-found`, `format`. */
export async function modelGraph(path: string, facts: NodeFacts = new Map()): Promise<ModelGraph> {
  const model = decodeModel(await readBytes(path));
  const { graph } = model;
  const weights = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const shapes = inferShapes(model);
  const described = ({ name }: OnnxValueInfo) => ({ name, type: shapeText(shapes.get(name)) });
  // Layers are also called after their weights: `fc` for `fc.weight`.
  const callsOf = (node: OnnxNode) =>
    [...node.inputs, ...node.outputs, node.name].flatMap((name) => [name, name.replace(/\.\w+$/, "")]);
  const factsOf = (node: OnnxNode): ModelNode["facts"] =>
    Object.assign({}, ...callsOf(node).map((name) => (name === "" ? undefined : facts.get(name))));
  const nodes = graph.nodes.slice(0, mostNodes).map((node, i): ModelNode => {
    const own = node.inputs.flatMap((name) => weights.get(name) ?? []);
    return {
      name: node.name || `${node.opType} ${i + 1}`,
      operator: node.opType,
      inputs: node.inputs.filter((name) => name !== "" && !weights.has(name)),
      outputs: node.outputs,
      parameters: own.reduce((sum, tensor) => sum + sizeOf(tensor), 0),
      shape: shapeText(shapes.get(node.outputs[0])),
      weights: own.map((tensor) => ({ name: tensor.name, type: tensorText(tensor) })),
      attributes: Object.fromEntries(
        Object.entries(node.attributes).map(([name, value]) => [name, attributeText(value)]),
      ),
      facts: factsOf(node),
    };
  });
  return {
    inputs: graph.inputs.filter(({ name }) => !weights.has(name)).map(described),
    outputs: graph.outputs.map(described),
    parameters: graph.initializers.reduce((sum, tensor) => sum + sizeOf(tensor), 0),
    nodeCount: graph.nodes.length,
    nodes,
    facts: [...new Set(nodes.flatMap((node) => Object.keys(node.facts)))],
  };
}
