import {
  divide,
  formatShape,
  NdArray,
  reshape,
  type Shape,
  sizeOf,
  subtract,
  type Tensor,
  tensor,
} from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";

/**
 * What is subtracted from and divides the inputs, fitted on the training rows: per feature for `[n, d]`, per channel for
 * `[n, channels, height, width]`, one number for anything else.
 */
export interface InputScaling {
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

/**
 * How inputs are prepared: `standardize` gives every group mean 0 and deviation 1; `uniform` gives every group mean 0 and all together deviation
 * 1, which keeps the proportions of principal components and embeddings (of 128 components that carry 97 % of the variance the last are
 * mostly noise: on CIFAR-10's, standardising costs four points of accuracy); `none` leaves them as they are.
 */
export type Standardizing = (typeof standardizings)[number];

export const standardizings = ["standardize", "uniform", "none"] as const;

/** How many numbers share one mean: the run of neighbours, and after how many numbers the means begin again. */
function layoutOf(shape: Shape): { readonly groups: number; readonly run: number } {
  if (shape.length === 2) return { groups: shape[1], run: 1 };
  if (shape.length === 4) return { groups: shape[1], run: shape[2] * shape[3] };
  return { groups: 1, run: sizeOf(shape.slice(1)) };
}

/** @throws OrreryError `shape` unless inputs are `[n, …]` with n ≥ 1 and at least one number a row. */
export function checkInputs(where: string, inputs: NdArray): void {
  if (inputs.shape.length >= 2 && inputs.size > 0) return;
  throw new OrreryError("shape", `${where}: expected inputs [n, …] with n ≥ 1; got ${formatShape(inputs.shape)}`, {
    hint: "Give features as [n, d] or images as [n, channels, height, width].",
  });
}

/** The scaling of the rows `rows` of `inputs`; constant groups keep their spread. `"none"` changes nothing. */
export function fitScaling(inputs: NdArray, rows: Int32Array, standardizing: Standardizing): InputScaling {
  const { groups, run } = layoutOf(inputs.shape);
  if (standardizing === "none")
    return { mean: new Array<number>(groups).fill(0), scale: new Array<number>(groups).fill(1) };
  const width = groups * run;
  const [sums, squares] = [new Float64Array(groups), new Float64Array(groups)];
  // Moments about the first row's values, so that a large common offset does not eat the digits of the variance.
  const offset = Float64Array.from({ length: groups }, (_, g) => Number(inputs.data[rows[0] * width + g * run]));
  for (const row of rows) {
    for (let j = 0; j < width; j++) {
      const group = Math.floor(j / run);
      const value = Number(inputs.data[row * width + j]) - offset[group];
      sums[group] += value;
      squares[group] += value * value;
    }
  }
  const count = rows.length * run;
  const mean = Array.from(sums, (sum) => sum / count);
  const variances = mean.map((value, g) => {
    const variance = squares[g] / count - value * value;
    return variance > (1e-9 * (value + offset[g])) ** 2 + 1e-24 ? variance : 0;
  });
  const shared = Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0) / groups);
  const scale = variances.map((variance) => (standardizing === "uniform" ? shared : Math.sqrt(variance)) || 1);
  return { mean: mean.map((value, g) => value + offset[g]), scale };
}

/** `(x − mean) / scale` of all rows, as float32. @throws OrreryError `shape` when the groups do not fit. */
export function scaleInputs(inputs: NdArray, { mean, scale }: InputScaling): NdArray<"float32"> {
  const { groups, run } = layoutOf(inputs.shape);
  if (groups !== mean.length) {
    throw new OrreryError(
      "shape",
      `labels train: expected inputs with ${mean.length} features or channels; got ${formatShape(inputs.shape)}`,
    );
  }
  const data = new Float32Array(inputs.size);
  const width = groups * run;
  for (let i = 0; i < data.length; i++) {
    const group = Math.floor((i % width) / run);
    data[i] = (Number(inputs.data[i]) - mean[group]) / scale[group];
  }
  return new NdArray(data, inputs.shape, "float32");
}

/** `scaleInputs` as an expression, for export. */
export function scaledExpression(x: Tensor, { mean, scale }: InputScaling): Tensor {
  const shape = mean.length === 1 ? [] : x.rank === 4 ? [mean.length, 1, 1] : [mean.length];
  const constant = (values: readonly number[]) => reshape(tensor([...values]), shape);
  return divide(subtract(x, constant(mean)), constant(scale));
}
