export {
  absolute,
  add,
  ceil,
  clip,
  divide,
  floor,
  hardtanh,
  maximum,
  minimum,
  multiply,
  negate,
  power,
  relu,
  round,
  sign,
  square,
  subtract,
} from "./arithmetic.ts";
export { type AttentionOptions, attention } from "./attention.ts";
export {
  cast,
  equal,
  greater,
  greaterEqual,
  isNotANumber,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  where,
} from "./comparison.ts";
export { stopGradient, straightThrough } from "./control.ts";
export {
  type Convolution2dOptions,
  type ConvolutionTranspose2dOptions,
  conv2d,
  conv2dTranspose,
  type Padding,
  type Pair,
} from "./convolution.ts";
export { einsum } from "./einsum.ts";
export {
  addAlongAxis,
  gather,
  oneHot,
  range,
  scatterAdd,
  segmentMax,
  segmentMean,
  segmentSum,
  takeAlongAxis,
} from "./gather.ts";
export { concat, split, stack } from "./joining.ts";
export { type MatmulOptions, matmul } from "./matmul.ts";
export { alongChannels, batchNorm, batchNormWith, layerNorm, type NormalizedBatch } from "./normalization.ts";
export { cumulativeSum, type Ordered, sort, topK } from "./order.ts";
export { averagePool2d, globalAveragePool2d, globalMaxPool2d, maxPool2d, type Pool2dOptions } from "./pooling.ts";
export { bernoulli, categorical, gumbel, normal, permutation, uniform } from "./random.ts";
export { argMax, argMin, logSumExp, max, mean, min, prod, type ReductionOptions, sum, variance } from "./reduction.ts";
export {
  broadcastTo,
  expandDims,
  flatten,
  full,
  onesLike,
  reshape,
  squeeze,
  transpose,
  transposeMatrix,
  zerosLike,
} from "./reshape.ts";
export { type CoordinateMode, pixelShuffle, resizeBilinear, resizeNearest } from "./resize.ts";
export { type ScanResult, scan } from "./scan.ts";
export { flip, pad, type SliceRange, slice, tile } from "./slicing.ts";
export { logSoftmax, softmax } from "./softmax.ts";
export {
  acos,
  atan,
  cos,
  erf,
  exp,
  gelu,
  log,
  logSigmoid,
  reciprocal,
  sigmoid,
  silu,
  sin,
  softplus,
  sqrt,
  tan,
  tanh,
} from "./transcendental.ts";
