import fc from "fast-check";
import { expect, test } from "vitest";
import { closeTo, filled, runModel } from "../../../test/kit/onnx-models.ts";
import { compile } from "../compile/compile.ts";
import { input } from "../input.ts";
import type { NdArray } from "../ndarray.ts";
import {
  absolute,
  add,
  broadcastTo,
  concat,
  cumulativeSum,
  expandDims,
  flip,
  gelu,
  layerNorm,
  matmul,
  max,
  mean,
  multiply,
  pad,
  relu,
  reshape,
  sigmoid,
  slice,
  softmax,
  sort,
  square,
  subtract,
  takeAlongAxis,
  tanh,
  tile,
  transpose,
} from "../ops/index.ts";
import { type Tensor, tensor } from "../tensor.ts";
import { exportModel } from "./export.ts";
import { importModel } from "./import.ts";

type Parameters = Record<"square" | "row" | "column", Tensor>;

const parameters = { square: filled([4, 4], 2), row: filled([4], 3), column: filled([3, 1], 4) };

/** Steps from `[batch, 3, 4]` to the same shape, so that they can follow each other in any order. */
const steps: readonly ((x: Tensor, p: Parameters) => Tensor)[] = [
  (x) => relu(x),
  (x) => gelu(x),
  (x, p) => add(x, p.row),
  (x, p) => multiply(tanh(x), p.column),
  (x, p) => matmul(x, p.square),
  (x, p) => transpose(matmul(p.square, x, { transposeA: true, transposeB: true }), 0, 2, 1),
  (x) => softmax(x, 1),
  (x, p) => layerNorm(x, p.row, p.row),
  (x) => subtract(x, mean(x, { axes: [1, 2], keepDims: true })),
  (x) => add(x, broadcastTo(max(x, { axes: 2, keepDims: true }), x.shape)),
  (x) => concat([slice(x, { 2: [2, 4] }), slice(x, { 2: [0, 2] })], 2),
  (x) =>
    slice(
      pad(x, [
        [0, 0],
        [1, 0],
        [0, 0],
      ]),
      { 1: [0, 3] },
    ),
  (x) => reshape(transpose(reshape(x, [x.shape[0] * 3, 2, 2]), 0, 2, 1), x.shape),
  (x) => flip(cumulativeSum(x, 1), 2),
  (x) => mean(tile(expandDims(x, 1), [1, 2, 1, 1]), { axes: 1 }),
  (x) => takeAlongAxis(x, sort(absolute(x), { axis: 2 }).indices, 2),
  (x) => multiply(x, sigmoid(broadcastTo(tensor(0.5), [x.shape[0], 1, 1]))),
  (x) => square(x),
];

const chain = fc.array(fc.nat(steps.length - 1), { minLength: 1, maxLength: 6 });

const functionOf = (indices: readonly number[]) => (p: Parameters, x: Tensor) =>
  indices.reduce((y, i) => steps[i](y, p), x);

test("a random function computes the same after export, at any batch size, and after import", async () => {
  await fc.assert(
    fc.asyncProperty(chain, fc.constantFrom(1, 2, 5), async (indices, batch) => {
      const f = functionOf(indices);
      const x = filled([batch, 3, 4], 7);
      const given: Record<string, NdArray> = { input: x };
      const expected = await compile(f)(parameters, x);
      const bytes = exportModel(f, [input([2, 3, 4])], { parameters, dynamicBatch: true });
      closeTo((await runModel(bytes, given)).output, expected, 1e-4);
      const net = importModel(bytes);
      const again = compile((p: Record<string, Tensor>, v: Tensor) => net.apply({ input: v }, p).output, {
        provider: "reference",
      });
      closeTo(await again(net.parameters, x), expected, 1e-4);
    }),
    { numRuns: 40, seed: 1 },
  );
});

test("a file that was read and written again is read as the same model", () => {
  fc.assert(
    fc.property(chain, (indices) => {
      const options = { parameters, dynamicBatch: true, inputNames: ["x"], outputNames: ["y"] };
      const first = importModel(exportModel(functionOf(indices), [input([2, 3, 4])], options));
      const second = importModel(
        exportModel((p: Record<string, Tensor>, x: Tensor) => first.apply({ x }, p), [input([2, 3, 4])], {
          ...options,
          parameters: first.parameters,
        }),
      );
      expect(second.parameters).toEqual(first.parameters);
      expect(second.inputs).toEqual(first.inputs);
      expect(second.outputs).toEqual(first.outputs);
    }),
    { numRuns: 40, seed: 2 },
  );
});
