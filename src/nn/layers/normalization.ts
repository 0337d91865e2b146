import {
  add,
  alongChannels,
  batchNormWith,
  broadcastTo,
  type Computed,
  formatShape,
  multiply,
  batchNorm as normalizeBatch,
  layerNorm as normalizeLayer,
  reshape,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
} from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import { checkDivides, checkSizes } from "../check-sizes.ts";
import { ones, zeros } from "../initializers.ts";
import { type Layer, type Nothing, stateless } from "../layer.ts";

/** A gain and an offset for each normalised feature. */
export type NormParams = { readonly weight: Tensor; readonly bias: Tensor };

/** The statistics that batch normalisation uses outside training. */
export type RunningStatistics = { readonly running_mean: Tensor; readonly running_var: Tensor };

export interface BatchNormOptions {
  /** Added to the variance; 1e-5 when left out. */
  readonly epsilon?: number;
  /** The weight of the new batch in the running statistics, in [0, 1]; 0.1 when left out. */
  readonly momentum?: number;
}

/** A batch normalisation layer, with the names of PyTorch's `BatchNorm2d`. */
export type BatchNorm = Layer<NormParams, RunningStatistics>;

/** `momentum · batch + (1 − momentum) · running`; the batch's variance is divided by n − 1, as in PyTorch. */
function updatedStatistics(
  { running_mean, running_var }: RunningStatistics,
  batch: { readonly mean: Tensor; readonly variance: Tensor },
  { momentum, count }: { readonly momentum: number; readonly count: number },
): RunningStatistics {
  const blend = (running: Tensor, value: Tensor, factor: number) =>
    add(multiply(running, 1 - momentum), multiply(value, momentum * factor));
  return {
    running_mean: blend(running_mean, batch.mean, 1),
    running_var: blend(running_var, batch.variance, count / (count - 1)),
  };
}

const gainAndOffset = (shape: Shape) => (key: Parameters<typeof ones>[0]) => ({
  weight: ones(key, shape),
  bias: zeros(key, shape),
});

/**
 * Batch normalisation (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167) of `[batch, channels, …]`, channel by channel:
 * `(x − mean) / √(variance + ε) · weight + bias` with the batch's statistics in training and the running ones otherwise.
 * Parameters: `weight` (ones) and `bias` (zeros) `[channels]`; state: `running_mean` (zeros) and `running_var` (ones) `[channels]`.
 * @throws OrreryError applied, `shape` when the channels do not fit or a training batch has one value a channel.
 */
export function batchNorm(channels: number, { epsilon = 1e-5, momentum = 0.1 }: BatchNormOptions = {}): BatchNorm {
  checkSizes("batchNorm", { channels });
  return {
    initialize: (key): ReturnType<BatchNorm["initialize"]> => ({
      params: gainAndOffset([channels])(key),
      state: { running_mean: zeros(key, [channels]), running_var: ones(key, [channels]) },
    }),
    apply: ({ weight, bias }, state, x, { training }) => {
      if (x.rank < 2 || x.shape[1] !== channels) {
        throw new OrreryError("shape", `batchNorm: expected [batch, ${channels}, …]; got ${formatShape(x.shape)}`);
      }
      if (!training) {
        const { running_mean, running_var } = state;
        const output = batchNormWith(x, { mean: running_mean, variance: running_var, scale: weight, bias }, epsilon);
        return { output, state };
      }
      const count = sizeOf(x.shape) / channels;
      if (count < 2) {
        throw new OrreryError("shape", `batchNorm: training needs two values a channel; got ${formatShape(x.shape)}`, {
          hint: "Use a larger batch, or apply the layer with { training: false }.",
        });
      }
      const { output, ...batch } = normalizeBatch(x, weight, bias, epsilon);
      return { output, state: updatedStatistics(state, batch, { momentum, count }) };
    },
  };
}

export interface NormOptions {
  /** Added to the variance; 1e-5 when left out. */
  readonly epsilon?: number;
}

/** A layer or group normalisation layer, with the names of PyTorch's. */
export type Norm = Layer<NormParams, Nothing>;

/**
 * Layer normalisation (Ba et al. 2016, https://arxiv.org/abs/1607.06450) over the trailing axes `shape` (one number for the last axis).
 * Parameters: `weight` (ones) and `bias` (zeros) of this shape.
 */
export function layerNorm(shape: number | Shape, { epsilon = 1e-5 }: NormOptions = {}): Norm {
  const features = typeof shape === "number" ? [shape] : shape;
  features.forEach((size, i) => {
    checkSizes("layerNorm", { [`axis ${i}`]: size });
  });
  return stateless<NormParams>({
    initialize: (key): Computed<NormParams> => gainAndOffset(features)(key),
    apply: ({ weight, bias }, x) => normalizeLayer(x, weight, bias, epsilon),
  });
}

export interface GroupNormOptions extends NormOptions {
  readonly channels: number;
  /** How many groups of neighbouring channels are normalised, each with its own statistics. */
  readonly groups: number;
}

/**
 * Group normalisation (Wu and He 2018, https://arxiv.org/abs/1803.08494) of `[batch, channels, …]`: every group of an example is normalised
 * over its channels and positions. Parameters: `weight` (ones) and `bias` (zeros) `[channels]`.
 * @throws OrreryError `argument` unless groups divides channels; applied, `shape` when the channels do not fit.
 */
export function groupNorm({ channels, groups, epsilon = 1e-5 }: GroupNormOptions): Norm {
  checkSizes("groupNorm", { channels, groups });
  checkDivides("groupNorm", ["channels", channels], ["groups", groups]);
  return stateless<NormParams>({
    initialize: (key): Computed<NormParams> => gainAndOffset([channels])(key),
    apply: ({ weight, bias }, x) => {
      if (x.rank < 2 || x.shape[1] !== channels) {
        throw new OrreryError("shape", `groupNorm: expected [batch, ${channels}, …]; got ${formatShape(x.shape)}`);
      }
      const size = sizeOf(x.shape.slice(1)) / groups;
      const one = broadcastTo(tensor(1, x.dtype), [size]);
      const zero = broadcastTo(tensor(0, x.dtype), [size]);
      const normalized = normalizeLayer(reshape(x, [x.shape[0], groups, size]), one, zero, epsilon);
      const scaled = multiply(reshape(normalized, x.shape), alongChannels(weight, x.rank));
      return add(scaled, alongChannels(bias, x.rank));
    },
  });
}
