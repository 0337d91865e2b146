import {
  add,
  alongChannels,
  conv2dTranspose,
  conv2d as convolve,
  formatShape,
  type Padding,
  type Pair,
  type Shape,
  type Tensor,
} from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import { checkDivides, checkSizes } from "../check-sizes.ts";
import { fansOf, type Initializer } from "../initializer.ts";
import { type Layer, type Nothing, stateless } from "../layer.ts";
import { type AffineParams, defaultBias, defaultWeight } from "./dense.ts";

interface WindowOptions<B extends boolean> {
  /** Height and width of the filters. */
  readonly size: Pair;
  /** 1 when left out. */
  readonly stride?: Pair;
  /** Zeros around the image; none when left out. Half the size (rounded down) keeps the image's size at stride 1. */
  readonly padding?: Padding;
  /** The distance between the filter's elements; 1 when left out. */
  readonly dilation?: Pair;
  /** Whether a bias is added; true when left out. */
  readonly bias?: B;
  /** Uniform within `1/√(numbers into a unit)` when left out, as in PyTorch. */
  readonly initializeWeight?: Initializer;
  /** Uniform within the same bound when left out, as in PyTorch. */
  readonly initializeBias?: Initializer;
}

export interface Conv2dOptions<B extends boolean = true> extends WindowOptions<B> {
  /** Channels in. */
  readonly inputs: number;
  /** Channels out. */
  readonly outputs: number;
  /** Channels are divided into this many groups that do not mix; 1 when left out. */
  readonly groups?: number;
}

export interface DepthwiseConv2dOptions<B extends boolean = true> extends WindowOptions<B> {
  readonly channels: number;
  /** Filters for each channel; 1 when left out. */
  readonly multiplier?: number;
}

export interface ConvTranspose2dOptions<B extends boolean = true> extends Conv2dOptions<B> {
  /** Rows and columns added at the bottom and right, less than the stride; 0 when left out. */
  readonly outputPadding?: Pair;
}

/** A convolution layer, whose parameters are those of PyTorch's `Conv2d` and `ConvTranspose2d`. */
export type Convolution<B extends boolean = true> = Layer<AffineParams<B>, Nothing>;

interface ConvolutionDefinition {
  readonly where: string;
  readonly weightShape: Shape;
  readonly inputs: number;
  readonly outputs: number;
  readonly convolve: (x: Tensor, weight: Tensor) => Tensor;
}

const sizeOfWindow = (size: Pair): readonly [number, number] => (typeof size === "number" ? [size, size] : size);

function checkChannels({ where, inputs, outputs }: ConvolutionDefinition, groups: number): void {
  checkSizes(where, { inputs, outputs, groups });
  checkDivides(where, ["inputs", inputs], ["groups", groups]);
  checkDivides(where, ["outputs", outputs], ["groups", groups]);
}

function convolution<B extends boolean>(definition: ConvolutionDefinition, options: WindowOptions<B>): Convolution<B> {
  const { where, weightShape, inputs, outputs } = definition;
  const { bias = true, initializeWeight = defaultWeight } = options;
  const initializeBias = options.initializeBias ?? defaultBias(fansOf(weightShape).in);
  const layer = stateless<AffineParams | AffineParams<false>>({
    initialize: (key) => {
      const [forWeight, forBias] = key.split(2);
      const weight = initializeWeight(forWeight, weightShape);
      return bias ? { weight, bias: initializeBias(forBias, [outputs]) } : { weight };
    },
    apply: (params, x) => {
      if (x.rank !== 4 || x.shape[1] !== inputs) {
        throw new OrreryError(
          "shape",
          `${where}: expected images [batch, ${inputs}, height, width]; got ${formatShape(x.shape)}`,
        );
      }
      const y = definition.convolve(x, params.weight);
      return "bias" in params ? add(y, alongChannels(params.bias, 4)) : y;
    },
  });
  return layer as Convolution<B>;
}

/**
 * Two-dimensional convolution: `[batch, inputs, height, width]` → `[batch, outputs, …]`.
 * Parameters: `weight` `[outputs, inputs / groups, size, size]`, `bias` `[outputs]`.
 * @throws OrreryError `argument` unless groups divides both channel counts; applied, `shape` when the image does not fit.
 */
export function conv2d<const B extends boolean = true>(options: Conv2dOptions<B>): Convolution<B> {
  const { inputs, outputs, size, stride, padding, dilation, groups = 1 } = options;
  const definition: ConvolutionDefinition = {
    where: "conv2d",
    weightShape: [outputs, inputs / groups, ...sizeOfWindow(size)],
    inputs,
    outputs,
    convolve: (x, weight) => convolve(x, weight, { stride, padding, dilation, groups }),
  };
  checkChannels(definition, groups);
  return convolution(definition, options);
}

/**
 * A convolution of every channel with its own filters: `[batch, channels, height, width]` → `[batch, channels · multiplier, …]`.
 * Parameters: `weight` `[channels · multiplier, 1, size, size]`, `bias` `[channels · multiplier]`.
 */
export function depthwiseConv2d<const B extends boolean = true>(options: DepthwiseConv2dOptions<B>): Convolution<B> {
  const { channels, multiplier = 1, ...rest } = options;
  checkSizes("depthwiseConv2d", { channels, multiplier });
  return conv2d({ ...rest, inputs: channels, outputs: channels * multiplier, groups: channels });
}

/**
 * Transposed convolution, which enlarges images: `[batch, inputs, height, width]` → `[batch, outputs, …]` with height
 * `(height − 1) · stride − padding + dilation · (size − 1) + 1 + outputPadding`, where padding counts both sides.
 * Parameters: `weight` `[inputs, outputs / groups, size, size]`, `bias` `[outputs]`. As in PyTorch the default bounds of both are
 * `1/√(outputs / groups · size²)`.
 * @throws OrreryError `argument` unless groups divides both channel counts; applied, `shape` when the image does not fit.
 */
export function convTranspose2d<const B extends boolean = true>(options: ConvTranspose2dOptions<B>): Convolution<B> {
  const { inputs, outputs, size, stride, padding, dilation, groups = 1, outputPadding } = options;
  const definition: ConvolutionDefinition = {
    where: "convTranspose2d",
    weightShape: [inputs, outputs / groups, ...sizeOfWindow(size)],
    inputs,
    outputs,
    convolve: (x, weight) => conv2dTranspose(x, weight, { stride, padding, dilation, groups, outputPadding }),
  };
  checkChannels(definition, groups);
  return convolution(definition, options);
}
