import type { DType } from "./dtype.ts";
import type { NdArray } from "./ndarray.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/** What is known of a tensor before anything is computed. */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** An operation's static settings. They take part in common-subexpression elimination through their JSON form. */
export type Attributes = object;

/** A value in the reference evaluator: every dtype is held as float64 numbers, so integers are exact below 2^53. */
export interface ReferenceArray {
  readonly data: ArrayLike<number>;
  readonly shape: Shape;
}

/** What an operation's gradient rule is given. */
export interface GradientContext<A extends Attributes = Attributes> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attributes: A;
  /** The derivative of the result with respect to each output; undefined where an output has no influence. */
  readonly cotangents: readonly (Tensor | undefined)[];
}

/** An ONNX attribute as lowerings write it: whole numbers become `int`, `{ float }` a `float`. */
export type NodeAttribute =
  | number
  | readonly number[]
  | string
  | NdArray
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | SubGraph;

/** A body of an ONNX control-flow operator, opaque to operations. */
export interface SubGraph {
  readonly graph: unknown;
}

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, NodeAttribute>>;
  readonly domain?: string;
}

/** The ONNX graph under construction, as operations see it. Values are named by strings; `""` leaves an optional input out. */
export interface GraphBuilder {
  /** Adds a node with one output and returns the output's name. */
  node(opType: string, inputs: readonly string[], options?: NodeOptions): string;
  /** Adds a node with `count` outputs. */
  nodes(opType: string, inputs: readonly string[], count: number, options?: NodeOptions): string[];
  /** An initializer holding `value`; equal values share one. */
  constant(value: NdArray): string;
  /** A one-dimensional int64 initializer. */
  int64s(values: readonly number[]): string;
  /** A scalar initializer. */
  scalar(value: number, dtype: DType): string;
  /** True when ONNX Runtime's own operators may be used; never in exported models. */
  readonly allowsInternalOperators: boolean;
  /** Lowers a graph of expressions as the body of an operator; `captured` names values outside that it reads. */
  body(body: GraphBody, captured: ReadonlyMap<Tensor, string>): SubGraph;
}

/** A function of tensors as an expression graph: what `scan` repeats. */
export interface GraphBody {
  readonly parameters: readonly Tensor[];
  readonly results: readonly Tensor[];
}

/** What an operation's ONNX lowering is given. */
export interface LoweringContext<A extends Attributes = Attributes> {
  readonly graph: GraphBuilder;
  readonly inputs: readonly string[];
  readonly inputTypes: readonly TensorType[];
  readonly outputTypes: readonly TensorType[];
  readonly attributes: A;
  /** Which outputs anything reads. */
  readonly isUsed: readonly boolean[];
}

/** All there is to say of an operation, in one record. */
export interface Operation<A extends Attributes = Attributes> {
  readonly name: string;
  /** Works element by element with broadcasting, so that any order of the elements will do. */
  readonly isElementwise?: boolean;
  /** The outputs' shapes and dtypes. @throws OrreryError naming the operation and the shapes when they do not fit. */
  infer(inputs: readonly TensorType[], attributes: A): readonly TensorType[];
  /** The derivative with respect to each input, as expressions; undefined where there is no influence. */
  gradient(context: GradientContext<A>): readonly (Tensor | undefined)[];
  /** Adds the operation to an ONNX graph and returns the names of its outputs. */
  lower(context: LoweringContext<A>): readonly string[];
  /** Computes the outputs in float64: the oracle of every other executor. */
  evaluate(
    inputs: readonly ReferenceArray[],
    attributes: A,
    outputTypes: readonly TensorType[],
  ): readonly ReferenceLike[];
  /** A text that tells two attribute objects apart, where their JSON form does not. */
  key?(attributes: A): string;
}

/** What a reference evaluation may return: a reference array, or a concrete one of any dtype. */
export type ReferenceLike = ReferenceArray | NdArray;
