/** The audit: which labels are likely wrong, how the noise is made, what else is odd, and how to train on it. */
export type { Advice, NoiseKind } from "./advisor.ts";
export { type AnnotatorColumns, type AnnotatorLabels, checkAnnotators } from "./annotator-labels.ts";
export type { AnnotatorReport } from "./annotator-report.ts";
export {
  type AuditEvent,
  type AuditOptions,
  type AuditResult,
  auditLabels,
  type Imbalance,
  type NeighborReport,
} from "./audit.ts";
export type { AuditInput } from "./audit-input.ts";
export { type AnnotatorQuality, type Crowdlab, crowdlab } from "./crowdlab.ts";
export { type DawidSkene, type DawidSkeneOptions, dawidSkene } from "./dawid-skene.ts";
export type { FlipDependence } from "./flip-dependence.ts";
export { type ConsensusEstimate, type ConsensusOptions, higherOrderConsensus } from "./higher-order-consensus.ts";
export type { Interval } from "./interval.ts";
export { majorityVote } from "./majority-vote.ts";
export type { DuplicateGroup } from "./near-duplicates.ts";
export type { OrderTest } from "./non-iid.ts";
export {
  type FoldProbabilities,
  type OutOfFoldEvent,
  type OutOfFoldOptions,
  outOfFoldProbabilities,
} from "./out-of-fold.ts";
export type { Outliers } from "./outliers.ts";
export type { RowMap } from "./row-map.ts";
export { type Suspect, type SuspectSource, type Suspects, suspectAt } from "./suspects.ts";
export { estimateTransition, type TransitionEstimate } from "./transition-estimate.ts";
export type { WeakCluster } from "./weak-clusters.ts";
