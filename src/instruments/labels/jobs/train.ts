import { z } from "zod";
import { defineJob, type JobContext, pathOption, seedOption } from "../../../lab/index.ts";
import type { EpochRecord, RobustEvent, RobustResult } from "../training/index.ts";
import { guideOption, inputOptions, noiseOption } from "./input-options.ts";
import { methodNameOf, methodOption, toMethodChoice, toTrainingOptions, trainingOptions } from "./training-options.ts";

/** The metrics of an epoch under their declared names. */
export function epochMetrics({
  trainLoss,
  validation,
  test,
  memorization,
  selection,
}: EpochRecord): Record<string, number> {
  return {
    trainLoss,
    ...(validation === undefined ? {} : { validationAccuracy: validation.accuracy, validationLoss: validation.loss }),
    ...(test === undefined ? {} : { testAccuracy: test.accuracy }),
    ...(memorization === undefined
      ? {}
      : {
          memorized: memorization.noisyFitted,
          corrected: memorization.noisyCorrected,
          learned: memorization.cleanCorrect,
        }),
    ...(selection === undefined ? {} : { keptRows: selection.size }),
    ...(selection?.precision === undefined ? {} : { keptPrecision: selection.precision }),
  };
}

/** What `epochMetrics` may hold. */
export const trainingMetrics = {
  trainLoss: { label: "training loss", direction: "lower" },
  validationAccuracy: { label: "accuracy on noisy validation rows", direction: "higher", isFraction: true },
  validationLoss: { label: "loss on noisy validation rows", direction: "lower" },
  testAccuracy: { label: "test accuracy", direction: "higher", isFraction: true },
  memorized: { label: "wrong labels learned by heart", direction: "lower", isFraction: true },
  corrected: { label: "wrong labels seen through", direction: "higher", isFraction: true },
  learned: { label: "right labels learned", direction: "higher", isFraction: true },
  keptRows: { label: "rows trusted", direction: "higher" },
  keptPrecision: { label: "trusted rows whose label is right", direction: "higher", isFraction: true },
} as const;

/** Tells a run what training tells. @param prefix before the metrics' names, with its slash */
export function trainingObserver(context: JobContext, label: string, prefix = ""): (event: RobustEvent) => void {
  let step = 0;
  return (event) => {
    if (event.kind === "epoch") {
      step = event.done;
      const values = Object.entries(epochMetrics(event.record)).map(([name, value]) => [`${prefix}${name}`, value]);
      context.metrics(step, Object.fromEntries(values));
    }
    if (event.kind === "epoch" || event.kind === "progress") {
      context.progress({ done: event.done, total: event.total, unit: "epochs", label });
    }
  };
}

function summaryOf(result: RobustResult, title: string): string {
  const last = result.last.record;
  const chosen = result.model.record;
  const parts = [`${title} trained on ${result.trainRows.length} rows.`];
  if (chosen.test !== undefined && last.test !== undefined) {
    const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
    parts.push(
      `Test accuracy ${percent(last.test.accuracy)} at the last epoch, ${percent(chosen.test.accuracy)} at the epoch chosen by noisy validation rows (${chosen.epoch + 1}).`,
    );
  }
  if (last.memorization !== undefined) {
    parts.push(
      `Of the wrong labels it learned ${(100 * last.memorization.noisyFitted).toFixed(1)} % by heart and saw through ${(100 * last.memorization.noisyCorrected).toFixed(1)} %.`,
    );
  }
  return parts.join(" ");
}

/** `labels train`: a network that does not learn the wrong labels. */
export const trainJob = defineJob({
  name: "labels train",
  summary: "Train a classifier in spite of wrong labels, by any of 23 published methods, and export it as ONNX.",
  description:
    "The epoch that is kept is the best on noisy validation rows; the last one is reported beside it. A test set, where one is given, is measured and chooses nothing: the epoch that it would have chosen is called oracle.\n\nWithout data, the shipped digits get realistic noise first, so that right and wrong labels are known and learning by heart can be seen.",
  options: z.strictObject({
    ...inputOptions,
    method: methodOption
      .default("elr")
      .describe("How to train: a name, or a map of a name and its settings, { name: elr, lambda: 1 }."),
    test: pathOption(
      "A test set of the same form. Left out with the shipped digits: a fifth of them.",
      "any",
    ).optional(),
    truth: z.string().describe("Tables: a column of true labels, for measurements alone.").optional(),
    noise: noiseOption
      .default("none")
      .describe("Noise to put on the labels first, which are then taken for true; see labels synthesize."),
    rate: z.number().min(0).max(1).default(0.3).describe("The part of labels that the noise makes wrong."),
    guide: guideOption,
    ...trainingOptions,
    seed: seedOption(),
  }),
  positional: ["data"],
  presets: {
    quick: { summary: "12 epochs", options: { epochs: 12 } },
    standard: { summary: "40 epochs", options: {} },
    paper: { summary: "120 epochs", options: { epochs: 120 } },
  },
  examples: [
    {
      command: "orrery labels train --method dividemix",
      explanation: "DivideMix on the shipped digits with 30 % realistic noise.",
    },
    {
      command: "orrery labels train reviews.csv --label rating --ignore id --method elr --noise-rate 0.2",
      explanation: "Your own table.",
    },
    {
      command: 'orrery labels train --method "{ name: co-teaching, warmUp: 5 }"',
      explanation: "A method with a setting of its own.",
    },
  ],
  metrics: trainingMetrics,
  stepName: "epoch",
  estimate: async (options) => (await import("./estimate.ts")).estimateTrain(options),
  async run(options, context) {
    const [
      { trainRobust, exportClassifier, methodOf },
      { key },
      { writeSelection },
      { trainingFigures },
      { trainingData },
    ] = await Promise.all([
      import("../training/index.ts"),
      import("../../../engine/index.ts"),
      import("./input.ts"),
      import("../reports/training.ts"),
      import("./training-data.ts"),
    ]);
    const [forData, forTraining] = key(options.seed).split(2);
    const data = await trainingData(options, forData, context);
    const choice = toMethodChoice(options.method);
    const name = methodNameOf(options.method);
    const store = context.checkpoints<never>(name);
    const result = await trainRobust({
      ...{ method: choice, dataset: data.dataset, truth: data.truth, test: data.test },
      options: toTrainingOptions(options),
      validation: options.validationFraction === 0 ? { rows: [] } : { fraction: options.validationFraction },
      ...{ key: forTraining, observer: trainingObserver(context, `training ${name}`), signal: context.signal },
      ...{ checkpoints: store as never, resume: (await store.load()) as never },
    });
    for (const figure of trainingFigures(result)) context.figure(figure);
    await context.artifact(
      "model.onnx",
      exportClassifier(result.model, { name }),
      "The trained model: inputs as in the data, any batch, to logits and probabilities",
    );
    await writeSelection(result, data.dataset, context);
    const { title } = methodOf(name);
    const { model, last, oracle } = result;
    const accuracy = (label: string, record: EpochRecord | undefined, note?: string) =>
      record?.test === undefined ? [] : [{ label, value: record.test.accuracy, isFraction: true, note }];
    return {
      summary: summaryOf(result, title),
      headlines: [
        ...accuracy("test accuracy, last epoch", last.record),
        ...accuracy("test accuracy, epoch chosen by noisy validation", model.record),
        ...accuracy("oracle", oracle?.record, "the epoch that the test set would choose"),
        ...(last.record.validation === undefined
          ? []
          : [
              {
                label: "agreement with noisy validation labels",
                value: last.record.validation.accuracy,
                isFraction: true,
              },
            ]),
      ],
      next: [{ command: "orrery labels benchmark", why: "compares the methods on the same noise over several seeds." }],
    };
  },
});
