/** Label noise: every published generator, noise made after real labels, and what a labelling's noise looks like. */
export { type Agreement, annotatorAgreement } from "./agreement.ts";
export {
  type Aggregation,
  type Annotator,
  type AnnotatorsOptions,
  aggregateLabels,
  annotatorMatrix,
} from "./annotators.ts";
export type { CalibrationEvent } from "./calibration.ts";
export type { ClassTransfer } from "./class-transfer.ts";
export type { ClusterOptions } from "./cluster-noise.ts";
export type { FieldStrengths } from "./flip-field.ts";
export { cifar100Classes, type FlipTable, type FlipTableName, flipTables } from "./flip-tables.ts";
export { generateNoise, type NoiseSpec, noiseKinds } from "./generate.ts";
export { type GeometryOptions, type LabelGeometry, labelGeometry } from "./geometry.ts";
export {
  type AnnotatorGuide,
  guideFromStatistics,
  guideNames,
  loadAnnotatorGuide,
  loadGuide,
  type NoiseGuide,
} from "./guide.ts";
export { type ClusterTest, clusterTest, concentration, flipMargins, type Indicator } from "./indicators.ts";
export type { InstanceDependentOptions } from "./instance-dependent.ts";
export { type LabelFileOptions, readLabelFile } from "./label-file.ts";
export type { NoiseTarget, NoisyLabels, Replacement } from "./labelling.ts";
export { loadNoise, type StoredNoise, saveNoise } from "./noise-file.ts";
export type { ImbalanceOptions, OpenSetOptions } from "./open-set.ts";
export type { MarginType } from "./posterior-noise.ts";
export type { Dependence, RealismReport, RealisticEvent, RealisticOptions } from "./realistic.ts";
export type { AnnotatorRealism, RealisticAnnotatorsOptions, SharedStrengths } from "./realistic-annotators.ts";
export {
  type Comparable,
  compareNoise,
  type NoiseDifference,
  type NoiseStatistics,
  noiseStatistics,
  type StatisticsOptions,
} from "./statistics.ts";
export {
  flipTransition,
  type Matrix,
  normalizeRows,
  pairTransition,
  randomTransition,
  symmetricTransition,
  transitionCounts,
} from "./transition.ts";
