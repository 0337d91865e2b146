import { describe, expect, test } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { nodeModel, testNodes } from "../../../../test/kit/onnx-nodes.ts";
import { ndarray } from "../../ndarray.ts";
import { constantValue } from "../../tensor.ts";
import { importModel } from "../import.ts";

const x = filled([2, 3, 4]);
const outputs = ["int64"] as const;

describe("imported constants", () => {
  testNodes([
    { op: "Shape", inputs: [x], outputs },
    { op: "Shape", note: "a part", inputs: [x], attributes: { start: -2, end: -1 }, outputs },
    { op: "Size", inputs: [x], outputs },
    { op: "Constant", inputs: [], attributes: { value: filled([2, 2]) } },
    { op: "Constant", note: "a number", inputs: [], attributes: { value_float: { float: 0.5 } } },
    { op: "Constant", note: "whole numbers", inputs: [], attributes: { value_ints: [3, -4] }, outputs },
    {
      op: "ConstantOfShape",
      inputs: [ndarray([2, 3], "int64")],
      stored: [0],
      attributes: { value: ndarray([7], "int64") },
      outputs,
    },
    { op: "ConstantOfShape", note: "zeros", inputs: [ndarray([3], "int64")], stored: [0] },
    {
      op: "Range",
      inputs: [ndarray(5, "int64"), ndarray(-2, "int64"), ndarray(-3, "int64")],
      stored: [0, 1, 2],
      outputs,
    },
    { op: "Range", note: "of floats", inputs: [ndarray(0), ndarray(1), ndarray(0.25)], stored: [0, 1, 2] },
  ]);

  test("a shape is known when the model is applied", () => {
    const net = importModel(nodeModel({ op: "Shape", inputs: [x], outputs }));
    const shape = constantValue(net.apply({ i0: x }).o0);
    expect(shape?.toNested()).toEqual([2, 3, 4]);
  });
});
