import type { RejectedRow } from "../../../data/index.ts";
import type { Key, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { type Neighbors, nearestNeighbors } from "../../../math/nearest-neighbors.ts";
import {
  type ClassHealth,
  type ClassOverlap,
  type ConfidentJoint,
  classHealth,
  classOverlaps,
  confidentJoint,
  type IssueFilter,
  type LabelScore,
  labelIssuesByFilter,
  labelScores,
  type Probabilities,
  scoreLabels,
} from "../confident-learning/index.ts";
import { checkFilter } from "../confident-learning/issue-filters.ts";
import { likeliestClasses } from "../confident-learning/labelled-probabilities.ts";
import { type Advice, advise } from "./advisor.ts";
import { type AnnotatorReport, annotatorReport } from "./annotator-report.ts";
import { type AuditInput, type CheckedInput, checkInput, datasetOf } from "./audit-input.ts";
import { dataValues } from "./data-value.ts";
import { embeddingOf } from "./embedding.ts";
import { type FlipDependence, flipDependence } from "./flip-dependence.ts";
import { type ConsensusEstimate, higherOrderConsensus } from "./higher-order-consensus.ts";
import { type DuplicateGroup, findNearDuplicates } from "./near-duplicates.ts";
import { type OrderTest, testOrder } from "./non-iid.ts";
import { type OutOfFoldEvent, type OutOfFoldOptions, outOfFoldProbabilities } from "./out-of-fold.ts";
import { findOutliers, type Outliers } from "./outliers.ts";
import { mapRows, type RowMap } from "./row-map.ts";
import { separability } from "./separability.ts";
import { rankSuspects, type Suspects } from "./suspects.ts";
import { estimateTransition, type TransitionEstimate } from "./transition-estimate.ts";
import { findWeakClusters, type WeakCluster } from "./weak-clusters.ts";

/** What an observer of an audit is told. */
export type AuditEvent =
  | OutOfFoldEvent
  | { readonly kind: "stage"; readonly stage: "neighbours" | "estimates" | "annotators" };

/** How an audit is done. */
export interface AuditOptions extends Omit<OutOfFoldOptions, "observer" | "folds" | "method"> {
  /** Parts of the cross-validation. */
  readonly folds?: number;
  /** How the networks of the cross-validation are trained; ELR, which learns fewer wrong labels by heart than cross-entropy. */
  readonly method?: OutOfFoldOptions["method"];
  /** Which filter names the suspects. */
  readonly filter?: IssueFilter;
  /** Neighbours of each row, at least 2; 0 leaves out all that compares rows. */
  readonly neighbors?: number;
  /** Bootstrap samples; chosen by the number of rows when left out. */
  readonly replicates?: number;
  /** What it answers to a `fold` is waited for, so that it can be saved. */
  readonly observer?: (event: AuditEvent) => void | Promise<void>;
}

/** What comparing rows with their nearest tells. */
export interface NeighborReport {
  readonly k: number;
  readonly outliers: Outliers;
  readonly duplicates: readonly DuplicateGroup[];
  /** `[n]`: see `dataValues`. */
  readonly values: Float64Array;
  readonly order: OrderTest;
  readonly weakClusters: readonly WeakCluster[];
  /** See `mapRows`. */
  readonly map?: RowMap;
  readonly separability: number;
  readonly dependence: FlipDependence;
  /** The transition matrix without a model; left out for more than 50 classes, whose third order would be too large. */
  readonly consensus?: ConsensusEstimate;
}

/** The rarest class, where it is far rarer than it would be if all were alike. */
export interface Imbalance {
  readonly class: number;
  readonly share: number;
}

/** Everything that an audit found. Arrays `[n]` follow the audited rows; `rows` tells their places in the source. */
export interface AuditResult {
  readonly classNames: readonly string[];
  readonly labels: NdArray<"int32">;
  readonly rows: Int32Array;
  readonly ids?: readonly string[];
  readonly files?: readonly string[];
  /** Rows that could not be audited, with the reason. */
  readonly rejected: readonly RejectedRow[];
  readonly notes: readonly string[];
  /** Whether the probabilities were the user's or come from this audit's cross-validation. */
  readonly source: "given" | "out-of-fold";
  readonly probabilities: Probabilities;
  readonly joint: ConfidentJoint;
  readonly transition: TransitionEstimate;
  readonly filter: IssueFilter;
  /** For each filter 1 for every row that it calls wrong. */
  readonly issues: Readonly<Record<IssueFilter, Uint8Array>>;
  readonly scores: Readonly<Record<LabelScore, Float64Array>>;
  readonly suspects: Suspects;
  /** The part of the labels that confident learning does not call wrong. */
  readonly health: number;
  readonly classes: readonly ClassHealth[];
  readonly overlaps: readonly ClassOverlap[];
  readonly imbalance?: Imbalance;
  readonly neighbors?: NeighborReport;
  readonly annotators?: AnnotatorReport;
  readonly advice: Advice;
}

/** The part of an equal share below which a class is rare; Datalab's. */
const rareness = 0.1;
const mostConsensusClasses = 50;

function imbalanceOf({ labelCounts, classes }: ConfidentJoint): Imbalance | undefined {
  const total = labelCounts.reduce((a, b) => a + b, 0);
  const rarest = labelCounts.reduce((best, count, k) => (count < labelCounts[best] ? k : best), 0);
  const share = labelCounts[rarest] / total;
  return share < rareness / classes ? { class: rarest, share } : undefined;
}

/** Labels with suspects replaced by the likeliest class. */
function denoise(labels: Int32Array, issues: Uint8Array, probabilities: Probabilities): Int32Array {
  const likeliest = likeliestClasses(probabilities);
  return labels.map((label, row) => (issues[row] === 1 ? likeliest[row] : label));
}

interface Found {
  readonly probabilities: Probabilities;
  readonly labels: Int32Array;
  readonly joint: ConfidentJoint;
  readonly transition: TransitionEstimate;
  readonly issues: Uint8Array;
}

async function neighborReport(
  input: CheckedInput,
  found: Found,
  {
    near,
    embedding,
    key,
    signal,
  }: {
    readonly near: Neighbors;
    readonly embedding: NdArray<"float32">;
    readonly key: Key;
    readonly signal?: AbortSignal;
  },
): Promise<NeighborReport> {
  const { labels, probabilities, transition, issues } = found;
  const [forOrder, forClusters, forDraws, forConsensus] = key.split(4);
  const classes = input.classNames.length;
  const denoised = denoise(labels, issues, probabilities);
  const consensus =
    classes <= mostConsensusClasses && near.k >= 2
      ? await higherOrderConsensus(labels, near, { classes, steps: 600, replicates: 10, key: forConsensus, signal })
      : undefined;
  return {
    ...{ k: near.k, outliers: findOutliers(near), duplicates: findNearDuplicates(near, labels) },
    ...{ values: dataValues(near, labels), order: testOrder(near, { key: forOrder }) },
    weakClusters: await findWeakClusters(embedding, { probabilities, labels }, forClusters),
    map: mapRows(embedding, issues),
    separability: separability(near, denoised, classes),
    dependence: flipDependence({ probabilities, labels }, near, {
      denoised,
      transition: transition.transition,
      key: forDraws,
    }),
    ...(consensus && { consensus }),
  };
}

function checkNeighborCount(neighbors: number, rows: number): number {
  if (Number.isInteger(neighbors) && (neighbors === 0 || neighbors >= 2)) return Math.min(neighbors, rows - 1);
  throw new OrreryError(
    "argument",
    `labels audit: neighbors must be a whole number of at least 2, or 0 for none; got ${neighbors}`,
  );
}

async function probabilitiesOf(input: CheckedInput, options: AuditOptions, key: Key): Promise<Probabilities> {
  if (input.probabilities !== undefined) return input.probabilities;
  const dataset = datasetOf(input);
  if (dataset === undefined) throw new OrreryError("argument", "labels audit: expected inputs or probabilities");
  const { folds = 5, method = "elr", training, observer, signal, finished } = options;
  if (folds > input.labels.size) {
    throw new OrreryError(
      "argument",
      `labels audit: expected at least ${folds} usable rows, one for each fold; got ${input.labels.size}`,
      {
        hint: "So few rows cannot be judged by each other; with fewer folds it is tried.",
      },
    );
  }
  return outOfFoldProbabilities(dataset, { folds, method, training, observer, signal, finished, key });
}

/**
 * Audits labels: which are likely wrong and what they should be, how the noise is made, what else is odd in the data, and how to train on it.
 * Probabilities are the user's own, or made by cross-validation of the inputs. The same input, options and key give the same result.
 * @throws OrreryError `argument`, `shape`, `not-found` for input or options that cannot be; `cancelled`.
 */
export async function auditLabels(input: AuditInput, options: AuditOptions): Promise<AuditResult> {
  const { filter = "prune-by-noise-rate", key, observer, signal, replicates } = options;
  checkFilter(filter);
  const checked = checkInput(input);
  const k = checkNeighborCount(options.neighbors ?? 10, checked.labels.size);
  const [forFolds, forBootstrap, forNeighbors] = key.split(3);
  const probabilities = await probabilitiesOf(checked, options, forFolds);
  const labels = checked.labels.data;
  const labelled = { probabilities, labels };
  await observer?.({ kind: "stage", stage: "estimates" });
  const joint = confidentJoint(labelled);
  const issues = labelIssuesByFilter(labelled, { joint });
  const transition = estimateTransition(labelled, joint, { key: forBootstrap, replicates });
  const embedding =
    checked.embedding?.astype("float32") ?? (checked.inputs && k > 0 ? embeddingOf(checked.inputs) : undefined);
  let near: Neighbors | undefined;
  let neighbors: NeighborReport | undefined;
  if (embedding !== undefined && k > 0) {
    await observer?.({ kind: "stage", stage: "neighbours" });
    near = await nearestNeighbors(embedding, { k, metric: "cosine", signal });
    const found = { probabilities, labels, joint, transition, issues: issues[filter] };
    neighbors = await neighborReport(checked, found, { near, embedding, key: forNeighbors, signal });
  }
  if (checked.annotators !== undefined) await observer?.({ kind: "stage", stage: "annotators" });
  const annotators = checked.annotators && annotatorReport(checked.annotators, probabilities);
  const disagreement = issues["predicted-neq-given"].reduce((sum, issue) => sum + issue, 0) / labels.length;
  const { classNames, rows, ids, files, rejected, notes } = checked;
  return Object.freeze({
    ...{ classNames, labels: checked.labels, rows, ids, files, rejected, notes, probabilities, joint, transition },
    ...{ source: input.probabilities === undefined ? ("out-of-fold" as const) : ("given" as const), filter, issues },
    scores: Object.fromEntries(labelScores.map((score) => [score, scoreLabels(labelled, { score })])) as Record<
      LabelScore,
      Float64Array
    >,
    suspects: rankSuspects(labelled, issues[filter], near),
    health: 1 - issues["confident-learning"].reduce((sum, issue) => sum + issue, 0) / labels.length,
    ...{
      classes: classHealth(joint),
      overlaps: classOverlaps(joint),
      imbalance: imbalanceOf(joint),
      neighbors,
      annotators,
    },
    advice: advise({
      ...{
        classes: classNames.length,
        rows: labels.length,
        noiseRate: transition.noiseRate,
        shape: transition.shape,
        disagreement,
      },
      ...{
        consensusRate: neighbors?.consensus?.noiseRate,
        separability: neighbors?.separability,
        dependence: neighbors?.dependence,
      },
      annotators: checked.annotators?.names.length,
    }),
  });
}
