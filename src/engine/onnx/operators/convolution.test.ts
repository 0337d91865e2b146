import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { testNodes } from "../../../../test/kit/onnx-nodes.ts";

const x = filled([2, 4, 7, 6]);
const line = filled([2, 4, 9]);

describe("imported convolutions", () => {
  testNodes([
    { op: "Conv", inputs: [x, filled([3, 4, 3, 2], 2), filled([3], 3)] },
    {
      op: "Conv",
      note: "uneven padding, stride, dilation",
      inputs: [x, filled([3, 4, 3, 2], 2)],
      attributes: { pads: [1, 0, 2, 1], strides: [2, 1], dilations: [2, 1] },
    },
    { op: "Conv", note: "groups", inputs: [x, filled([6, 2, 3, 3], 2), filled([6], 3)], attributes: { group: 2 } },
    {
      op: "Conv",
      note: "SAME_UPPER",
      inputs: [x, filled([3, 4, 2, 4], 2)],
      attributes: { auto_pad: "SAME_UPPER", strides: [2, 2] },
    },
    {
      op: "Conv",
      note: "SAME_LOWER",
      inputs: [x, filled([3, 4, 2, 4], 2)],
      attributes: { auto_pad: "SAME_LOWER", strides: [2, 1] },
    },
    { op: "Conv", note: "VALID", inputs: [x, filled([3, 4, 3, 3], 2)], attributes: { auto_pad: "VALID" } },
    {
      op: "Conv",
      note: "one axis",
      inputs: [line, filled([3, 2, 3], 2), filled([3], 3)].map((v, i) => (i === 1 ? filled([3, 4, 3], 2) : v)),
      attributes: { pads: [1, 2], strides: [2], dilations: [2] },
    },
    { op: "ConvTranspose", inputs: [x, filled([4, 3, 3, 2], 2), filled([3], 3)], attributes: { strides: [2, 3] } },
    {
      op: "ConvTranspose",
      note: "padding, output padding, dilation",
      inputs: [x, filled([4, 3, 3, 3], 2)],
      attributes: { strides: [2, 2], pads: [1, 0, 1, 2], output_padding: [1, 0], dilations: [1, 2] },
    },
    {
      op: "ConvTranspose",
      note: "groups",
      inputs: [x, filled([4, 3, 3, 3], 2), filled([6], 3)],
      attributes: { group: 2, strides: [2, 2] },
    },
    {
      op: "ConvTranspose",
      note: "a size asked for",
      inputs: [x, filled([4, 2, 3, 3], 2)],
      attributes: { strides: [2, 2], output_shape: [14, 12] },
    },
    {
      op: "ConvTranspose",
      note: "SAME_UPPER",
      inputs: [x, filled([4, 2, 4, 3], 2)],
      attributes: { strides: [3, 2], auto_pad: "SAME_UPPER" },
    },
    {
      op: "ConvTranspose",
      note: "SAME_LOWER",
      inputs: [x, filled([4, 2, 4, 3], 2)],
      attributes: { strides: [3, 2], auto_pad: "SAME_LOWER" },
    },
    {
      op: "ConvTranspose",
      note: "one axis",
      inputs: [line, filled([4, 3, 4], 2), filled([3], 3)],
      attributes: { strides: [2], pads: [1, 1] },
    },
  ]);
});
