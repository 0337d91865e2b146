import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { type NodeCase, testNodes } from "../../../../test/kit/onnx-nodes.ts";
import { NdArray, ndarray } from "../../ndarray.ts";

const x = filled([3, 4, 2]);
const positive = new NdArray(
  Float32Array.from(filled([3, 4, 2]).data, (v) => Math.abs(Number(v)) + 0.5),
  [3, 4, 2],
);
const ops = ["Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSumExp", "LogSum"];
const axes = ndarray([-1, 0], "int64");
const integers = ndarray(
  [
    [3, 1, 2],
    [5, -4, 0],
  ],
  "int64",
);
const ties = ndarray([
  [1, 3, 3],
  [2, 2, 0],
]);

describe("imported reductions and orders", () => {
  testNodes([
    ...ops.flatMap((name): NodeCase[] => [
      { op: `Reduce${name}`, inputs: [positive, axes], stored: [1], attributes: { keepdims: 0 } },
      { op: `Reduce${name}`, note: "over all axes", inputs: [positive] },
      { op: `Reduce${name}`, note: "axes as an attribute", inputs: [positive], attributes: { axes: [1] }, opset: 11 },
    ]),
    {
      op: "ReduceSum",
      note: "no axes, so nothing",
      inputs: [x, ndarray([], "int64")],
      stored: [1],
      attributes: { noop_with_empty_axes: 1 },
    },
    {
      op: "ReduceMax",
      note: "whole numbers",
      inputs: [integers, ndarray([1], "int64")],
      stored: [1],
      outputs: ["int64"],
    },
    {
      op: "ReduceMean",
      note: "whole numbers",
      inputs: [integers.astype("int32"), ndarray([1], "int64")],
      stored: [1],
      outputs: ["int32"],
    },
    {
      op: "ReduceMax",
      note: "flags",
      inputs: [
        ndarray([
          [true, false],
          [false, false],
        ]),
        ndarray([1], "int64"),
      ],
      stored: [1],
      outputs: ["bool"],
    },
    { op: "ArgMax", inputs: [ties], attributes: { axis: 1 }, outputs: ["int64"] },
    {
      op: "ArgMax",
      note: "the last of equal ones",
      inputs: [ties],
      attributes: { axis: 1, keepdims: 0, select_last_index: 1 },
      outputs: ["int64"],
    },
    { op: "ArgMin", inputs: [x], attributes: { axis: -2, keepdims: 0 }, outputs: ["int64"] },
    {
      op: "TopK",
      inputs: [x, ndarray([2], "int64")],
      stored: [1],
      attributes: { axis: 1 },
      outputs: ["float32", "int64"],
    },
    {
      op: "TopK",
      note: "the smallest",
      inputs: [x, ndarray([3], "int64")],
      stored: [1],
      attributes: { axis: 0, largest: 0 },
      outputs: ["float32", "int64"],
    },
    { op: "CumSum", inputs: [x, ndarray(1, "int64")], stored: [1] },
    {
      op: "CumSum",
      note: "exclusive, from the end",
      inputs: [x, ndarray(-1, "int64")],
      stored: [1],
      attributes: { exclusive: 1, reverse: 1 },
    },
  ]);
});
