/** A size of a value's shape: a number, the name of a symbolic size such as `"batch"`, or null where nothing is known. */
export type OnnxDim = number | string | null;

/** The type of a value. Sequences, maps and the like are kept as the bytes of their message, unread. */
export type OnnxType =
  | {
      readonly kind: "tensor";
      /** ONNX's number of the element type, see `data-types.ts`. */
      readonly dataType: number;
      /** Undefined when not even the rank is known. */
      readonly shape?: readonly OnnxDim[];
    }
  | { readonly kind: "sequence" | "map" | "optional" | "sparseTensor" | "opaque"; readonly bytes: Uint8Array };

/** The name and, if known, the type of a graph's input, output or intermediate value. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly type?: OnnxType;
}

/** A constant tensor as ONNX stores it. */
export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  /** Row-major little-endian elements; types of four bits are packed two to a byte, the first in the low half. */
  readonly data: Uint8Array;
  /** The elements of a string tensor (data type 8), whose `data` is empty. */
  readonly strings?: readonly string[];
}

/**
 * The value of a node's attribute. Integers beyond ±2^53 are rounded to the nearest number; 2^63 - 1, which stands for "to the end" in
 * old `Slice` nodes, becomes 2^63 and is written as 2^63 - 1 again.
 */
export type OnnxAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  /** A string attribute that is no UTF-8. */
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "tensor"; readonly value: OnnxTensor }
  | { readonly kind: "tensors"; readonly value: readonly OnnxTensor[] }
  | { readonly kind: "graph"; readonly value: OnnxGraph }
  | { readonly kind: "graphs"; readonly value: readonly OnnxGraph[] }
  | { readonly kind: "type"; readonly value: OnnxType }
  | { readonly kind: "types"; readonly value: readonly OnnxType[] }
  /** A sparse tensor, or a reference to a function's attribute: reported by name, not read, and not written. */
  | { readonly kind: "unsupported"; readonly value: string };

/** One operation: `outputs = opType(inputs)`. An empty name stands for an optional input or output that is absent. */
export interface OnnxNode {
  readonly opType: string;
  /** `""` for ONNX's own operators. */
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** Nodes in an order in which every value is computed before it is used. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly initializers: readonly OnnxTensor[];
  /** Types of intermediate values. */
  readonly valueInfo?: readonly OnnxValueInfo[];
  /** Names of the sparse initializers: reported, not read, and not written. */
  readonly sparseInitializers?: readonly string[];
}

/** A domain of operators and its version, e.g. `{ domain: "", version: 21 }`. */
export interface OnnxOpset {
  readonly domain: string;
  readonly version: number;
}

/** A whole ONNX file. What is not named here (training information, documentation of nodes, annotations) is not kept. */
export interface OnnxModel {
  /** Version of the file format; opset 21 needs 10. */
  readonly irVersion: number;
  readonly opsets: readonly OnnxOpset[];
  readonly graph: OnnxGraph;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly domain?: string;
  readonly modelVersion?: number;
  readonly docString?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The functions that the model defines: reported, not read, and not written. */
  readonly functions?: readonly { readonly domain: string; readonly name: string }[];
}
