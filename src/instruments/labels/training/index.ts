/** Training on noisy labels: one interface, the published methods, exact resumption. */
export type { Augmentation } from "./augmentation.ts";
export type { RobustCheckpoint } from "./checkpoint.ts";
export { defaultsFor, type MethodChoice, methodNames, methodOf } from "./choice.ts";
export type { EpochRecord, Memorization, Score } from "./evaluation.ts";
export { type ExportClassifierOptions, exportClassifier } from "./export-classifier.ts";
export type { InputScaling, Standardizing } from "./inputs.ts";
export { type Comparison, leaderboard, type Result, type Standing } from "./leaderboard.ts";
export type { DefaultsContext, Method, SettingField, Settings, SettingValue } from "./method.ts";
export type { MethodName } from "./methods/index.ts";
export type { NetworkChoice } from "./networks.ts";
export { defaultTrainingOptions, type NoiseBelief, type ScheduleChoice, type TrainingOptions } from "./options.ts";
export type { LabelledInputs, ValidationChoice } from "./preparation.ts";
export { type Selection, type SelectionScore, scoreSelection } from "./selection.ts";
export type { Network, NetworkVariables } from "./step.ts";
export {
  type RobustEvent,
  type RobustModel,
  type RobustResult,
  type RobustTraining,
  trainRobust,
} from "./train-robust.ts";
