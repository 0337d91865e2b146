import { arrayFrom, type DType } from "../dtype.ts";
import { NdArray } from "../ndarray.ts";
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from "../onnx/model.ts";
import { tensorFromArray } from "../onnx/tensor-data.ts";
import type { GraphBody, GraphBuilder, NodeAttribute, NodeOptions, SubGraph } from "../operation.ts";
import type { Tensor } from "../tensor.ts";
import { lowerBody } from "./lower.ts";

/** What the graph is written for. */
export interface Target {
  /** ONNX Runtime's own operators may be used. */
  readonly allowsInternalOperators: boolean;
  /** Channels a block in the CPU provider's convolution layout; 0 where it is not to be used. */
  readonly blockSize: number;
}

/** The target of files: nothing but ONNX's own operators. */
export const portableTarget: Target = { allowsInternalOperators: false, blockSize: 0 };

function encodeAttribute(value: NodeAttribute): OnnxAttribute {
  if (typeof value === "number") return { kind: "int", value };
  if (typeof value === "string") return { kind: "string", value };
  if (value instanceof NdArray) return { kind: "tensor", value: tensorFromArray("", value) };
  if ("floats" in value) return { kind: "floats", value: value.floats };
  if ("float" in value) return { kind: "float", value: value.float };
  if ("graph" in value) return { kind: "graph", value: value.graph as OnnxGraph };
  return { kind: "ints", value };
}

/** Collects the nodes and initializers of one ONNX graph; bodies of control-flow operators share its names. */
export class GraphWriter implements GraphBuilder {
  readonly target: Target;
  readonly nodesWritten: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #constants = new Map<string, string>();
  readonly #arrays = new Map<NdArray, string>();
  readonly #names: { count: number };
  /** What the nodes being written are computing, for their names. */
  subject = "";

  constructor(target: Target, parent?: GraphWriter) {
    this.target = target;
    this.#names = parent === undefined ? { count: 0 } : parent.#names;
  }

  get allowsInternalOperators(): boolean {
    return this.target.allowsInternalOperators;
  }

  /** A name that nothing in the graph has yet. */
  freshName(stem: string): string {
    return `${stem}_${this.#names.count++}`;
  }

  node(opType: string, inputs: readonly string[], options?: NodeOptions): string {
    return this.nodes(opType, inputs, 1, options)[0];
  }

  nodes(
    opType: string,
    inputs: readonly string[],
    count: number,
    { attributes = {}, domain = "" }: NodeOptions = {},
  ): string[] {
    const name = this.freshName(this.subject || opType);
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}.${i}`));
    const present = [...inputs];
    while (present.length > 0 && present[present.length - 1] === "") present.pop();
    const encoded = Object.entries(attributes).map(([key, value]) => [key, encodeAttribute(value)] as const);
    this.nodesWritten.push({ opType, domain, name, inputs: present, outputs, attributes: Object.fromEntries(encoded) });
    return outputs;
  }

  constant(value: NdArray): string {
    if (value.size > 64) return this.#remembered(this.#arrays, value, value);
    return this.#remembered(
      this.#constants,
      `${value.dtype}[${value.shape}]${Array.from(value.data as ArrayLike<number>, (x) => (Object.is(x, -0) ? "-0" : String(x)))}`,
      value,
    );
  }

  #remembered<K>(known: Map<K, string>, key: K, value: NdArray): string {
    const name = known.get(key) ?? this.#addInitializer(value);
    known.set(key, name);
    return name;
  }

  #addInitializer(value: NdArray): string {
    const name = this.freshName("constant");
    this.initializers.push(tensorFromArray(name, value));
    return name;
  }

  int64s(values: readonly number[]): string {
    return this.constant(new NdArray(arrayFrom("int64", values), [values.length], "int64"));
  }

  scalar(value: number, dtype: DType): string {
    return this.constant(new NdArray(arrayFrom(dtype, [value]), [], dtype));
  }

  body(body: GraphBody, captured: ReadonlyMap<Tensor, string>): SubGraph {
    return { graph: lowerBody(this, body, captured) };
  }
}
