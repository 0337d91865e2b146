import { toNumbers } from "../engine/dtype.ts";
import { NdArray } from "../engine/ndarray.ts";
import { formatShape } from "../engine/shape.ts";
import { OrreryError } from "../errors.ts";

/** What `standardize` subtracts from and divides each feature by. */
export interface Standardization {
  readonly mean: Float64Array;
  /** Standard deviation (of the population); 1 for a constant feature. */
  readonly scale: Float64Array;
}

function widthOf(inputs: NdArray): number {
  if (inputs.shape.length === 2 && inputs.shape[0] > 0) return inputs.shape[1];
  throw new OrreryError(
    "shape",
    `standardize: expected features [n, d] with n > 0; got shape ${formatShape(inputs.shape)}`,
  );
}

/** Mean and standard deviation of every feature of `inputs` `[n, d]`: take them from the training part alone. @throws OrreryError `shape`. */
export function fitStandardization(inputs: NdArray): Standardization {
  const width = widthOf(inputs);
  const count = inputs.shape[0];
  const values = toNumbers(inputs.data);
  const mean = new Float64Array(width);
  const variance = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width] += values[i] / count;
  for (let i = 0; i < values.length; i++) variance[i % width] += (values[i] - mean[i % width]) ** 2 / count;
  return { mean, scale: variance.map((value, j) => (value > (1e-12 * mean[j]) ** 2 ? Math.sqrt(value) : 1)) };
}

/** (x − mean) / scale for every feature of `inputs` `[n, d]`, as float32. @throws OrreryError `shape`. */
export function standardize(inputs: NdArray, { mean, scale }: Standardization): NdArray<"float32"> {
  const width = widthOf(inputs);
  if (width !== mean.length) {
    throw new OrreryError(
      "shape",
      `standardize: expected ${mean.length} features; got shape ${formatShape(inputs.shape)}`,
    );
  }
  const data = Float32Array.from(toNumbers(inputs.data), (value, i) => (value - mean[i % width]) / scale[i % width]);
  return new NdArray(data, inputs.shape, "float32");
}
