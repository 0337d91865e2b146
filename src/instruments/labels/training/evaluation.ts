import type { NdArray } from "../../../engine/index.ts";
import type { Examples } from "./method.ts";
import type { Ensemble, Predictor } from "./predictor.ts";
import { argMaxRows, type SelectionScore } from "./selection.ts";

/** How well probabilities meet labels. */
export interface Score {
  readonly accuracy: number;
  /** The mean of `−log p_label`. */
  readonly loss: number;
}

/** What the network has made of the training rows, as parts of the rightly and of the wrongly labelled ones. */
export interface Memorization {
  /** Rightly labelled rows that it predicts rightly. */
  readonly cleanCorrect: number;
  /** Wrongly labelled rows for which it predicts the wrong label: memorised. */
  readonly noisyFitted: number;
  /** Wrongly labelled rows for which it predicts the true class all the same. */
  readonly noisyCorrected: number;
}

/** One epoch of a run. */
export interface EpochRecord {
  readonly phase: string;
  /** From 0, within the phase. */
  readonly epoch: number;
  readonly trainLoss: number;
  /** Other means of the method, e.g. of its loss's parts. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Against the observed labels of the rows held out. */
  readonly validation?: Score;
  /** Against the labels of the test set, where one was given. */
  readonly test?: Score;
  /** Where the true labels were given. */
  readonly memorization?: Memorization;
  /** The rows kept, and where the true labels were given how rightly. */
  readonly selection?: Pick<SelectionScore, "size"> & Partial<SelectionScore>;
}

/** Scores probabilities `[n, k]` against labels. */
export function score(probabilities: NdArray<"float32">, labels: ArrayLike<number>): Score {
  const predicted = argMaxRows(probabilities);
  const width = probabilities.shape[1];
  let [right, loss] = [0, 0];
  for (let i = 0; i < labels.length; i++) {
    if (predicted[i] === labels[i]) right++;
    loss -= Math.log(Math.max(probabilities.data[i * width + labels[i]], 1e-12));
  }
  return { accuracy: right / labels.length, loss: loss / labels.length };
}

/** Memorisation of predictions by observed and true labels; a part of no rows is 0. */
export function memorization(
  predicted: ArrayLike<number>,
  observed: ArrayLike<number>,
  truth: ArrayLike<number>,
): Memorization {
  let [clean, cleanCorrect, noisyFitted, noisyCorrected] = [0, 0, 0, 0];
  for (let i = 0; i < predicted.length; i++) {
    if (observed[i] === truth[i]) {
      clean++;
      if (predicted[i] === truth[i]) cleanCorrect++;
    } else if (predicted[i] === observed[i]) noisyFitted++;
    else if (predicted[i] === truth[i]) noisyCorrected++;
  }
  const noisy = Math.max(predicted.length - clean, 1);
  return {
    cleanCorrect: cleanCorrect / Math.max(clean, 1),
    noisyFitted: noisyFitted / noisy,
    noisyCorrected: noisyCorrected / noisy,
  };
}

/** What is measured after every epoch. `truth` belongs to the training rows. */
export interface EvaluationSets {
  readonly train: Examples;
  readonly validation?: Examples;
  readonly test?: Examples;
  readonly truth?: Int32Array;
}

/** Measures a model on all sets there are. */
export async function evaluateModel(
  predictor: Predictor,
  model: Ensemble,
  { train, validation, test, truth }: EvaluationSets,
): Promise<Pick<EpochRecord, "validation" | "test" | "memorization">> {
  const scoreOn = async ({ inputs, labels }: Examples) => score(await predictor.probabilities(model, inputs), labels);
  const predicted = truth === undefined ? [] : argMaxRows(await predictor.probabilities(model, train.inputs));
  return {
    ...(validation === undefined ? {} : { validation: await scoreOn(validation) }),
    ...(test === undefined ? {} : { test: await scoreOn(test) }),
    ...(truth === undefined ? {} : { memorization: memorization(predicted, train.labels, truth) }),
  };
}
