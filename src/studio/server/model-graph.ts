import { readBytes } from "../../data/index.ts";
import { decodeModel } from "../../engine/onnx/decode.ts";
import type { OnnxTensor, OnnxType, OnnxValueInfo } from "../../engine/onnx/model.ts";
import type { ModelGraph } from "../api.ts";

/** Nodes that are shown at most. */
const shownNodes = 3000;

function shapeText(type: OnnxType | undefined): string {
  return type !== undefined && "shape" in type && type.shape != null
    ? `[${type.shape.map((dim) => dim ?? "?").join(", ")}]`
    : "";
}

const describeValue = ({ name, type }: OnnxValueInfo) => ({ name, type: shapeText(type) });
const sizeOf = ({ dims }: OnnxTensor) => dims.reduce((product, dim) => product * dim, 1);

/** The graph of an ONNX model, with the shapes that it tells. @throws OrreryError `not-found`, `format`. */
export async function modelGraph(path: string): Promise<ModelGraph> {
  const { graph } = decodeModel(await readBytes(path));
  const parameters = new Map(graph.initializers.map((tensor) => [tensor.name, sizeOf(tensor)]));
  const shapes = new Map(
    [...(graph.valueInfo ?? []), ...graph.outputs].map(({ name, type }) => [name, shapeText(type)]),
  );
  return {
    inputs: graph.inputs.filter(({ name }) => !parameters.has(name)).map(describeValue),
    outputs: graph.outputs.map(describeValue),
    parameters: [...parameters.values()].reduce((sum, n) => sum + n, 0),
    nodes: graph.nodes.slice(0, shownNodes).map((node, i) => ({
      name: node.name || `${node.opType} ${i + 1}`,
      operator: node.opType,
      inputs: node.inputs.filter((name) => name !== "" && !parameters.has(name)),
      outputs: node.outputs,
      parameters: node.inputs.reduce((sum, name) => sum + (parameters.get(name) ?? 0), 0),
      shape: shapes.get(node.outputs[0]) ?? "",
    })),
  };
}
