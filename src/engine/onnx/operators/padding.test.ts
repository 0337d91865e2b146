import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { testNodes } from "../../../../test/kit/onnx-nodes.ts";
import { ndarray } from "../../ndarray.ts";

const x = filled([2, 3, 4]);
const sides = ndarray([0, 1, 2, 0, 2, 1], "int64");

describe("imported padding", () => {
  testNodes([
    { op: "Pad", inputs: [x, sides], stored: [1] },
    {
      op: "Pad",
      note: "a value, and elements cut off",
      inputs: [x, ndarray([0, -1, 2, 1, 2, -2], "int64"), ndarray(1.5)],
      stored: [1, 2],
    },
    {
      op: "Pad",
      note: "some axes",
      inputs: [x, ndarray([1, 2, 3, 0], "int64"), undefined, ndarray([-1, 0], "int64")],
      stored: [1, 3],
    },
    ...["reflect", "edge", "wrap"].map((mode) => ({
      op: "Pad",
      note: mode,
      inputs: [x, sides],
      stored: [1],
      attributes: { mode },
    })),
    {
      op: "Pad",
      note: "its old form",
      inputs: [x],
      attributes: { pads: [0, 1, 0, 0, 0, 1], value: { float: 2 } },
      opset: 10,
    },
  ]);
});
