export {
  type Activation,
  type ActivationName,
  activations,
  elu,
  geluTanh,
  hardsigmoid,
  hardswish,
  leakyRelu,
  relu6,
  selu,
} from "./activations.ts";
export { type AverageWeight, copyArrays, exponentialAverage, moveAverage, stochasticAverage } from "./averaging.ts";
export type { BatchCursor, Checkpoint, CheckpointStore, TrainProgress } from "./checkpoint.ts";
export { decodeCheckpoint, encodeCheckpoint, fileCheckpoints } from "./checkpoint-file.ts";
export { type ClippedGradients, clipByNorm, clipByValue, globalNorm } from "./clipping.ts";
export { compose, type Parts } from "./compose.ts";
export type { Fans, Initializer } from "./initializer.ts";
export type { KaimingOptions } from "./initializers.ts";
export * as initializers from "./initializers.ts";
export {
  type AnyLayer,
  type Applied,
  fromFunction,
  type InputOf,
  type Layer,
  type Mode,
  mapOutput,
  type Nothing,
  type OutputOf,
  type ParamsOf,
  parameter,
  type StateOf,
  stateless,
  type Variables,
} from "./layer.ts";
export {
  type AttentionInput,
  type AttentionParams,
  type MultiHeadAttention,
  type MultiHeadAttentionOptions,
  multiHeadAttention,
} from "./layers/attention.ts";
export {
  type Conv2dOptions,
  type Convolution,
  type ConvTranspose2dOptions,
  conv2d,
  convTranspose2d,
  type DepthwiseConv2dOptions,
  depthwiseConv2d,
} from "./layers/convolution.ts";
export { type AffineParams, type Dense, type DenseOptions, dense } from "./layers/dense.ts";
export { dropout } from "./layers/dropout.ts";
export { type EmbeddingOptions, type EmbeddingParams, embedding } from "./layers/embedding.ts";
export {
  type BatchNorm,
  type BatchNormOptions,
  batchNorm,
  type GroupNormOptions,
  groupNorm,
  layerNorm,
  type Norm,
  type NormOptions,
  type NormParams,
  type RunningStatistics,
} from "./layers/normalization.ts";
export { averagePool, flattenExamples, maxPool } from "./layers/pooling.ts";
export {
  gru,
  type LstmState,
  lstm,
  type Recurrent,
  type RecurrentInput,
  type RecurrentOptions,
  type RecurrentOutput,
  type RecurrentParams,
} from "./layers/recurrent.ts";
export { accuracy, topKAccuracy } from "./losses/accuracy.ts";
export {
  type CrossEntropyOptions,
  type LabelLossOptions,
  negativeLogLikelihood,
  softmaxCrossEntropy,
} from "./losses/cross-entropy.ts";
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropyWithLogits,
  type KlDivergenceOptions,
  klDivergence,
} from "./losses/probability.ts";
export type { LossOptions, Reduction } from "./losses/reduce-loss.ts";
export { huber, meanAbsoluteError, meanSquaredError, smoothL1 } from "./losses/regression.ts";
export { type Direction, type Measurement, type MetricRecord, measured } from "./metric-records.ts";
export { type EspcnOptions, type EspcnParams, espcn } from "./networks/espcn.ts";
export { type MlpOptions, type MlpParams, mlp } from "./networks/mlp.ts";
export { type MobilenetOptions, type MobilenetV1Params, mobilenetV1 } from "./networks/mobilenet-v1.ts";
export { type MobilenetV2Options, type MobilenetV2Params, mobilenetV2 } from "./networks/mobilenet-v2.ts";
export {
  type Resnet18Params,
  type Resnet20Options,
  type Resnet20Params,
  type ResnetOptions,
  resnet18,
  resnet20,
  type Shortcut,
} from "./networks/resnet.ts";
export { type VitOptions, type VitParams, vitTiny } from "./networks/vit.ts";
export { type AdamOptions, type AdamState, adam, adamW } from "./optimizers/adam.ts";
export {
  type Lbfgs,
  type LbfgsOptions,
  type LbfgsResult,
  type LbfgsState,
  lbfgs,
  type Objective,
} from "./optimizers/lbfgs.ts";
export type { Optimizer, Updated, UpdateOptions } from "./optimizers/optimizer.ts";
export { type RmspropOptions, type RmspropState, rmsprop } from "./optimizers/rmsprop.ts";
export { type SgdOptions, type SgdState, sgd } from "./optimizers/sgd.ts";
export { treeOf, vectorsOf, zeroVectors } from "./partition.ts";
export { type Residual, residual } from "./residual.ts";
export {
  constantRate,
  cosineDecay,
  type DecayOptions,
  exponentialDecay,
  linearDecay,
  multiStepDecay,
  polynomialDecay,
  type Schedule,
  stepDecay,
  warmUp,
} from "./schedules.ts";
export { type ChainParams, type ChainState, type Sequential, type Step, sequential } from "./sequential.ts";
export { countParameters, loadStateDict, stateDict } from "./state-dict.ts";
export {
  type BatchSource,
  type EvaluationOptions,
  type Every,
  type TrainEvent,
  type Trained,
  type TrainOptions,
  type TrainResult,
  train,
} from "./train.ts";
export {
  type BatchLoss,
  type Carry,
  type ClipOptions,
  type LossFunction,
  type StepDefinition,
  type StepInput,
  type StepOutput,
  type Traced,
  type TrainStep,
  trainStep,
} from "./train-step.ts";
