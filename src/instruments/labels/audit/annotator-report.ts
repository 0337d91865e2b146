import type { Probabilities } from "../confident-learning/index.ts";
import { type AnnotatorLabels, labelsPerRow } from "./annotator-labels.ts";
import { type Crowdlab, crowdlab } from "./crowdlab.ts";
import { type DawidSkene, dawidSkene } from "./dawid-skene.ts";
import { majorityVote } from "./majority-vote.ts";

/** What is known of several annotators. */
export interface AnnotatorReport {
  readonly names: readonly string[];
  /** The label that most gave to each row. */
  readonly vote: Int32Array;
  readonly dawidSkene: DawidSkene;
  /** Left out where no row has two labels. */
  readonly crowdlab?: Crowdlab;
  readonly labelsPerRow: number;
}

/** All estimates of annotators and consensus. */
export function annotatorReport(table: AnnotatorLabels, probabilities: Probabilities): AnnotatorReport {
  const counts = labelsPerRow(table);
  const hasSeveral = counts.some((count) => count > 1);
  return {
    ...{ names: table.names, vote: majorityVote(table, probabilities), dawidSkene: dawidSkene(table) },
    ...(hasSeveral && { crowdlab: crowdlab(table, probabilities) }),
    labelsPerRow: counts.reduce((a, b) => a + b, 0) / table.rows,
  };
}
