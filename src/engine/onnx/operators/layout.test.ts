import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { testNodes } from "../../../../test/kit/onnx-nodes.ts";
import { ndarray } from "../../ndarray.ts";

const x = filled([2, 3, 4]);
const image = filled([2, 8, 4, 6]);
const int64 = (...values: number[]) => ndarray(values, "int64");

describe("imported operators that move elements", () => {
  testNodes([
    { op: "Reshape", inputs: [x, int64(0, -1)], stored: [1] },
    {
      op: "Reshape",
      note: "zeros meant",
      inputs: [filled([0, 3]), int64(3, 0)],
      stored: [1],
      attributes: { allowzero: 1 },
    },
    { op: "Flatten", inputs: [x] },
    { op: "Flatten", note: "axis 0", inputs: [x], attributes: { axis: 0 } },
    { op: "Flatten", note: "all axes before", inputs: [x], attributes: { axis: 3 } },
    { op: "Squeeze", inputs: [filled([1, 3, 1, 2]), int64(-2)], stored: [1] },
    { op: "Squeeze", note: "every axis of size 1", inputs: [filled([1, 3, 1, 2])] },
    { op: "Squeeze", note: "its old form", inputs: [filled([1, 3, 1, 2])], attributes: { axes: [0, 2] }, opset: 11 },
    { op: "Unsqueeze", inputs: [x, int64(-1, 0)], stored: [1] },
    { op: "Unsqueeze", note: "its old form", inputs: [x], attributes: { axes: [1, 3] }, opset: 11 },
    { op: "Transpose", inputs: [x] },
    { op: "Transpose", note: "an order", inputs: [x], attributes: { perm: [1, 2, 0] } },
    { op: "Concat", inputs: [x, filled([2, 1, 4], 2)], attributes: { axis: -2 } },
    { op: "Split", inputs: [x, int64(1, 3)], stored: [1], attributes: { axis: 2 }, outputs: ["float32", "float32"] },
    {
      op: "Split",
      note: "into unequal parts",
      inputs: [filled([7, 2])],
      attributes: { num_outputs: 3 },
      outputs: ["float32", "float32", "float32"],
    },
    {
      op: "Split",
      note: "its old form",
      inputs: [x],
      attributes: { split: [1, 2], axis: 1 },
      opset: 11,
      outputs: ["float32", "float32"],
    },
    {
      op: "Split",
      note: "into equal parts",
      inputs: [x],
      attributes: { axis: 2 },
      opset: 13,
      outputs: ["float32", "float32"],
    },
    { op: "Expand", inputs: [filled([3, 1]), int64(2, 1, 4)], stored: [1] },
    { op: "Tile", inputs: [x, int64(1, 2, 3)], stored: [1] },
    { op: "DepthToSpace", inputs: [image], attributes: { blocksize: 2 } },
    { op: "DepthToSpace", note: "channel first", inputs: [image], attributes: { blocksize: 2, mode: "CRD" } },
    { op: "SpaceToDepth", inputs: [image], attributes: { blocksize: 2 } },
    { op: "Trilu", inputs: [x] },
    { op: "Trilu", note: "lower, shifted", inputs: [x, ndarray(1, "int64")], stored: [1], attributes: { upper: 0 } },
    { op: "EyeLike", inputs: [filled([3, 4])], attributes: { k: 1, dtype: 7 }, outputs: ["int64"] },
  ]);
});
