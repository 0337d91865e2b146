import { isFloat } from "../dtype.ts";
import type { Attributes, Operation } from "../operation.ts";
import { add, divide, multiply, negate, power, square, subtract } from "../ops/arithmetic.ts";
import { stopGradientOperation, straightThroughOperation } from "../ops/control.ts";
import { concatOperation, splitOperation } from "../ops/joining.ts";
import { type MatmulAttributes, matmulOperation } from "../ops/matmul.ts";
import { sum } from "../ops/reduction.ts";
import {
  broadcastOperation,
  broadcastTo,
  reshape,
  reshapeOperation,
  transpose,
  transposeMatrix,
  transposeOperation,
} from "../ops/reshape.ts";
import { slice, sliceOperation } from "../ops/slicing.ts";
import { reciprocal, sqrt } from "../ops/transcendental.ts";
import { sameShape, sizeOf } from "../shape.ts";
import { apply, constantValue, type Node, type Tensor, tensor } from "../tensor.ts";

/** A rule looks at a node whose inputs are simplified and returns what may stand in its place, if it knows anything better. */
type Rule = (node: Node) => Tensor | readonly Tensor[] | undefined;

const isA = <A extends Attributes>(x: Tensor, operation: Operation<A>): boolean =>
  x.node.operation === (operation as unknown as Operation);

const operationOf = (x: Tensor): Operation => x.node.operation;
const [addition, subtraction, multiplication, division, negation, exponentiation, summation] = [
  add(1, 1),
  subtract(1, 1),
  multiply(1, 1),
  divide(1, 1),
  negate(1),
  power(1, 1),
  sum([1]),
].map(operationOf);

/** The number that every element of `x` is known to be. */
function uniformValue(x: Tensor): number | undefined {
  const value = constantValue(x);
  if (value !== undefined) {
    const isUniform = value.size > 0 && value.size <= 64 && value.data.every((v) => v === value.data[0]);
    return isUniform ? Number(value.data[0]) : undefined;
  }
  return isA(x, broadcastOperation) ? uniformValue(x.node.inputs[0]) : undefined;
}

/** The other operand, when it has the result's shape already. */
const whole = (x: Tensor, node: Node): Tensor | undefined =>
  sameShape(x.shape, node.outputTypes[0].shape) ? x : undefined;

/** `x ∘ e = x` for the neutral element e. */
function neutral(operation: Operation, element: number, isCommutative: boolean): Rule {
  return (node) => {
    if (node.operation !== operation) return undefined;
    const [a, b] = node.inputs;
    if (uniformValue(b) === element) return whole(a, node);
    return isCommutative && uniformValue(a) === element ? whole(b, node) : undefined;
  };
}

/** An elementwise operand that was only repeated need not be: the operation repeats it. */
const dropBroadcast: Rule = (node) => {
  if (![addition, subtraction, multiplication, division].includes(node.operation)) return undefined;
  const { shape } = node.outputTypes[0];
  const index = node.inputs.findIndex(
    (x, i) => isA(x, broadcastOperation) && sameShape(node.inputs[1 - i].shape, shape),
  );
  if (index === -1) return undefined;
  const inputs = node.inputs.map((x, i) => (i === index ? x.node.inputs[0] : x));
  return apply(node.operation, inputs, node.attributes);
};

/** A binary operation of two repeated scalars is a repeated scalar. */
const broadcastLast: Rule = (node) => {
  if (![addition, subtraction, multiplication, division].includes(node.operation)) return undefined;
  const scalars = node.inputs.map((x) => uniformValue(x));
  if (scalars.some((x) => x === undefined) || node.outputTypes[0].shape.length === 0) return undefined;
  const [a, b] = node.inputs.map((x, i) => tensor(scalars[i] as number, x.dtype));
  return broadcastTo(apply(node.operation, [a, b], node.attributes), node.outputTypes[0].shape);
};

/** Whether float32 holds a number with all its digits. */
const isNormal = (value: number): boolean =>
  value === 0 || (Math.abs(value) >= 2 ** -126 && Number.isFinite(Math.fround(value)));

/** `(x · a) · b = x · (a · b)` for numbers a and b whose product is neither too large nor too small. */
const mergeFactors: Rule = (node) => {
  if (node.operation !== multiplication) return undefined;
  const scaled = (x: Tensor): [Tensor, number] | undefined => {
    if (x.node.operation !== multiplication) return undefined;
    const [a, b] = x.node.inputs;
    const [u, v] = [uniformValue(a), uniformValue(b)];
    if (v !== undefined) return [a, v];
    return u === undefined ? undefined : [b, u];
  };
  for (const [x, y] of [node.inputs, [...node.inputs].reverse()]) {
    const factor = uniformValue(y);
    const inner = scaled(x);
    if (factor === undefined || inner === undefined || !sameShape(inner[0].shape, node.outputTypes[0].shape)) continue;
    const merged = inner[1] * factor;
    const isVanished = merged === 0 && inner[1] !== 0 && factor !== 0;
    if (isVanished || !isNormal(merged)) continue;
    return multiply(inner[0], merged);
  }
  return undefined;
};

const divideByNumber: Rule = (node) => {
  if (node.operation !== division || !isFloat(node.outputTypes[0].dtype)) return undefined;
  const divisor = constantValue(node.inputs[1]);
  // The reciprocal of a tiny number is no float32.
  if (divisor?.size !== 1 || !Number.isFinite(Math.fround(1 / Number(divisor.data[0])))) return undefined;
  return whole(multiply(node.inputs[0], 1 / Number(divisor.data[0])), node);
};

/** Signs move outwards: `a + (−b) = a − b`, `a − (−b) = a + b`, `−(−a) = a`. */
const signs: Rule = (node) => {
  const [a, b] = node.inputs;
  const isNegated = (x: Tensor | undefined) => x !== undefined && x.node.operation === negation;
  const inner = (x: Tensor) => x.node.inputs[0];
  if (node.operation === addition && isNegated(b)) return subtract(a, inner(b));
  if (node.operation === addition && isNegated(a)) return subtract(b, inner(a));
  if (node.operation === subtraction && isNegated(b)) return add(a, inner(b));
  if (node.operation === negation && isNegated(a)) return inner(a);
  if (node.operation === multiplication && isNegated(a) && isNegated(b)) return multiply(inner(a), inner(b));
  return undefined;
};

/** Powers that have operators of their own. */
const simplePower: Rule = (node) => {
  if (node.operation !== exponentiation) return undefined;
  const exponent = uniformValue(node.inputs[1]);
  const base = whole(node.inputs[0], node);
  if (base === undefined) return undefined;
  if (exponent === 0) return broadcastTo(tensor(1, base.dtype), base.shape);
  if (exponent === 1) return base;
  if (exponent === 2) return square(base);
  if (exponent === 3) return multiply(square(base), base);
  if (exponent === 0.5) return sqrt(base);
  return exponent === -1 ? reciprocal(base) : undefined;
};

/** A value known when the gradient was built has served: what remains is the forward value. */
const forwardOnly: Rule = (node) =>
  [stopGradientOperation, straightThroughOperation].includes(node.operation) ? node.inputs[0] : undefined;

const reshapes: Rule = (node) => {
  if (node.operation !== (reshapeOperation as unknown as Operation)) return undefined;
  const [x] = node.inputs;
  const { shape } = node.outputTypes[0];
  if (sameShape(x.shape, shape)) return x;
  if (isA(x, reshapeOperation)) return reshape(x.node.inputs[0], shape);
  const value = uniformValue(x);
  return value !== undefined && sizeOf(shape) > 1 ? broadcastTo(tensor(value, x.dtype), shape) : undefined;
};

const transposes: Rule = (node) => {
  if (node.operation !== (transposeOperation as unknown as Operation)) return undefined;
  const [x] = node.inputs;
  const { order } = node.attributes as { order: readonly number[] };
  if (isA(x, transposeOperation)) {
    const inner = (x.node.attributes as { order: readonly number[] }).order;
    return transpose(x.node.inputs[0], ...order.map((axis) => inner[axis]));
  }
  // Axes of size 1 can be moved without touching the elements.
  const moving = order.filter((axis) => x.shape[axis] !== 1);
  return moving.every((axis, i) => i === 0 || moving[i - 1] < axis) ? reshape(x, node.outputTypes[0].shape) : undefined;
};

/** The sum over axes along which a value was only repeated is the value times their sizes. */
const sumOfBroadcast: Rule = (node) => {
  const [x] = node.inputs;
  if (node.operation !== summation || !isA(x, broadcastOperation)) return undefined;
  const source = x.node.inputs[0];
  const { axes } = node.attributes as { axes: readonly number[] };
  const offset = x.rank - source.rank;
  const repeated = axes.filter((axis) => axis < offset || (source.shape[axis - offset] === 1 && x.shape[axis] !== 1));
  if (repeated.length !== axes.length || axes.length === 0) return undefined;
  const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  const { shape } = node.outputTypes[0];
  const count = sizeOf(axes.map((axis) => x.shape[axis]));
  return multiply(reshape(broadcastTo(source, kept), shape), tensor(count, x.dtype));
};

/** A product takes its operands' transposes as flags. */
const transposedFactors: Rule = (node) => {
  if (node.operation !== (matmulOperation as unknown as Operation)) return undefined;
  const flags = node.attributes as MatmulAttributes;
  const isMatrixTransposed = (x: Tensor) => {
    if (!isA(x, transposeOperation)) return false;
    const { order } = x.node.attributes as { order: readonly number[] };
    const n = order.length;
    return order.every((axis, i) => axis === (i === n - 1 ? n - 2 : i === n - 2 ? n - 1 : i));
  };
  const [turnA, turnB] = node.inputs.map(isMatrixTransposed);
  if (!turnA && !turnB) return undefined;
  const [a, b] = node.inputs.map((x, i) => ([turnA, turnB][i] ? x.node.inputs[0] : x));
  return apply(matmulOperation, [a, b], {
    transposeA: flags.transposeA !== turnA,
    transposeB: flags.transposeB !== turnB,
  });
};

/** A large constant is transposed once, in advance, and not at every step. */
const transposedConstant: Rule = (node) => {
  if (node.operation !== (matmulOperation as unknown as Operation)) return undefined;
  const [a, b] = node.inputs;
  const { transposeA, transposeB } = node.attributes as MatmulAttributes;
  if (!transposeA || constantValue(a) === undefined) return undefined;
  return apply(matmulOperation, [transposeMatrix(a), b], { transposeA: false, transposeB });
};

/** Parts put together in their old order are the whole. */
const concatOfSplit: Rule = (node) => {
  if (node.operation !== (concatOperation as unknown as Operation)) return undefined;
  const [first] = node.inputs;
  const source = first.node;
  if (source.operation !== (splitOperation as unknown as Operation) || source.outputs.length !== node.inputs.length)
    return undefined;
  const isSame =
    node.inputs.every((x, i) => x.node === source && x.index === i) &&
    (source.attributes as { axis: number }).axis === (node.attributes as { axis: number }).axis;
  return isSame ? source.inputs[0] : undefined;
};

/** A whole taken apart along the seams it was put together at gives its parts. */
const splitOfConcat: Rule = (node) => {
  if (node.operation !== (splitOperation as unknown as Operation) || !isA(node.inputs[0], concatOperation))
    return undefined;
  const { axis, sizes } = node.attributes as { axis: number; sizes: readonly number[] };
  const source = node.inputs[0].node;
  const isSame =
    (source.attributes as { axis: number }).axis === axis &&
    source.inputs.length === sizes.length &&
    source.inputs.every((x, i) => x.shape[axis] === sizes[i]);
  return isSame ? source.inputs : undefined;
};

/** A slice of a concatenation that lies within one part is a slice of that part. */
const sliceOfConcat: Rule = (node) => {
  if (node.operation !== (sliceOperation as unknown as Operation) || !isA(node.inputs[0], concatOperation))
    return undefined;
  const { starts, sizes, steps } = node.attributes as Record<"starts" | "sizes" | "steps", readonly number[]>;
  const { axis } = node.inputs[0].node.attributes as { axis: number };
  if (steps.some((step) => step !== 1)) return undefined;
  let offset = 0;
  for (const part of node.inputs[0].node.inputs) {
    const start = starts[axis] - offset;
    if (start >= 0 && start + sizes[axis] <= part.shape[axis]) {
      const from = starts.map((n, i) => (i === axis ? start : n));
      return slice(part, Object.fromEntries(from.map((n, i) => [i, [n, n + sizes[i]] as const])));
    }
    offset += part.shape[axis];
  }
  return undefined;
};

const rules: readonly Rule[] = [
  forwardOnly,
  broadcastLast,
  dropBroadcast,
  neutral(addition, 0, true),
  neutral(subtraction, 0, false),
  neutral(multiplication, 1, true),
  neutral(division, 1, false),
  mergeFactors,
  divideByNumber,
  signs,
  simplePower,
  reshapes,
  transposes,
  sumOfBroadcast,
  transposedConstant,
  transposedFactors,
  concatOfSplit,
  splitOfConcat,
  sliceOfConcat,
];

/** The outputs that may stand for a node's, by the first algebraic identity that applies. */
export function rewrite(node: Node): readonly Tensor[] | undefined {
  for (const rule of rules) {
    const result = rule(node);
    if (result !== undefined) return Array.isArray(result) ? result : [result as Tensor];
  }
  return undefined;
}
