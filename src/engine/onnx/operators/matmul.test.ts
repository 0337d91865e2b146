import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { testNodes } from "../../../../test/kit/onnx-nodes.ts";

const strings = (equation: string) => ({ equation });

describe("imported products", () => {
  testNodes([
    { op: "MatMul", inputs: [filled([2, 3]), filled([3, 4], 2)] },
    { op: "MatMul", note: "stacks", inputs: [filled([5, 1, 2, 3]), filled([4, 3, 2], 2)] },
    { op: "MatMul", note: "a vector", inputs: [filled([2, 3]), filled([3], 2)] },
    { op: "Gemm", inputs: [filled([2, 3]), filled([3, 4], 2), filled([4], 3)] },
    {
      op: "Gemm",
      note: "transposed, scaled",
      inputs: [filled([3, 2]), filled([4, 3], 2), filled([2, 1], 3)],
      attributes: { transA: 1, transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } },
    },
    { op: "Gemm", note: "without an offset", inputs: [filled([2, 3]), filled([3, 4], 2)] },
    { op: "Einsum", inputs: [filled([2, 3, 4]), filled([2, 4, 5], 2)], attributes: strings("bij, bjk -> bik") },
    {
      op: "Einsum",
      note: "an ellipsis",
      inputs: [filled([2, 6, 3, 4]), filled([2, 6, 5, 4], 2)],
      attributes: strings("...ij,...kj->...ik"),
    },
    {
      op: "Einsum",
      note: "an ellipsis in one operand",
      inputs: [filled([2, 3, 4]), filled([4, 5], 2)],
      attributes: strings("...d,de->...e"),
    },
    {
      op: "Einsum",
      note: "an ellipsis and no result",
      inputs: [filled([2, 3, 4]), filled([2, 4, 5], 2)],
      attributes: strings("...ij,...jk"),
    },
    { op: "Einsum", note: "a trace", inputs: [filled([3, 3])], attributes: strings("ii") },
  ]);
});
