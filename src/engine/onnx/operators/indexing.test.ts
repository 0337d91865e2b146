import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { testNodes } from "../../../../test/kit/onnx-nodes.ts";
import { NdArray, ndarray } from "../../ndarray.ts";

const x = filled([3, 4, 2]);
const int64 = (...values: number[]) => ndarray(values, "int64");
const toTheEnd = new NdArray(BigInt64Array.of(9223372036854775807n, -9223372036854775807n), [2], "int64");
const stored = [1, 2, 3, 4];

describe("imported operators that read and write at positions", () => {
  testNodes([
    { op: "Slice", inputs: [x, int64(1, -3), int64(3, 9), int64(0, 1), int64(1, 2)], stored },
    {
      op: "Slice",
      note: "to the ends, one backwards",
      inputs: [x, int64(1, -1), toTheEnd, int64(0, 1), int64(1, -1)],
      stored,
    },
    { op: "Slice", note: "backwards to a position", inputs: [x, int64(3), int64(0), int64(1), int64(-2)], stored },
    { op: "Slice", note: "without axes", inputs: [x, int64(0, 1), int64(-1, 3)], stored },
    {
      op: "Slice",
      note: "its old form",
      inputs: [x],
      attributes: { starts: [1], ends: [2 ** 63], axes: [1] },
      opset: 9,
    },
    {
      op: "Gather",
      inputs: [
        x,
        ndarray(
          [
            [0, -1],
            [2, 2],
          ],
          "int64",
        ),
      ],
      attributes: { axis: 1 },
    },
    { op: "Gather", note: "one row", inputs: [x, ndarray(1, "int32")] },
    { op: "GatherElements", inputs: [x, ndarray([[[0, -1]], [[2, 2]], [[3, 1]]], "int64")], attributes: { axis: 1 } },
    {
      op: "GatherND",
      inputs: [
        x,
        ndarray(
          [
            [0, -1],
            [2, 1],
          ],
          "int64",
        ),
      ],
    },
    { op: "GatherND", note: "elements", inputs: [x, ndarray([[[0, 3, 1]], [[2, 1, -2]]], "int64")] },
    {
      op: "GatherND",
      note: "in a batch",
      inputs: [x, ndarray([[[1]], [[-1]], [[0]]], "int64")],
      attributes: { batch_dims: 1 },
    },
    {
      op: "ScatterND",
      inputs: [
        x,
        ndarray(
          [
            [0, 1],
            [2, -1],
          ],
          "int64",
        ),
        filled([2, 2], 3),
      ],
    },
    {
      op: "ScatterND",
      note: "adding",
      inputs: [x, ndarray([[1], [1]], "int64"), filled([2, 4, 2], 3)],
      attributes: { reduction: "add" },
    },
    {
      op: "ScatterElements",
      inputs: [x, ndarray([[[0, -1]], [[2, 2]]], "int64"), filled([2, 1, 2], 3)],
      attributes: { axis: 1 },
    },
    {
      op: "ScatterElements",
      note: "adding",
      inputs: [
        x,
        ndarray(
          [
            [
              [0, 0],
              [0, 1],
            ],
          ],
          "int64",
        ),
        filled([1, 2, 2], 3),
      ],
      attributes: { axis: 0, reduction: "add" },
    },
    { op: "OneHot", inputs: [int64(1, -1, 3), ndarray(3, "int64"), ndarray([0.25, 2])], stored: [1, 2] },
    {
      op: "OneHot",
      note: "along the first axis",
      inputs: [
        ndarray(
          [
            [1, 0],
            [2, 2],
          ],
          "int64",
        ),
        int64(3),
        ndarray([0, 1]),
      ],
      stored: [1, 2],
      attributes: { axis: 0 },
    },
  ]);
});
