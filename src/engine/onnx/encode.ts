import { OrreryError } from "../../errors.ts";
import type {
  OnnxAttribute,
  OnnxDim,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxType,
  OnnxValueInfo,
} from "./model.ts";
import type { Message } from "./schema.ts";
import { checkTensorSize } from "./tensor-data.ts";
import { writeMessage } from "./write-message.ts";

// Messages are written in the order of their keys, which therefore follow the schema's.

/** `text`, or undefined for an empty one, which is then not written. */
function orAbsent(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function tensorMessage(tensor: OnnxTensor): Message<"Tensor"> {
  checkTensorSize("encodeModel", tensor);
  const { name, dims, dataType, data, strings } = tensor;
  if (strings !== undefined) {
    return { dims, dataType, stringData: strings, name: orAbsent(name) };
  }
  return { dims, dataType, name: orAbsent(name), rawData: data };
}

function dimMessage(dim: OnnxDim): Message<"Dimension"> {
  if (dim === null) return {};
  return typeof dim === "number" ? { dimValue: dim } : { dimParam: dim };
}

function typeMessage(type: OnnxType): Message<"Type"> {
  if (type.kind !== "tensor") return { [type.kind]: type.bytes };
  const shape = type.shape === undefined ? undefined : { dim: type.shape.map(dimMessage) };
  return { tensor: { elemType: type.dataType, shape } };
}

function valueInfoMessage({ name, type }: OnnxValueInfo): Message<"ValueInfo"> {
  return { name, type: type === undefined ? undefined : typeMessage(type) };
}

function attributeMessage(node: OnnxNode, name: string, attribute: OnnxAttribute): Message<"Attribute"> {
  switch (attribute.kind) {
    case "float":
      return { name, f: attribute.value, type: 1 };
    case "int":
      return { name, i: checkedInteger(node, name, attribute.value), type: 2 };
    case "string":
    case "bytes":
      return { name, s: attribute.value, type: 3 };
    case "tensor":
      return { name, t: tensorMessage(attribute.value), type: 4 };
    case "graph":
      return { name, g: graphMessage(attribute.value), type: 5 };
    case "floats":
      return { name, floats: attribute.value, type: 6 };
    case "ints":
      return { name, ints: attribute.value.map((value) => checkedInteger(node, name, value)), type: 7 };
    case "strings":
      return { name, strings: attribute.value, type: 8 };
    case "tensors":
      return { name, tensors: attribute.value.map(tensorMessage), type: 9 };
    case "graphs":
      return { name, graphs: attribute.value.map(graphMessage), type: 10 };
    case "type":
      return { name, tp: typeMessage(attribute.value), type: 13 };
    case "types":
      return { name, typeProtos: attribute.value.map(typeMessage), type: 14 };
    case "unsupported":
      throw new OrreryError(
        "unsupported",
        `encodeModel: ${nodeLabel(node)}: attribute "${name}" is ${attribute.value}, which cannot be written`,
      );
  }
}

function nodeLabel(node: OnnxNode): string {
  return `node ${node.opType}${node.name === "" ? "" : ` "${node.name}"`}`;
}

function checkedInteger(node: OnnxNode, name: string, value: number): number {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value <= 2 ** 63) return value;
  throw new OrreryError(
    "argument",
    `encodeModel: ${nodeLabel(node)}: attribute "${name}" must be a 64-bit integer; got ${value}`,
  );
}

function nodeMessage(node: OnnxNode): Message<"Node"> {
  const entries = Object.entries(node.attributes);
  return {
    input: node.inputs,
    output: node.outputs,
    name: orAbsent(node.name),
    opType: node.opType,
    attribute: entries.map(([name, attribute]) => attributeMessage(node, name, attribute)),
    domain: orAbsent(node.domain),
  };
}

function graphMessage(graph: OnnxGraph): Message<"Graph"> {
  refuse(graph.sparseInitializers, `sparse initializers (${graph.sparseInitializers?.join(", ")})`);
  return {
    node: graph.nodes.map(nodeMessage),
    name: graph.name,
    initializer: graph.initializers.map(tensorMessage),
    input: graph.inputs.map(valueInfoMessage),
    output: graph.outputs.map(valueInfoMessage),
    valueInfo: graph.valueInfo?.map(valueInfoMessage),
  };
}

function refuse(unread: readonly unknown[] | undefined, what: string): void {
  if (unread === undefined || unread.length === 0) return;
  throw new OrreryError(
    "unsupported",
    `encodeModel: ${what} cannot be written, because decodeModel does not read them`,
    {
      hint: "Inline functions and make sparse initializers dense in the program that made the model.",
    },
  );
}

/**
 * The bytes of an ONNX file. Weights are copied once, into the result.
 * @throws OrreryError `argument` for a fraction where an integer belongs, `format` for a tensor whose bytes do not fit its dims,
 *   `unsupported` for what `decodeModel` only reports and above 2 GiB
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  refuse(model.functions, "functions");
  return writeMessage("Model", {
    irVersion: model.irVersion,
    producerName: orAbsent(model.producerName),
    producerVersion: orAbsent(model.producerVersion),
    domain: orAbsent(model.domain),
    modelVersion: model.modelVersion,
    docString: orAbsent(model.docString),
    graph: graphMessage(model.graph),
    opsetImport: model.opsets.map(({ domain, version }) => ({ domain, version })),
    metadataProps: Object.entries(model.metadata ?? {}).map(([key, value]) => ({ key, value })),
  });
}
