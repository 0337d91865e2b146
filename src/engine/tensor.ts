import { OrreryError } from "../errors.ts";
import type { DType } from "./dtype.ts";
import { NdArray, type NestedNumbers, ndarray } from "./ndarray.ts";
import type { Attributes, Operation, TensorType } from "./operation.ts";
import { formatShape, type Shape } from "./shape.ts";

let nextId = 0;

/** One application of an operation; nodes are numbered in the order they were built, so inputs have smaller numbers. */
export class Node<A extends Attributes = Attributes> {
  readonly id = nextId++;
  readonly operation: Operation<A>;
  readonly inputs: readonly Tensor[];
  readonly attributes: A;
  readonly outputTypes: readonly TensorType[];
  readonly outputs: readonly Tensor[];

  constructor(operation: Operation<A>, inputs: readonly Tensor[], attributes: A) {
    this.operation = operation;
    this.inputs = inputs;
    this.attributes = attributes;
    this.outputTypes = operation.infer(inputs, attributes);
    this.outputs = this.outputTypes.map((_, index) => new Tensor(this as unknown as Node, index));
  }
}

/**
 * An immutable expression with a static shape and dtype. Nothing is computed when it is built: `compile` and `read` do that.
 * Every function of the operation families that takes a tensor first is also a method: `relu(x)` is `x.relu()`.
 */
export class Tensor implements TensorType {
  readonly node: Node;
  /** Which of the node's outputs this is. */
  readonly index: number;

  constructor(node: Node, index: number) {
    this.node = node;
    this.index = index;
  }

  get shape(): Shape {
    return this.node.outputTypes[this.index].shape;
  }

  get dtype(): DType {
    return this.node.outputTypes[this.index].dtype;
  }

  get rank(): number {
    return this.shape.length;
  }

  toString(): string {
    return `${this.node.operation.name}: ${this.dtype}${formatShape(this.shape)}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** What operations take where a tensor is expected: expressions, concrete arrays, plain numbers and nested lists of them. */
export type TensorLike = Tensor | NdArray | NestedNumbers;

/** Applies an operation and returns all its outputs. */
export function applyAll<A extends Attributes>(
  operation: Operation<A>,
  inputs: readonly Tensor[],
  attributes: A,
): readonly Tensor[] {
  return new Node(operation, inputs, attributes).outputs;
}

/** Applies an operation that has one output. */
export function apply<A extends Attributes>(operation: Operation<A>, inputs: readonly Tensor[], attributes: A): Tensor {
  return new Node(operation, inputs, attributes).outputs[0];
}

interface ConstantAttributes extends Attributes {
  readonly value: NdArray;
}

/** A value known when the graph is built. */
export const constant: Operation<ConstantAttributes> = {
  name: "constant",
  infer: (_, { value }) => [value],
  gradient: () => [],
  evaluate: (_, { value }) => [value],
  lower: ({ graph, attributes }) => [graph.constant(attributes.value)],
};

/** The array of a constant expression; undefined for any other. */
export function constantValue(x: Tensor): NdArray | undefined {
  return x.node.operation === (constant as unknown as Operation)
    ? (x.node.attributes as ConstantAttributes).value
    : undefined;
}

/** An expression with a known value, e.g. `tensor([[1, 2], [3, 4]])`; an expression is returned as it is. */
export function tensor(value: TensorLike, dtype?: DType): Tensor {
  if (value instanceof Tensor) return value;
  if (value instanceof NdArray) {
    return apply(constant, [], { value: dtype === undefined || dtype === value.dtype ? value : value.astype(dtype) });
  }
  return apply(constant, [], { value: ndarray(value, dtype) });
}

/**
 * The operands as tensors of one dtype: plain numbers take the dtype of the first tensor among the operands.
 * @throws OrreryError `dtype` when two tensors differ.
 */
export function operands(where: string, ...values: TensorLike[]): Tensor[] {
  const typed = values.find((value) => value instanceof Tensor || value instanceof NdArray) as
    | Tensor
    | NdArray
    | undefined;
  const tensors = values.map((value) =>
    value instanceof Tensor || value instanceof NdArray ? tensor(value) : tensor(value, typed?.dtype),
  );
  const dtype = tensors[0].dtype;
  if (tensors.some((x) => x.dtype !== dtype)) {
    throw new OrreryError(
      "dtype",
      `${where}: operands must have one dtype; got ${tensors.map((x) => x.dtype).join(" and ")}`,
      {
        hint: `Convert with cast(x, "${dtype}").`,
      },
    );
  }
  return tensors;
}
