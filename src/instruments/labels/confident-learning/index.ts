/** Confident learning: which labels are wrong and how many, from out-of-sample probabilities alone. */
export { type ConfidentJoint, confidentJoint } from "./confident-joint.ts";
export { type EnsembleWeighting, scoreLabelsByEnsemble } from "./ensemble-scores.ts";
export { type ClassHealth, type ClassOverlap, classHealth, classOverlaps } from "./health.ts";
export {
  type IssueFilter,
  type IssueOptions,
  issueFilters,
  labelIssues,
  labelIssuesByFilter,
} from "./issue-filters.ts";
export { type LabelScore, labelScores, type ScoreOptions, scoreLabels } from "./label-scores.ts";
export type { LabelledProbabilities, Probabilities } from "./labelled-probabilities.ts";
export { type LatentNoise, latentNoise } from "./latent-noise.ts";
