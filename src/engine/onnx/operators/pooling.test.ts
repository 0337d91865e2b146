import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { testNodes } from "../../../../test/kit/onnx-nodes.ts";

const x = filled([2, 3, 8, 7]);
const line = filled([2, 3, 9]);
const padded = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };

describe("imported pools", () => {
  testNodes([
    { op: "MaxPool", inputs: [x], attributes: { kernel_shape: [3, 2], strides: [2, 1] } },
    { op: "MaxPool", note: "padded, with positions", inputs: [x], attributes: padded, outputs: ["float32", "int64"] },
    { op: "MaxPool", note: "ceiled", inputs: [x], attributes: { ...padded, ceil_mode: 1 } },
    {
      op: "MaxPool",
      note: "ceiled without padding",
      inputs: [x],
      attributes: { kernel_shape: [2, 2], strides: [3, 3], ceil_mode: 1 },
    },
    {
      op: "MaxPool",
      note: "dilated",
      inputs: [x],
      attributes: { kernel_shape: [2, 3], dilations: [3, 2], pads: [1, 1, 1, 1], strides: [2, 1] },
    },
    {
      op: "MaxPool",
      note: "SAME_UPPER",
      inputs: [x],
      attributes: { kernel_shape: [2, 3], strides: [2, 2], auto_pad: "SAME_UPPER" },
    },
    {
      op: "MaxPool",
      note: "SAME_LOWER",
      inputs: [x],
      attributes: { kernel_shape: [2, 3], strides: [2, 2], auto_pad: "SAME_LOWER" },
    },
    {
      op: "MaxPool",
      note: "one axis",
      inputs: [line],
      attributes: { kernel_shape: [3], strides: [2], pads: [1, 0], ceil_mode: 1 },
    },
    { op: "AveragePool", inputs: [x], attributes: { kernel_shape: [3, 2], strides: [2, 1] } },
    { op: "AveragePool", note: "padded", inputs: [x], attributes: padded },
    { op: "AveragePool", note: "padding counted", inputs: [x], attributes: { ...padded, count_include_pad: 1 } },
    { op: "AveragePool", note: "ceiled", inputs: [x], attributes: { ...padded, ceil_mode: 1 } },
    {
      op: "AveragePool",
      note: "ceiled, padding counted",
      inputs: [x],
      attributes: { ...padded, ceil_mode: 1, count_include_pad: 1 },
    },
    { op: "AveragePool", note: "dilated", inputs: [x], attributes: { ...padded, dilations: [2, 1], ceil_mode: 1 } },
    {
      op: "AveragePool",
      note: "SAME_LOWER",
      inputs: [x],
      attributes: { kernel_shape: [2, 3], strides: [2, 2], auto_pad: "SAME_LOWER" },
    },
    {
      op: "AveragePool",
      note: "one axis",
      inputs: [line],
      attributes: { kernel_shape: [4], strides: [2], pads: [1, 2] },
    },
    { op: "LpPool", inputs: [x], attributes: { kernel_shape: [2, 2], strides: [2, 2], p: 3 } },
    { op: "GlobalAveragePool", inputs: [x] },
    { op: "GlobalMaxPool", inputs: [x] },
    { op: "GlobalLpPool", inputs: [x], attributes: { p: 2 } },
    { op: "GlobalAveragePool", note: "one axis", inputs: [line] },
  ]);
});
