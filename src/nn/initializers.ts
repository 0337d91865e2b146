import { NdArray, sampleNormal, sampleUniform, sizeOf } from "../engine/index.ts";
import { type Fans, fansOf, type Initializer } from "./initializer.ts";

/** Every element is `value`. */
export function constant(value: number): Initializer {
  return (_, shape) => new NdArray(new Float32Array(sizeOf(shape)).fill(value), shape);
}

/** Every element is 0. */
export const zeros: Initializer = constant(0);

/** Every element is 1. */
export const ones: Initializer = constant(1);

/** Uniform on `[low, high)`. */
export function uniform(low: number, high: number): Initializer {
  return (key, shape) => {
    const values = sampleUniform(key, sizeOf(shape));
    return new NdArray(
      values.map((u) => low + (high - low) * u),
      shape,
    );
  };
}

/** Normal with the given mean and standard deviation. */
export function normal(mean: number, deviation: number): Initializer {
  return (key, shape) => {
    const values = sampleNormal(key, sizeOf(shape));
    return new NdArray(
      values.map((z) => mean + deviation * z),
      shape,
    );
  };
}

/**
 * Normal with mean 0 and standard deviation `deviation`, drawn again until within `limit` of these deviations.
 * `deviation` is the normal's before truncation, as in PyTorch's `trunc_normal_`; `limit` > 0.
 */
export function truncatedNormal(deviation: number, limit = 2): Initializer {
  return (key, shape) => {
    const values = sampleNormal(key, sizeOf(shape));
    let outside = [...values.keys()].filter((i) => Math.abs(values[i]) > limit);
    for (let attempt = 0; outside.length > 0; attempt++) {
      const again = sampleNormal(key.fold(attempt), outside.length);
      for (const [k, i] of outside.entries()) values[i] = again[k];
      outside = outside.filter((i) => Math.abs(values[i]) > limit);
    }
    return new NdArray(
      values.map((z) => deviation * z),
      shape,
    );
  };
}

/** A distribution of mean 0 whose standard deviation depends on the weight's fans. */
function scaled(kind: "uniform" | "normal", deviationOf: (fans: Fans) => number): Initializer {
  return (key, shape) => {
    const deviation = deviationOf(fansOf(shape));
    const bound = Math.sqrt(3) * deviation;
    return kind === "uniform" ? uniform(-bound, bound)(key, shape) : normal(0, deviation)(key, shape);
  };
}

const xavier = (gain: number) => (fans: Fans) => gain * Math.sqrt(2 / (fans.in + fans.out));

/** Uniform within `gain · √(6 / (in + out))` (Glorot and Bengio 2010), for tanh and linear layers. */
export function xavierUniform(gain = 1): Initializer {
  return scaled("uniform", xavier(gain));
}

/** Normal with standard deviation `gain · √(2 / (in + out))` (Glorot and Bengio 2010). */
export function xavierNormal(gain = 1): Initializer {
  return scaled("normal", xavier(gain));
}

export interface KaimingOptions {
  /** The slope of the leaky ReLU that follows, 0 for ReLU; `√5` gives PyTorch's default for dense and convolution layers. */
  readonly slope?: number;
  /** Keeps the variance of the values (`"in"`, the default) or of the gradients (`"out"`). */
  readonly fan?: "in" | "out";
}

const kaiming =
  ({ slope = 0, fan = "in" }: KaimingOptions) =>
  (fans: Fans) =>
    Math.sqrt(2 / (1 + slope * slope) / fans[fan]);

/** Uniform within `√(6 / ((1 + slope²) · fan))` (He et al. 2015, https://arxiv.org/abs/1502.01852). */
export function kaimingUniform(options: KaimingOptions = {}): Initializer {
  return scaled("uniform", kaiming(options));
}

/** Normal with standard deviation `√(2 / ((1 + slope²) · fan))` (He et al. 2015, https://arxiv.org/abs/1502.01852). */
export function kaimingNormal(options: KaimingOptions = {}): Initializer {
  return scaled("normal", kaiming(options));
}

/** Uniform within `√(3 / in)` (LeCun et al. 1998), for self-normalising layers. */
export function lecunUniform(): Initializer {
  return scaled("uniform", (fans) => Math.sqrt(1 / fans.in));
}

/** Normal with standard deviation `√(1 / in)` (LeCun et al. 1998). */
export function lecunNormal(): Initializer {
  return scaled("normal", (fans) => Math.sqrt(1 / fans.in));
}

export { orthogonal } from "./orthogonal.ts";
