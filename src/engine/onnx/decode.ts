import { OrreryError } from "../../errors.ts";
import { checkedStrings, decodeTensor } from "./decode-tensor.ts";
import type { OnnxAttribute, OnnxDim, OnnxGraph, OnnxModel, OnnxNode, OnnxType, OnnxValueInfo } from "./model.ts";
import { readMessage } from "./read-message.ts";
import type { Message } from "./schema.ts";

function dimOf({ dimValue, dimParam }: Message<"Dimension">): OnnxDim {
  return dimValue ?? (dimParam === undefined || dimParam === "" ? null : dimParam);
}

function typeOf(type: Message<"Type">): OnnxType | undefined {
  if (type.tensor !== undefined) {
    const { elemType = 0, shape } = type.tensor;
    return shape === undefined
      ? { kind: "tensor", dataType: elemType }
      : { kind: "tensor", dataType: elemType, shape: (shape.dim ?? []).map(dimOf) };
  }
  for (const kind of ["sequence", "map", "optional", "sparseTensor", "opaque"] as const) {
    const bytes = type[kind];
    if (bytes !== undefined) return { kind, bytes };
  }
  return undefined;
}

function valueInfoOf({ name = "", type }: Message<"ValueInfo">): OnnxValueInfo {
  const known = type === undefined ? undefined : typeOf(type);
  return known === undefined ? { name } : { name, type: known };
}

/** The attribute's `type` field, or, in files older than it, the type of the field that is there. */
function attributeType(attribute: Message<"Attribute">): number {
  if (attribute.type !== undefined && attribute.type !== 0) return attribute.type;
  const fields = ["f", "i", "s", "t", "g", "floats", "ints", "strings", "tensors", "graphs"] as const;
  return fields.findIndex((field) => attribute[field] !== undefined) + 1;
}

function typeOrReport(where: string, type: Message<"Type"> | undefined): OnnxType {
  const known = type === undefined ? undefined : typeOf(type);
  if (known === undefined) throw new OrreryError("format", `decodeModel: ${where}: the type is empty`);
  return known;
}

function attributeOf(where: string, attribute: Message<"Attribute">): OnnxAttribute {
  if (attribute.refAttrName) return { kind: "unsupported", value: `a reference to "${attribute.refAttrName}"` };
  const { f = 0, i = 0, s = "", t = {}, g = {}, tp } = attribute;
  const { floats = [], ints = [], strings = [], tensors = [], graphs = [], typeProtos = [] } = attribute;
  const type = attributeType(attribute);
  switch (type) {
    case 1:
      return { kind: "float", value: f };
    case 2:
      return { kind: "int", value: i };
    case 3:
      return typeof s === "string" ? { kind: "string", value: s } : { kind: "bytes", value: s };
    case 4:
      return { kind: "tensor", value: decodeTensor(where, t) };
    case 5:
      return { kind: "graph", value: graphOf(g) };
    case 6:
      return { kind: "floats", value: floats };
    case 7:
      return { kind: "ints", value: ints };
    case 8:
      return { kind: "strings", value: checkedStrings(where, strings) };
    case 9:
      return { kind: "tensors", value: tensors.map((tensor) => decodeTensor(where, tensor)) };
    case 10:
      return { kind: "graphs", value: graphs.map(graphOf) };
    case 13:
      return { kind: "type", value: typeOrReport(where, tp) };
    case 14:
      return { kind: "types", value: typeProtos.map((item) => typeOrReport(where, item)) };
    default:
      return { kind: "unsupported", value: type === 11 || type === 12 ? "a sparse tensor" : `of type ${type}` };
  }
}

function nodeOf(node: Message<"Node">): OnnxNode {
  const { opType = "", name = "", domain = "", input = [], output = [], attribute = [] } = node;
  const label = `node ${opType}${name === "" ? "" : ` "${name}"`}`;
  const entries = attribute.map((item): [string, OnnxAttribute] => {
    const attributeName = item.name ?? "";
    return [attributeName, attributeOf(`${label}: attribute "${attributeName}"`, item)];
  });
  const attributes = Object.fromEntries(entries);
  // "ai.onnx" is the long name of the default domain.
  return { opType, name, domain: domain === "ai.onnx" ? "" : domain, inputs: input, outputs: output, attributes };
}

function graphOf(graph: Message<"Graph">): OnnxGraph {
  return {
    name: graph.name ?? "",
    nodes: (graph.node ?? []).map(nodeOf),
    inputs: (graph.input ?? []).map(valueInfoOf),
    outputs: (graph.output ?? []).map(valueInfoOf),
    initializers: (graph.initializer ?? []).map((tensor) => decodeTensor("initializer", tensor)),
    valueInfo: (graph.valueInfo ?? []).map(valueInfoOf),
    sparseInitializers: (graph.sparseInitializer ?? []).map((sparse) => sparse.values?.name ?? ""),
  };
}

/**
 * The model in an ONNX file's bytes. Weights are views of `bytes`, which must therefore not be overwritten.
 * @throws OrreryError `format` with the byte offset and what was being read where the bytes are damaged or have no graph,
 *   `unsupported` where a tensor's data lies in another file
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const model = readMessage("Model", bytes);
  if (model.graph === undefined) {
    throw new OrreryError(
      "format",
      `decodeModel: expected a model with a graph; got ${bytes.length} bytes without one`,
      {
        hint: "Give the bytes of an .onnx file.",
      },
    );
  }
  return {
    irVersion: model.irVersion ?? 0,
    opsets: (model.opsetImport ?? []).map(({ domain = "", version = 0 }) => ({
      domain: domain === "ai.onnx" ? "" : domain,
      version,
    })),
    graph: graphOf(model.graph),
    producerName: model.producerName ?? "",
    producerVersion: model.producerVersion ?? "",
    domain: model.domain ?? "",
    modelVersion: model.modelVersion ?? 0,
    docString: model.docString ?? "",
    metadata: Object.fromEntries((model.metadataProps ?? []).map(({ key = "", value = "" }) => [key, value])),
    functions: (model.functions ?? []).map(({ domain = "", name = "" }) => ({ domain, name })),
  };
}
