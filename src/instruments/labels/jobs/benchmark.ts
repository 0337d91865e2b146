import { z } from "zod";
import { defineJob, type JobContext, pathOption, seedOption } from "../../../lab/index.ts";
import type { Result } from "../training/index.ts";
import { guideOption, inputOptions, noiseOption } from "./input-options.ts";
import { trainingMetrics, trainingObserver } from "./train.ts";
import { methodChoices, toTrainingOptions, trainingOptions } from "./training-options.ts";

/** One finished training of a benchmark. */
interface Cell {
  readonly method: string;
  readonly seed: number;
  readonly last: number;
  readonly chosen: number;
  readonly oracle: number;
  readonly seconds: number;
}

/** Cells that an earlier attempt finished. */
interface Finished {
  readonly cells: readonly Cell[];
  readonly arrays: Readonly<Record<string, never>>;
}

function table(cells: readonly Cell[]): string {
  const lines = cells.map(({ method, seed, last, chosen, oracle, seconds }) =>
    [method, seed, last, chosen, oracle, seconds.toFixed(1)].join(","),
  );
  return `method,seed,last,chosen,oracle,seconds\n${lines.join("\n")}\n`;
}

async function report(cells: readonly Cell[], context: JobContext): Promise<void> {
  const [{ leaderboard }, { leaderboardFigure }] = await Promise.all([
    import("../training/index.ts"),
    import("../reports/leaderboard.ts"),
  ]);
  const results: Result[] = cells.map(({ method, seed, last }) => ({ method, seed, value: last }));
  context.figure(leaderboardFigure(leaderboard(results), results, "test accuracy of the last epoch"));
}

/** `labels benchmark`: methods side by side on the same noise. */
export const benchmarkJob = defineJob({
  name: "labels benchmark",
  summary: "Compare training methods on the same noisy labels over several seeds: means, spreads, paired tests.",
  description:
    "Each seed draws its noise once; all methods see the same labels. Last epoch and the epoch chosen by noisy validation are told apart; the one that the test set would choose is called oracle. A killed benchmark goes on with the first training that was not finished.",
  options: z.strictObject({
    ...inputOptions,
    methods: z
      .array(z.enum(methodChoices))
      .min(1)
      .default(["cross-entropy", "gce", "elr", "co-teaching", "forward", "dividemix"])
      .describe(`Methods: ${methodChoices.join(", ")}.`),
    seeds: z.int().min(1).default(3).describe("How many seeds."),
    test: pathOption(
      "A test set of the same form. Left out with the shipped digits: a fifth of them.",
      "any",
    ).optional(),
    truth: z.string().describe("Tables: a column of true labels, for measurements alone.").optional(),
    noise: noiseOption
      .default("realistic")
      .describe("Noise to put on the labels, which are taken for true; none when they are noisy already."),
    rate: z.number().min(0).max(1).default(0.4).describe("The part of labels that the noise makes wrong."),
    guide: guideOption,
    ...trainingOptions,
    seed: seedOption(),
  }),
  positional: ["data"],
  presets: {
    quick: {
      summary: "three methods, two seeds, 12 epochs",
      options: { methods: ["cross-entropy", "gce", "elr"], seeds: 2, epochs: 12 },
    },
    standard: { summary: "six methods, three seeds, 40 epochs", options: {} },
    paper: { summary: "all methods, three seeds, 40 epochs", options: { methods: [...methodChoices] } },
  },
  examples: [
    {
      command: "orrery labels benchmark --noise pair --rate 0.4 --methods elr,forward",
      explanation: "Two methods on pair noise.",
    },
  ],
  metrics: trainingMetrics,
  stepName: "epoch",
  estimate: async (options) => (await import("./estimate.ts")).estimateBenchmark(options),
  async run(options, context) {
    const [{ trainRobust, leaderboard }, { key }, { trainingData }, { OrreryError }] = await Promise.all([
      import("../training/index.ts"),
      import("../../../engine/index.ts"),
      import("./training-data.ts"),
      import("../../../errors.ts"),
    ]);
    if (options.data !== undefined && options.test === undefined) {
      throw new OrreryError("argument", "labels benchmark: expected a test set to measure by; got none", {
        hint: "Name one with --test.",
      });
    }
    const store = context.checkpoints<Finished>("cells");
    const cells: Cell[] = [...((await store.load())?.cells ?? [])];
    for (let seed = 0; seed < options.seeds; seed++) {
      const [forData, forTraining] = key(options.seed).fold(seed).split(2);
      const data = await trainingData(options, forData, context);
      for (const [i, method] of options.methods.entries()) {
        if (cells.some((cell) => cell.method === method && cell.seed === seed)) continue;
        const number = seed * options.methods.length + i + 1;
        const label = `${number}/${options.seeds * options.methods.length} ${method}, seed ${seed}`;
        const own = context.checkpoints<never>(`${method}-${seed}`);
        const { last, model, oracle, seconds } = await trainRobust({
          ...{ method, dataset: data.dataset, truth: data.truth, test: data.test },
          options: toTrainingOptions({
            ...options,
            noiseRate: options.noise === "none" ? options.noiseRate : options.rate,
          }),
          ...{ key: forTraining.fold(methodChoices.indexOf(method)), signal: context.signal },
          observer: trainingObserver(context, label, `${method}/seed${seed}/`),
          ...{ checkpoints: own as never, resume: (await own.load()) as never },
        });
        const accuracy = (record: typeof last.record | undefined) => record?.test?.accuracy ?? Number.NaN;
        cells.push({
          method,
          seed,
          last: accuracy(last.record),
          chosen: accuracy(model.record),
          oracle: accuracy(oracle?.record),
          seconds,
        });
        await store.save({ cells, arrays: {} });
        await report(cells, context);
      }
    }
    await context.artifact(
      "results.csv",
      table(cells),
      "Every training: last, chosen and oracle test accuracy, seconds",
    );
    const standings = leaderboard(cells.map(({ method, seed, last }) => ({ method, seed, value: last })));
    const [first] = standings;
    const plain = standings.find(({ method }) => method === "cross-entropy");
    return {
      summary: `${first.method} is first of ${standings.length} methods with ${(100 * first.mean).toFixed(2)} % at the last epoch over ${options.seeds} seeds${plain === undefined || plain === first ? "" : `; plain cross-entropy reaches ${(100 * plain.mean).toFixed(2)} %`}.`,
      headlines: standings.slice(0, 4).map(({ method, mean, deviation }) => ({
        ...{ label: `${method}, last epoch`, value: mean, isFraction: true },
        note: deviation === null ? undefined : `± ${(100 * deviation).toFixed(2)} over ${options.seeds} seeds`,
      })),
      next: [{ command: `orrery labels train --method ${first.method}`, why: "trains the first one and exports it." }],
    };
  },
});
