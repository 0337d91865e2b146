import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { testNodes } from "../../../../test/kit/onnx-nodes.ts";
import { ndarray } from "../../ndarray.ts";

const x = filled([2, 4, 3, 2]);
const [scale, bias, center] = [filled([4], 2), filled([4], 3), filled([4], 4)];
const spread = ndarray([0.5, 1, 1.5, 2]);

describe("imported normalisations", () => {
  testNodes([
    { op: "BatchNormalization", inputs: [x, scale, bias, center, spread], attributes: { epsilon: { float: 0.01 } } },
    { op: "BatchNormalization", note: "of rows", inputs: [filled([5, 4]), scale, bias, center, spread] },
    { op: "BatchNormalization", note: "before version 14", inputs: [x, scale, bias, center, spread], opset: 9 },
    {
      op: "BatchNormalization",
      note: "in training",
      inputs: [x, scale, bias, center, spread],
      attributes: { training_mode: 1, momentum: { float: 0.8 } },
      outputs: ["float32", "float32", "float32"],
    },
    { op: "InstanceNormalization", inputs: [x, scale, bias] },
    {
      op: "LayerNormalization",
      inputs: [x, filled([2], 5), filled([2], 6)],
      outputs: ["float32", "float32", "float32"],
    },
    {
      op: "LayerNormalization",
      note: "from axis 1, without a bias",
      inputs: [x, filled([4, 3, 2], 5)],
      attributes: { axis: 1, epsilon: { float: 0.1 } },
    },
    { op: "GroupNormalization", inputs: [x, scale, bias], attributes: { num_groups: 2 } },
    {
      op: "GroupNormalization",
      note: "a scale a group",
      inputs: [x, filled([2], 2), filled([2], 3)],
      attributes: { num_groups: 2 },
      opset: 18,
    },
    { op: "RMSNormalization", inputs: [x, filled([3, 2], 5)], attributes: { axis: 2 }, opset: 23 },
    { op: "MeanVarianceNormalization", inputs: [x], opset: 13 },
    { op: "LpNormalization", inputs: [x], attributes: { axis: 1 } },
    { op: "LpNormalization", note: "of sums", inputs: [x], attributes: { axis: 2, p: 1 } },
    {
      op: "LRN",
      inputs: [x],
      attributes: { size: 3, alpha: { float: 0.5 }, beta: { float: 0.6 }, bias: { float: 1.5 } },
    },
  ]);
});
