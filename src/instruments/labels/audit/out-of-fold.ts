import { type Dataset, stratifiedKFold, subset, takeRows } from "../../../data/index.ts";
import { type Key, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { predictProbabilities } from "../prediction.ts";
import { type MethodChoice, type TrainingOptions, trainRobust } from "../training/index.ts";

/** What one fold's network gives to the rows that it has not seen. */
export interface FoldProbabilities {
  readonly fold: number;
  /** Rows of the data set, ascending. */
  readonly rows: Int32Array;
  /** `[rows, K]`. */
  readonly probabilities: NdArray<"float32">;
}

/** What an observer is told. */
export type OutOfFoldEvent =
  | {
      readonly kind: "epoch";
      readonly fold: number;
      readonly folds: number;
      /** Epochs done and to do over all folds. */
      readonly done: number;
      readonly total: number;
      readonly loss: number;
    }
  | { readonly kind: "fold"; readonly folds: number; readonly result: FoldProbabilities };

/** How out-of-fold probabilities are made. */
export interface OutOfFoldOptions {
  /** Parts of the cross-validation, at least 2. */
  readonly folds?: number;
  /** How each network is trained; cross-entropy when left out. */
  readonly method?: MethodChoice;
  /** Epochs unless said otherwise: ten, few enough that wrong labels are not learned by heart, or as many as make 120 steps. */
  readonly training?: Partial<TrainingOptions>;
  readonly key: Key;
  /** What it answers to a `fold` is waited for, so that it can be saved. */
  readonly observer?: (event: OutOfFoldEvent) => void | Promise<void>;
  readonly signal?: AbortSignal;
  /** Folds that are done already, of the same data, options and key: what earlier `fold` events told. */
  readonly finished?: readonly FoldProbabilities[];
}

const [fewestEpochs, fewestSteps, usualBatch] = [10, 120, 128];

/** Ten epochs, more where so few rows would leave the network untrained. */
function epochsFor(rows: number, batchSize: number): number {
  const steps = Math.max(1, Math.floor(rows / batchSize));
  return Math.max(fewestEpochs, Math.ceil(fewestSteps / steps));
}

/**
 * Probabilities `[n, K]` for every row by a network that was trained without it: stratified k-fold cross-validation. The same data, options
 * and key give the same bits, whether or not some folds were done before.
 * @throws OrreryError `argument` unless 2 ≤ folds ≤ n, and as `trainRobust`; `cancelled`.
 */
export async function outOfFoldProbabilities(dataset: Dataset, options: OutOfFoldOptions): Promise<NdArray<"float32">> {
  const { folds = 5, method = "cross-entropy", training = {}, key, observer, signal, finished = [] } = options;
  const trained = (dataset.labels.size * (folds - 1)) / folds;
  const epochs = training.epochs ?? epochsFor(trained, training.batchSize ?? usualBatch);
  const classes = dataset.classNames.length;
  const all = new Float32Array(dataset.labels.size * classes);
  const [forFolds, forNetworks] = key.split(2);
  let done = 0;
  let total = folds * epochs;
  for (const [fold, { train, test }] of stratifiedKFold(dataset.labels.data, folds, forFolds).entries()) {
    if (signal?.aborted === true) throw new OrreryError("cancelled", `labels audit: cancelled after ${fold} folds`);
    let result = finished.find((known) => known.fold === fold);
    if (result === undefined) {
      const before = done;
      const { model } = await trainRobust({
        ...{
          method,
          dataset: subset(dataset, train),
          validation: { fraction: 0 },
          key: forNetworks.fold(fold),
          signal,
        },
        options: { ...training, epochs },
        observer: (event) => {
          if (event.kind !== "epoch") return;
          done = before + event.done;
          total = folds * event.total;
          void observer?.({ kind: "epoch", fold, folds, done, total, loss: event.record.trainLoss });
        },
      });
      const probabilities = await predictProbabilities(model, takeRows(dataset.inputs, test), {
        threads: training.threads,
      });
      result = { fold, rows: test, probabilities };
      await observer?.({ kind: "fold", folds, result });
    } else done += epochs;
    const { rows, probabilities } = result;
    rows.forEach((row, i) => {
      all.set(probabilities.data.subarray(i * classes, (i + 1) * classes), row * classes);
    });
  }
  return new NdArray<"float32">(all, [dataset.labels.size, classes]);
}
