import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { type NodeCase, testNodes } from "../../../../test/kit/onnx-nodes.ts";
import { ndarray } from "../../ndarray.ts";

const x = filled([1, 2, 4, 5]);
const scales = ndarray([1, 1, 2, 1.6]);
const down = ndarray([1, 1, 0.6, 0.5]);
const sizes = ndarray([1, 2, 7, 3], "int64");
const coordinates = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric"];
const roundings = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"];

const byScales = (note: string, attributes: NodeCase["attributes"], factors = scales): NodeCase => ({
  op: "Resize",
  note,
  inputs: [x, undefined, factors],
  stored: [2],
  attributes,
});

describe("imported resizing", () => {
  testNodes([
    ...coordinates.flatMap((coordinate_transformation_mode) => [
      byScales(`linear, ${coordinate_transformation_mode}`, { mode: "linear", coordinate_transformation_mode }),
      byScales(`smaller, ${coordinate_transformation_mode}`, { mode: "linear", coordinate_transformation_mode }, down),
      byScales(`nearest, ${coordinate_transformation_mode}`, { mode: "nearest", coordinate_transformation_mode }),
    ]),
    ...roundings.map((nearest_mode) => byScales(nearest_mode, { mode: "nearest", nearest_mode })),
    byScales("cubic", { mode: "cubic" }),
    byScales("cubic without what lies outside", { mode: "cubic", exclude_outside: 1, cubic_coeff_a: { float: -0.5 } }),
    {
      op: "Resize",
      note: "to sizes",
      inputs: [x, undefined, undefined, sizes],
      stored: [3],
      attributes: { mode: "linear" },
    },
    {
      op: "Resize",
      note: "to sizes on some axes",
      inputs: [x, undefined, undefined, ndarray([8, 3], "int64")],
      stored: [3],
      attributes: { axes: [3, 2], mode: "linear" },
    },
    {
      op: "Resize",
      note: "within sizes",
      inputs: [x, undefined, undefined, ndarray([7, 9], "int64")],
      stored: [3],
      attributes: { axes: [2, 3], keep_aspect_ratio_policy: "not_larger" },
    },
    { op: "Resize", note: "its old form", inputs: [x, scales], stored: [1], attributes: { mode: "linear" }, opset: 10 },
    { op: "Upsample", inputs: [x, scales], stored: [1], opset: 9 },
    {
      op: "Upsample",
      note: "linear",
      inputs: [x, ndarray([1, 1, 2, 2])],
      stored: [1],
      attributes: { mode: "linear" },
      opset: 9,
    },
  ]);
});
