import { type Dataset, stratifiedSplit, subset } from "../../../data/index.ts";
import { type Key, key as keyOf, type NdArray } from "../../../engine/index.ts";
import type { Headline, JobContext, Outcome } from "../../../lab/index.ts";
import { type AuditResult, auditLabels, type FoldProbabilities, suspectAt } from "../audit/index.ts";
import type { NoisyLabels } from "../noise/index.ts";
import { auditFigures } from "../reports/audit.ts";
import { type AuditScore, comparisonFigure, foundFigure, scoreAudit } from "../reports/audit-truth.ts";
import { noiseFigures } from "../reports/noise.ts";
import { suspectSheet } from "../reports/suspects.ts";
import { trainRobust } from "../training/index.ts";
import type { AuditJobOptions } from "./audit.ts";
import { type AuditedData, auditedData } from "./audit-data.ts";
import { writeAuditFiles } from "./audit-files.ts";
import { putNoise, readInput, reportRejected, withLabels } from "./input.ts";
import { toMethodChoice } from "./training-options.ts";

const percent = (value: number, digits = 1) => `${(100 * value).toFixed(digits)} %`;

/** The folds that an earlier attempt finished. */
interface FinishedFolds {
  readonly folds: readonly number[];
  readonly arrays: Readonly<Record<string, { readonly rows: NdArray; readonly probabilities: NdArray }>>;
}

/** The shipped digits with noise on them, their truth, and rows held out to compare training by. */
interface Demonstration extends AuditedData {
  readonly noise: NoisyLabels;
  readonly dataset: Dataset;
  readonly truth: Int32Array;
  readonly test: Dataset;
}

async function demonstration(options: AuditJobOptions, key: Key, context: JobContext): Promise<Demonstration> {
  const [forSplit, forNoise] = key.split(2);
  const { dataset } = await readInput(options);
  const parts = stratifiedSplit(dataset.labels.data, { train: 0.8, test: 0.2 }, forSplit);
  const clean = subset(dataset, parts.train);
  const noise = await putNoise(
    clean,
    { noise: "realistic", rate: options.rate, guide: options.guide },
    forNoise,
    context,
  );
  const noisy = withLabels(clean, noise.labels);
  return {
    dataset: noisy,
    input: noisy,
    truth: noise.clean,
    test: subset(dataset, parts.test),
    noise,
    name: "the shipped digits",
  };
}

function foldOf({ arrays }: FinishedFolds, fold: number): FoldProbabilities {
  const { rows, probabilities } = arrays[`fold${fold}`];
  return { fold, rows: rows.data as Int32Array, probabilities: probabilities as NdArray<"float32"> };
}

async function audit(
  { input }: AuditedData,
  options: AuditJobOptions,
  key: Key,
  context: JobContext,
): Promise<AuditResult> {
  const store = context.checkpoints<FinishedFolds>("folds");
  const saved = await store.load();
  const finished = saved === undefined ? [] : saved.folds.map((fold) => foldOf(saved, fold));
  const network = options.network === "mlp" ? ({ kind: "mlp" } as const) : { kind: options.network };
  return auditLabels(input, {
    ...{
      folds: options.folds,
      method: toMethodChoice(options.method),
      filter: options.filter,
      neighbors: options.neighbors,
    },
    ...{
      training: { network, ...(options.epochs === undefined ? {} : { epochs: options.epochs }) },
      key,
      signal: context.signal,
      finished,
    },
    observer: async (event) => {
      if (event.kind === "epoch") {
        context.metrics(event.done, { foldLoss: event.loss });
        context.progress({
          done: event.done,
          total: event.total,
          unit: "epochs",
          label: `judging rows, part ${event.fold + 1} of ${event.folds}`,
        });
      } else if (event.kind === "stage") context.progress({ done: 0, label: `looking at ${event.stage}` });
      else {
        finished.push(event.result);
        await saveFolds(store, finished);
      }
    },
  });
}

async function saveFolds(
  store: ReturnType<JobContext["checkpoints"]>,
  finished: readonly FoldProbabilities[],
): Promise<void> {
  const { NdArray } = await import("../../../engine/index.ts");
  await store.save({
    folds: finished.map(({ fold }) => fold),
    arrays: Object.fromEntries(
      finished.map(({ fold, rows, probabilities }) => [
        `fold${fold}`,
        { rows: new NdArray(rows, [rows.length], "int32"), probabilities },
      ]),
    ),
  } as never);
}

/** Trains a plain and the advised network on the noisy digits, to show what the difference is. */
async function compareTraining(
  data: Demonstration,
  result: AuditResult,
  key: Key,
  context: JobContext,
): Promise<Headline[]> {
  const methods = ["cross-entropy", result.advice.method === "cross-entropy" ? "elr" : result.advice.method] as const;
  const runs = [];
  for (const [i, method] of methods.entries()) {
    const store = context.checkpoints<never>(`training-${method}`);
    const run = await trainRobust({
      ...{
        method,
        dataset: data.dataset,
        truth: data.truth,
        test: data.test,
        key: key.fold(i),
        signal: context.signal,
      },
      options: { epochs: 40, learningRate: 0.05, noise: result.advice.noise },
      ...{ checkpoints: store as never, resume: (await store.load()) as never },
      observer: (event) => {
        if (event.kind !== "epoch") return;
        const { test, memorization, trainLoss } = event.record;
        context.metrics(event.done, {
          [`${method}/trainLoss`]: trainLoss,
          ...(test === undefined ? {} : { [`${method}/testAccuracy`]: test.accuracy }),
          ...(memorization === undefined ? {} : { [`${method}/memorized`]: memorization.noisyFitted }),
        });
        context.progress({ done: event.done, total: event.total, unit: "epochs", label: `training ${method}` });
      },
    });
    runs.push({ method, history: run.history, run });
  }
  context.figure(comparisonFigure(runs));
  const { exportClassifier } = await import("../training/index.ts");
  const robust = runs[1];
  await context.artifact(
    "robust-model.onnx",
    exportClassifier(robust.run.model, { name: robust.method }),
    `A classifier trained by ${robust.method} on the noisy labels`,
  );
  return runs.map(({ method, history }) => ({
    label: `test accuracy, ${method}`,
    value: history.at(-1)?.test?.accuracy ?? 0,
    isFraction: true,
    note: `learned ${percent(history.at(-1)?.memorization?.noisyFitted ?? 0)} of the wrong labels by heart`,
  }));
}

function summaryOf(result: AuditResult, name: string, score: AuditScore | undefined): string {
  const { suspects, transition, labels, advice } = result;
  const { estimate, low, high } = transition.noiseRate;
  const found =
    score === undefined
      ? ""
      : ` Of the ${score.wrong} labels that were made wrong ${score.found} were found (${percent(score.recall)}); ${score.false} of the suspects are right (precision ${percent(score.precision)}).`;
  const suspected =
    suspects.places.length === 0
      ? `None of the ${labels.size} labels of ${name} looks wrong.`
      : `${suspects.places.length} of ${labels.size} labels of ${name} are suspects.`;
  return `${suspected}${found} Estimated part of wrong labels: ${percent(estimate)}, with 95 % between ${percent(low)} and ${percent(high)}. Advice: train by ${advice.method}.`;
}

/** Runs an audit and keeps what it found: figures, tables, cleaned labels, and the comparison where the truth is known. */
export async function runAudit(options: AuditJobOptions, context: JobContext): Promise<Outcome> {
  const [forData, forAudit, forTraining] = keyOf(options.seed).split(3);
  const shown = options.data === undefined ? await demonstration(options, forData, context) : undefined;
  const data = shown ?? (await auditedData(options));
  const result = await audit(data, options, forAudit, context);
  await reportRejected(result, context);
  for (const note of result.notes) context.warn(note);
  const score = shown && scoreAudit(result, shown.truth);
  if (shown !== undefined && score !== undefined) context.figure(foundFigure(score));
  const sheet = await suspectSheet(result, data.dataset?.inputs, { shown: options.shown, truth: shown?.truth });
  if (sheet !== undefined) context.figure(sheet);
  for (const figure of auditFigures(result)) context.figure(figure);
  if (shown !== undefined) for (const figure of noiseFigures(shown.noise)) context.figure(figure);
  await writeAuditFiles(result, context);
  const training =
    shown !== undefined && options.compareTraining ? await compareTraining(shown, result, forTraining, context) : [];
  const first = result.suspects.places.length > 0 ? suspectAt(result, 1) : undefined;
  return {
    summary: summaryOf(result, data.name, score),
    headlines: [
      { label: "suspects", value: result.suspects.places.length, note: `of ${result.labels.size} labels` },
      ...(score === undefined
        ? []
        : [
            { label: "found", value: score.recall, isFraction: true, note: `${score.missed} missed` },
            {
              label: "suspects that are wrong indeed",
              value: score.precision,
              isFraction: true,
              note: `${score.false} false`,
            },
          ]),
      {
        label: "estimated wrong labels",
        value: result.transition.noiseRate.estimate,
        isFraction: true,
        note: shown === undefined ? undefined : `truly ${percent((score?.wrong ?? 0) / result.labels.size)}`,
      },
      ...training,
    ],
    next: [
      ...(first === undefined
        ? []
        : [{ command: "orrery studio", why: "shows the suspects to confirm or reject, and exports what you decide." }]),
      {
        command: `orrery labels train${options.data === undefined ? "" : ` ${options.data}`} --method ${result.advice.method}`,
        why: "trains in spite of the wrong labels.",
      },
    ],
  };
}
