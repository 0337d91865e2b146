import { OrreryError } from "../../errors.ts";
import { allocate, type TypedArray } from "../dtype.ts";
import { NdArray } from "../ndarray.ts";
import type { Operation, TensorType } from "../operation.ts";
import type { Key, KeyRoot } from "../random/key.ts";
import { sampleGumbelInto, sampleNormalInto, samplePermutationInto, sampleUniformInto } from "../random/sample.ts";
import { checkShape, type Shape, sizeOf } from "../shape.ts";
import { apply, operands, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { add, multiply } from "./arithmetic.ts";
import { less } from "./comparison.ts";
import { argMax } from "./reduction.ts";

/** The distributions that are drawn outside the graph; others are made of these by expressions. */
type Distribution = "uniform" | "normal" | "gumbel" | "permutation";

/** The attributes of a random draw. */
export interface RandomAttributes extends TensorType {
  readonly distribution: Distribution;
  readonly source: Key;
}

/** Draws the values of a random expression. @throws OrreryError `argument` when its key is symbolic. */
export function drawInto(
  { distribution, source }: Pick<RandomAttributes, "distribution" | "source">,
  out: TypedArray,
): void {
  if (out instanceof Int32Array && distribution === "permutation") samplePermutationInto(source, out);
  else if (out instanceof Float32Array || out instanceof Float64Array) {
    if (distribution === "uniform") sampleUniformInto(source, out);
    else if (distribution === "normal") sampleNormalInto(source, out);
    else sampleGumbelInto(source, out);
  }
}

const rootNumbers = new WeakMap<object, number>();
let rootCount = 0;

/** Roots of symbolic keys are told apart by identity; symbols by their description. */
function rootName(root: KeyRoot | undefined): string {
  if (root === undefined || typeof root === "symbol") return String(root);
  const known = rootNumbers.get(root) ?? ++rootCount;
  rootNumbers.set(root, known);
  return String(known);
}

/** A draw of random numbers: an input of the compiled graph, filled by the runtime, so that a seed means the same everywhere. */
export const randomOperation: Operation<RandomAttributes> = {
  name: "random",
  infer: (_, { shape, dtype }) => [{ shape, dtype }],
  gradient: () => [],
  lower: () => {
    throw new OrreryError(
      "unsupported",
      "random: a draw is fed by the runtime and cannot be part of an exported graph",
      {
        hint: "Export the function without randomness, e.g. with dropout off.",
      },
    );
  },
  evaluate: (_, attributes) => {
    const out = allocate(attributes.dtype, sizeOf(attributes.shape));
    drawInto(attributes, out);
    return [new NdArray(out, attributes.shape, attributes.dtype)];
  },
  key: ({ distribution, source, shape, dtype }) =>
    `${distribution},${rootName(source.root)},${source},${shape},${dtype}`,
};

function draw(source: Key, distribution: Distribution, shape: Shape, dtype: RandomAttributes["dtype"]): Tensor {
  checkShape(distribution, shape);
  return apply(randomOperation, [], { source, distribution, shape, dtype });
}

/** Uniform numbers in `[low, high)`. */
export function uniform(key: Key, shape: Shape, low = 0, high = 1): Tensor {
  const unit = draw(key, "uniform", shape, "float32");
  return low === 0 && high === 1 ? unit : add(multiply(unit, high - low), low);
}

/** Normally distributed numbers of the given mean and standard deviation. */
export function normal(key: Key, shape: Shape, mean = 0, deviation = 1): Tensor {
  const standard = draw(key, "normal", shape, "float32");
  return mean === 0 && deviation === 1 ? standard : add(multiply(standard, deviation), mean);
}

/** Standard Gumbel numbers `−log(−log u)`. */
export function gumbel(key: Key, shape: Shape): Tensor {
  return draw(key, "gumbel", shape, "float32");
}

/** True with probability `p` (a number, or a tensor that broadcasts to `shape`), as `bool`. */
export function bernoulli(key: Key, p: TensorLike, shape: Shape = tensor(p).shape): Tensor {
  return less(draw(key, "uniform", shape, "float32"), operands("bernoulli", p)[0]);
}

/** Draws from the distribution with unnormalised log-probabilities `logits` along `axis`, as `int32` (the Gumbel-max rule). */
export function categorical(key: Key, logits: TensorLike, axis = -1): Tensor {
  const scores = tensor(logits);
  return argMax(add(scores, gumbel(key, scores.shape)), axis);
}

/** The numbers `0 … count − 1` in random order, as `int32`. */
export function permutation(key: Key, count: number): Tensor {
  return draw(key, "permutation", [count], "int32");
}
