import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { comparison } from "./comparison.ts";
import { constants } from "./constants.ts";
import { convolutions } from "./convolution.ts";
import { indexing } from "./indexing.ts";
import { layout } from "./layout.ts";
import { products } from "./matmul.ts";
import { normalizations } from "./normalization.ts";
import type { OperatorTable } from "./operator.ts";
import { padding } from "./padding.ts";
import { pools } from "./pooling.ts";
import { quantization } from "./quantization.ts";
import { reductions } from "./reduction.ts";
import { resizing } from "./resize.ts";

/** Every operator of ONNX's own domain that can be imported. */
export const operators: OperatorTable = {
  ...arithmetic,
  ...comparison,
  ...activations,
  ...products,
  ...convolutions,
  ...pools,
  ...normalizations,
  ...reductions,
  ...layout,
  ...padding,
  ...indexing,
  ...constants,
  ...resizing,
  ...quantization,
};

/** Inputs that are settings, not values to be trained: sizes, limits, ratios. */
export const settingInputs: Readonly<Record<string, readonly number[]>> = {
  Clip: [1, 2],
  Dropout: [1, 2],
  OneHot: [1, 2],
  Pad: [1, 2, 3],
  Range: [0, 1, 2],
  Resize: [1, 2, 3],
  Upsample: [1],
};
