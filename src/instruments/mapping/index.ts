/** Mapping of neural networks onto accelerators: exact costs, searches with proof, bit-widths per layer. */
export {
  type AccuracyEvaluator,
  accuracyTable,
  type BitSetting,
  describeSetting,
  fitSensitivity,
  type LayerBits,
  type Measurement,
  predictAccuracy,
  type SensitivityModel,
} from "./accuracy.ts";
export {
  type AccessEnergy,
  type Architecture,
  type Arithmetic,
  countInstances,
  defineArchitecture,
  defineLevel,
  fanOut,
  type Level,
  type TimeloopVersion,
  withLevel,
} from "./architecture.ts";
export { type CachedSearch, fileCache, type MappingCache, memoryCache, searchKey } from "./cache.ts";
export {
  type LevelConstraint,
  type LoopConstraint,
  mergeConstraints,
  restrictConstraints,
  type SpatialConstraint,
} from "./constraints.ts";
export { type Design, eyeriss, simba, type WordBits } from "./designs.ts";
export { type Evaluation, evaluate, type LevelReport, type TensorCounts } from "./evaluation.ts";
export { explainNoMapping } from "./explanation.ts";
export {
  type Exploration,
  type ExplorationOptions,
  type ExploredSetting,
  exploreBits,
  type NetworkMetric,
  quantizeLayers,
} from "./exploration.ts";
export { printLoopNest } from "./loop-nest.ts";
export { checkMapping, type LevelMapping, type Loop, type Mapping } from "./mapping.ts";
export { Mapspace, type MapspacePoint } from "./mapspace.ts";
export {
  type MappedLayer,
  type MappedNetwork,
  mapNetwork,
  mergeEqualLayers,
  type NetworkLayer,
  type NetworkOptions,
  type NetworkTotals,
} from "./network.ts";
export { type NetworkName, networkNames, type PublishedNetworkOptions, publishedNetwork } from "./networks.ts";
export { layersOfModel, type ModelLayers, type ModelLayersOptions } from "./onnx-layers.ts";
export { canonicalBits, operandsPerWord, wastedBitsPerWord } from "./packing.ts";
export { WorkerPool } from "./parallel.ts";
export {
  attention,
  type Bits,
  type ConvolutionSizes,
  convolution,
  countComputes,
  type DataSpace,
  defineProblem,
  fullyConnected,
  type MatrixProductSizes,
  matrixProduct,
  type Problem,
  type Term,
  withBits,
} from "./problem.ts";
export {
  type FoundMapping,
  type SearchCheckpoint,
  type SearchControl,
  type SearchProgress,
  type SearchResult,
  search,
} from "./search.ts";
export type { SearchSpec } from "./search-task.ts";
export { type Candidate, type Cost, type InvalidReason, type Metric, metricValue } from "./tally.ts";
export { type Disagreement, type Verification, type VerifiedCase, verifyReferenceRuns } from "./verify.ts";
export { type Description, readDescription } from "./yaml/description.ts";
export type { YamlSource } from "./yaml/reader.ts";
export { writeTimeloopMapping } from "./yaml/timeloop-mapping.ts";
