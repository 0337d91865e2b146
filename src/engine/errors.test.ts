import { describe, expect, it } from "vitest";
import { OrreryError } from "../errors.ts";
import {
  add,
  addAlongAxis,
  argMax,
  attention,
  averagePool2d,
  batchNorm,
  broadcastTo,
  cast,
  clip,
  compile,
  concat,
  conv2d,
  conv2dTranspose,
  cumulativeSum,
  einsum,
  evaluate,
  exp,
  full,
  gather,
  gradients,
  input,
  key,
  layerNorm,
  logicalAnd,
  matmul,
  maxPool2d,
  mean,
  NdArray,
  ndarray,
  oneHot,
  pad,
  pixelShuffle,
  reshape,
  resizeBilinear,
  scan,
  scatterAdd,
  segmentSum,
  slice,
  softmax,
  split,
  squeeze,
  stack,
  straightThrough,
  sum,
  type Tensor,
  takeAlongAxis,
  tensor,
  tile,
  topK,
  transpose,
  uniform,
  where,
} from "./index.ts";

const x = full([2, 3], 1);
const image = full([1, 3, 8, 8], 1);
const ids = tensor([0, 1], "int32");

/** What people get wrong, and how. */
const mistakes: Record<string, () => unknown> = {
  "shapes that do not broadcast": () => add(x, full([2, 4], 1)),
  "two dtypes": () => add(x, full([2, 3], 1, "float64")),
  "exp of integers": () => exp(ids),
  "logic on numbers": () => logicalAnd(x, x),
  "clip upside down": () => clip(x, 1, 0),
  "a condition that is no truth value": () => where(x, x, x),
  "a straight-through of two shapes": () => straightThrough(x, full([3], 1)),
  "mean of integers": () => mean(ids),
  "an axis that is not there": () => sum(x, { axes: 2 }),
  "an axis twice": () => sum(x, { axes: [0, -2] }),
  "argMax of nothing": () => argMax(full([2, 0], 1)),
  "inner sizes": () => matmul(x, x),
  "inner sizes of a stack": () => matmul(full([4, 2, 3], 1), full([4, 2], 1)),
  "inner sizes, transposed": () => matmul(x, full([3, 4], 1), { transposeB: true }),
  "matmul with a scalar": () => matmul(x, 2),
  "einsum with an ellipsis": () => einsum("...i,i->...", x, [1, 2, 3]),
  "einsum with an operand too few": () => einsum("ij,jk->ik", x),
  "einsum with sizes that disagree": () => einsum("ij,jk->ik", x, x),
  "einsum with an unknown result": () => einsum("ij->ik", x),
  "filters for other channels": () => conv2d(image, full([8, 4, 3, 3], 1)),
  "channels and groups": () => conv2d(full([1, 6, 8, 8], 1), full([8, 1, 3, 3], 1), { groups: 4 }),
  "a filter larger than the image": () => conv2d(image, full([8, 3, 9, 9], 1)),
  "no image": () => conv2d(x, full([8, 3, 3, 3], 1)),
  "stride zero": () => conv2d(image, full([8, 3, 3, 3], 1), { stride: 0 }),
  "filters of a transposed convolution": () => conv2dTranspose(image, full([8, 3, 3, 3], 1)),
  "too much output padding": () => conv2dTranspose(image, full([3, 8, 3, 3], 1), { stride: 2, outputPadding: 2 }),
  "a window larger than the image": () => maxPool2d(image, { size: 9 }),
  "padding as large as the window": () => maxPool2d(image, { size: 2, padding: 2 }),
  "the average of integers": () => averagePool2d(cast(image, "int32"), { size: 2 }),
  "channels that make no pixels": () => pixelShuffle(image, 2),
  "a size that is none": () => resizeBilinear(image, [0, 4]),
  "sizes that do not multiply": () => reshape(x, [4, 2]),
  "two unknown sizes": () => reshape(x, [-1, -1]),
  "negative sizes": () => reshape(x, [-2, -3]),
  "squeezing a large axis": () => squeeze(x, 0),
  "an order that repeats": () => transpose(x, 0, 0),
  "no broadcast": () => broadcastTo(x, [3, 3]),
  "an index outside": () => slice(x, { 1: 3 }),
  "a step of zero": () => slice(x, { 1: [0, 2, 0] }),
  "a fractional range": () => slice(x, { 1: [0.5, 2] }),
  "negative padding": () =>
    pad(x, [
      [0, 0],
      [-1, 0],
    ]),
  "too few pads": () => pad(x, [[1, 1]]),
  "concat across different sizes": () => concat([x, full([2, 4], 1)]),
  "concat of scalars": () => concat([1, 2]),
  "concat of nothing": () => concat([]),
  "stack of two shapes": () => stack([x, full([3], 1)]),
  "stack of nothing": () => stack([]),
  "parts that do not divide": () => split(x, 2, 1),
  "too few repeats": () => tile(x, [2]),
  "gather at floats": () => gather(x, tensor([0, 1])),
  "updates of another shape": () => scatterAdd(x, ids, full([2, 2], 1)),
  "one segment too few": () => segmentSum(x, [0], 2),
  "indices of another rank": () => takeAlongAxis(x, ids),
  "updates that do not match their indices": () => addAlongAxis(x, [[0], [1]], x),
  "a depth that is none": () => oneHot(ids, -1),
  "more than there are": () => topK(x, 4),
  "running sums of truth values": () => cumulativeSum(x.greater(0)),
  "softmax of integers": () => softmax(ids),
  "a scale of another size": () => layerNorm(x, full([2], 1), full([3], 0)),
  "no channels": () => batchNorm(full([3], 1), full([3], 1), full([3], 0)),
  "keys of another width": () => attention(x, full([2, 4], 1), x),
  "a carry that changes": () => scan((c: Tensor, y: Tensor) => [stack([c, c]), y] as const, tensor(0), x),
  "sequences of two lengths": () =>
    scan((c: Tensor, y: { a: Tensor; b: Tensor }) => [c, y.a] as const, tensor(0), { a: x, b: full([3], 1) }),
  "negative random sizes": () => uniform(key(0), [-1]),
  "gradients of a matrix": () => gradients(x, x),
  "gradients for integers": () => gradients(sum(x), { scale: x, ids }),
  "gradients of integers": () => gradients(sum(ids), x),
  "a cotangent of another shape": () => gradients(x, x, { cotangent: full([3], 1) }),
  "a cotangent of another dtype": () => gradients(x, x, { cotangent: full([2, 3], 1, "float64") }),
  "no influence, strict": () => gradients(sum(x), { w: [x, full([4], 1)] }, { strict: true }),
  "gradients for a number": () => gradients(sum(x), { rate: 0.1 as never }),
  "rows of two lengths": () => ndarray([[1, 2], [3]]),
  "too few elements": () => new NdArray(new Float32Array(5), [2, 3]),
  "the wrong storage": () => new NdArray<"float32" | "int32">(new Float32Array(2), [2], "int32"),
  "item of many": () => ndarray([1, 2]).item(),
  "an input without a value": () => evaluate([add(input([2], "float32", "images"), 1)]),
  "an expression as an argument": () => compile((y: Tensor) => y)(x as never),
  "a map as an argument": () => compile((y: { w: Tensor }) => y.w)({ w: new Map() as never }),
  "a promise as a result": () => compile(async (y: Tensor) => y)(ndarray([1])),
  "no kernel": () => compile((y: Tensor) => conv2d(y, y))(ndarray([[[[1]]]], "float64")),
  "an index outside at run time": () => compile((i: Tensor) => gather(x, i))(ndarray([7], "int32")),
};

async function textOf(mistake: () => unknown): Promise<string> {
  try {
    await mistake();
  } catch (error) {
    if (error instanceof OrreryError) return `[${error.code}] ${error}`;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("errors", () => {
  it("name the operation, what was expected, what was got and the next step", async () => {
    const texts: string[] = [];
    for (const [name, mistake] of Object.entries(mistakes)) {
      try {
        texts.push(`${name}\n    ${await textOf(mistake)}`);
      } catch (cause) {
        throw new Error(`${name}: ${String(cause)}`, { cause });
      }
    }
    await expect(`${texts.join("\n")}\n`).toMatchFileSnapshot("__snapshots__/errors.txt");
  });
});
