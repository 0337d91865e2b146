import { z } from "zod";
import { defineJob, type JobContext, pathOption } from "../../../lab/index.ts";
import type { Nsga2State } from "../../../math/nsga2.ts";
import type { Measurement } from "../accuracy.ts";
import type { Exploration, NetworkMetric } from "../exploration.ts";
import type { NetworkLayer } from "../network.ts";
import type { DrawnExploration } from "../report.ts";
import { CheckpointKeeper } from "./checkpoint-keeper.ts";
import type { MappingInputs } from "./inputs.ts";
import { inputOptions, searchOptions } from "./options.ts";

const { metrics: _metrics, ...layerSearch } = searchOptions;

const options = z.strictObject({
  ...inputOptions,
  accuracies: pathOption(
    "A CSV of measured accuracies of your layers: setting, accuracy; a setting is activations/weights of each layer, such as 8/8 8/4 4/4.",
  ).optional(),
  evaluator: z
    .enum(["sensitivity", "table"])
    .default("sensitivity")
    .describe(
      "sensitivity fits each layer's loss to the measurements and searches all settings; table compares the measured ones only.",
    ),
  cost: z
    .enum(["sum-of-edp", "network-edp", "energy", "cycles"])
    .default("sum-of-edp")
    .describe(
      "What the hardware side minimises: the sum of the layers' energy × cycles, that of the network, energy or cycles.",
    ),
  bits: z
    .array(z.int().min(1).max(64))
    .min(2)
    .default([2, 3, 4, 5, 6, 7, 8])
    .describe("Widths that a layer may take; those that pack alike are one."),
  populationSize: z.int().min(4).max(1000).default(40).describe("Settings in a generation."),
  generations: z.int().min(0).max(10_000).default(25).describe("Generations after the first."),
  maxEvaluations: z.int().min(1).optional().describe("Stops after so many evaluated settings."),
  ...layerSearch,
});

type Options = z.output<typeof options>;

/** `mapping explore`: how many bits each layer needs, accuracy against cost. */
export const exploreJob = defineJob({
  name: "mapping explore",
  summary: "Find how few bits each layer needs: the front of accuracy against energy or cycles.",
  description:
    "NSGA-II over the widths of every layer's activations and weights. Each setting is mapped exactly, layer by layer, and its accuracy comes from your measurements: looked up, or predicted by an additive sensitivity model fitted to them. From a program any function can be the evaluator, one that trains included (exploreBits of orrery/mapping).\n\nWithout layers and measurements it takes those that come with the package: a small convolutional network on handwritten digits, trained and measured under many widths.",
  options,
  positional: ["files"],
  presets: {
    quick: { summary: "Twelve generations.", options: { generations: 12 } },
    standard: { summary: "What the options say.", options: {} },
  },
  examples: [
    {
      command: "orrery mapping explore --cost energy",
      explanation: "The network on digits that comes with the package.",
    },
    {
      command: "orrery mapping explore model.onnx --accuracies measured.csv --cost energy",
      explanation: "Your model and your measurements.",
    },
  ],
  metrics: {
    hypervolume: { label: "hypervolume of the front", direction: "higher" },
    frontSize: { label: "settings on the front", direction: "higher" },
    evaluated: { label: "settings evaluated", direction: "higher" },
  },
  stepName: "generation",
  estimate: async (given) => (await import("./estimate.ts")).estimateExplore(given),
  run: async (given, context) => {
    const { readMeasurements } = await import("../measurement-table.ts");
    const { explorationInputs } = await import("./exploration-inputs.ts");
    const { reportExploration } = await import("./report-exploration.ts");
    const { inputs, accuracies } = await explorationInputs(given);
    for (const note of inputs.notes) context.note(note);
    const measurements = await readMeasurements(accuracies, inputs.layers.length);
    return reportExploration(await explore(inputs, measurements, given, context), context);
  },
});

async function explore(
  inputs: MappingInputs,
  measurements: readonly Measurement[],
  given: Options,
  context: JobContext,
): Promise<DrawnExploration> {
  const { settingsOf } = await import("./search-settings.ts");
  const { runCache } = await import("./caches.ts");
  const { strategy, metrics: _, ...settings } = settingsOf({ ...given, metrics: undefined }, inputs.search);
  const metric = given.cost.replaceAll("-", " ") as NetworkMetric;
  const network = {
    ...{ architecture: inputs.architecture, constraintsFor: inputs.constraintsFor, ...settings, metric },
    ...{ strategy: strategy === "auto" ? ("branch-and-bound" as const) : strategy, workers: given.threads },
    ...{ metrics: [metric === "energy" || metric === "cycles" ? metric : ("edp" as const)] as const },
    ...{ cache: runCache(context, given.cache), signal: context.signal },
    ...(given.maxSeconds === undefined ? {} : { maxSecondsPerLayer: given.maxSeconds }),
  };
  const layers = inputs.layers;
  const drawnOf = (exploration: Exploration): DrawnExploration => ({
    ...{ exploration, metric, layers: layers.map((l) => l.problem.name), widest: Math.max(...given.bits) },
  });
  if (given.evaluator === "table") {
    const { exploreTable } = await import("../exploration.ts");
    const onEvaluated = (done: number) => context.progress({ done, total: measurements.length, unit: "settings" });
    const exploration = await exploreTable(layers, { ...network, measurements, onEvaluated });
    measureGeneration(exploration.state, context);
    return drawnOf(exploration);
  }
  const { fitSensitivity, predictAccuracy } = await import("../accuracy.ts");
  const { exploreTable } = await import("../exploration.ts");
  const model = fitSensitivity(measurements);
  if (measurements.length < 2 * layers.length + 1) {
    context.warn(
      `${measurements.length} measurements for ${2 * layers.length + 1} unknowns: measure more settings, or do not trust single layers.`,
    );
  }
  const exploration = await runGenerations(
    layers,
    { ...network, accuracy: (s) => predictAccuracy(model, s) },
    given,
    context,
  );
  const measured = await exploreTable(layers, { ...network, measurements });
  return { ...drawnOf(exploration), model: { measured, error: model.rootMeanSquaredError } };
}

async function runGenerations(
  layers: readonly NetworkLayer[],
  network: Omit<Parameters<typeof import("../exploration.ts").exploreBits>[1], "key">,
  given: Options,
  context: JobContext,
): Promise<Exploration> {
  const { exploreBits } = await import("../exploration.ts");
  const { key } = await import("../../../engine/random/key.ts");
  const keeper = new CheckpointKeeper<Nsga2State>(context, "generations");
  const resume = await keeper.load();
  const { populationSize, generations, maxEvaluations, bits, seed } = given;
  const total = Math.min(maxEvaluations ?? Number.POSITIVE_INFINITY, 25 + populationSize * generations);
  let generation = resume === undefined ? 0 : resume.generation + 1;
  try {
    return await exploreBits(layers, {
      ...network,
      ...{ key: key(seed), bits, populationSize, generations },
      ...(maxEvaluations === undefined ? {} : { maxEvaluations }),
      ...(resume === undefined ? {} : { resume }),
      onEvaluated: (done) =>
        context.progress({
          done,
          total: Math.max(done, total),
          unit: "settings",
          label: `generation ${generation} of ${generations}`,
        }),
      onGeneration: (state) => {
        generation = state.generation + 1;
        measureGeneration(state, context);
        keeper.offer(() => state);
      },
    });
  } finally {
    await keeper.flush();
  }
}

function measureGeneration(state: Nsga2State, { metrics }: JobContext): void {
  const fronts = state.evaluated.filter((a) => !state.evaluated.some((b) => dominates(b.objectives, a.objectives)));
  metrics(state.generation, {
    hypervolume: state.hypervolumes.at(-1) ?? 0,
    frontSize: fronts.length,
    evaluated: state.evaluated.length,
  });
}

const dominates = (b: readonly number[], a: readonly number[]) =>
  b.every((x, i) => x <= a[i]) && b.some((x, i) => x < a[i]);
