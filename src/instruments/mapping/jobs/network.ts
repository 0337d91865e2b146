import { z } from "zod";
import { defineJob, type JobContext, type Outcome, pathOption } from "../../../lab/index.ts";
import type { MappedLayers, NetworkLayer } from "../network.ts";
import type { SearchCheckpoint } from "../search.ts";
import { CheckpointKeeper } from "./checkpoint-keeper.ts";
import { costMetricDeclarations, costMetrics } from "./cost-metrics.ts";
import type { MappingInputs } from "./inputs.ts";
import { inputOptions, searchOptions, widthOptions } from "./options.ts";

const options = z.strictObject({
  ...inputOptions,
  ...widthOptions,
  widths: pathOption("A CSV with the widths of each layer: layer, activations, weights.").optional(),
  ...searchOptions,
});

/** `mapping network`: every layer of a network mapped, and what the network costs. */
export const networkJob = defineJob({
  name: "mapping network",
  summary: "Map a whole network onto an accelerator: energy and cycles of every layer, and in all.",
  description:
    "Takes the layers of an ONNX model (shapes inferred), of YAML or CSV files, or of a published network, searches equal ones once, and adds up. Layers that no mapping fits are listed with what to change.\n\nOperand widths may be given for the whole network (--activations, --weights) or for each layer (--widths); a layer's outputs are as wide as the next one's activations.",
  options,
  positional: ["files"],
  presets: {
    quick: {
      summary: "8-bit operands, and no layer for longer than two seconds or so.",
      options: { activations: 8, weights: 8, maxSteps: 2_000_000 },
    },
    standard: { summary: "What the options say; MobileNetV1 by default.", options: {} },
    paper: {
      summary: "MobileNetV1 as the mixed-precision study mapped it, on Eyeriss of 8-bit words, visited whole.",
      options: {
        network: "mobilenet-v1",
        paperCompatible: true,
        accelerator: "eyeriss-8",
        activations: 8,
        weights: 8,
        strategy: "exhaustive",
      },
    },
  },
  examples: [
    {
      command: "orrery mapping network model.onnx --accelerator eyeriss-8 --activations 8 --weights 4",
      explanation: "An ONNX model with 8-bit activations and 4-bit weights.",
    },
    { command: "orrery mapping network model.onnx,accelerator.yaml", explanation: "Your model on your accelerator." },
    {
      command: "orrery mapping network --network resnet50 --accelerator simba-16",
      explanation: "A published network.",
    },
  ],
  metrics: costMetricDeclarations,
  stepName: "layer",
  estimate: async (given) => (await import("./estimate.ts")).estimateNetwork(given),
  run: async (given, context) => {
    const { readInputs } = await import("./inputs.ts");
    const inputs = await readInputs("mapping network", given, "mobilenet-v1");
    for (const note of inputs.notes) context.note(note);
    const { mergeEqualLayers } = await import("../network.ts");
    const layers = mergeEqualLayers(await withWidths(inputs.layers, given.widths));
    const network = await mapAll(inputs, layers, given, context);
    return report(inputs, network, context);
  },
});

async function withWidths(layers: readonly NetworkLayer[], path: string | undefined): Promise<readonly NetworkLayer[]> {
  if (path === undefined) return layers;
  const { readWidthTable } = await import("../width-table.ts");
  const { quantizeLayers } = await import("../exploration.ts");
  return quantizeLayers(
    layers,
    await readWidthTable(
      path,
      layers.map((l) => l.problem.name),
    ),
  );
}

async function mapAll(
  inputs: MappingInputs,
  layers: readonly NetworkLayer[],
  given: z.output<typeof options>,
  context: JobContext,
): Promise<MappedLayers> {
  const { mapLayers } = await import("../network.ts");
  const { settingsOf } = await import("./search-settings.ts");
  const { runCache } = await import("./caches.ts");
  const keeper = new CheckpointKeeper<SearchCheckpoint>(context, "search");
  const resume = await keeper.load();
  const { strategy, ...settings } = settingsOf(given, inputs.search);
  const progress = (done: number, name: string) =>
    context.progress({
      done,
      total: layers.length,
      unit: "layers",
      label: `${inputs.source} on ${inputs.architecture.name}: ${name}`,
    });
  progress(0, layers[0].problem.name);
  try {
    return await mapLayers(layers, {
      ...{ architecture: inputs.architecture, constraintsFor: inputs.constraintsFor, ...settings },
      ...{
        strategy: strategy === "auto" ? "branch-and-bound" : strategy,
        workers: given.threads,
        signal: context.signal,
      },
      cache: runCache(context, given.cache),
      ...(given.maxSeconds === undefined ? {} : { maxSecondsPerLayer: given.maxSeconds }),
      ...(resume === undefined ? {} : { resume }),
      onCheckpoint: (take) => keeper.offer(take),
      onProgress: ({ done, parts }, index) =>
        progress(index, `${layers[index].problem.name}, ${Math.round((100 * done) / parts)} % of its space`),
      onLayer: (layer, index) => {
        context.metrics(index + 1, costMetrics(layer.evaluation));
        progress(index + 1, layer.problem.name);
      },
    });
  } finally {
    await keeper.flush();
  }
}

async function report(inputs: MappingInputs, network: MappedLayers, context: JobContext): Promise<Outcome> {
  const { architecture, source } = inputs;
  const { layers, unmapped } = network;
  const figures = await import("../report.ts");
  const missing = figures.unmappedFigure(unmapped);
  if (missing !== undefined) context.figure(missing);
  for (const layer of unmapped) context.warn(`${layer.problem.name}: ${layer.reason}. ${layer.remedy}`);
  if (layers.length === 0) {
    return {
      summary: `No layer of ${source} has a mapping on ${architecture.name}. ${unmapped[0].problem.name}: ${unmapped[0].reason}. ${unmapped[0].remedy}`,
      headlines: [{ label: "layers mapped", value: 0, note: `of ${unmapped.length}` }],
    };
  }
  context.figure(figures.layerTableFigure(network));
  context.figure(figures.networkEnergyFigure(network, architecture));
  context.figure(figures.networkCyclesFigure(network));
  const named = layers.map(({ problem, evaluation }) => ({ name: problem.name, evaluation }));
  context.figure(figures.rooflineFigure(named, architecture));
  for (const figure of [figures.gapFigure(network), figures.widthsFigure(layers)]) {
    if (figure !== undefined) context.figure(figure);
  }
  await keepFiles(inputs, network, context);
  return describe(inputs, network);
}

async function keepFiles({ architecture }: MappingInputs, network: MappedLayers, context: JobContext): Promise<void> {
  const { layerRows } = await import("../report.ts");
  const { tableCsv } = await import("../../../lab/figures/table-csv.ts");
  const { mappingFile } = await import("./report-mapping.ts");
  await context.artifact("layers.csv", tableCsv({ rows: layerRows(network) }), "Every layer's costs, and the totals.");
  const digits = String(network.layers.length).length;
  for (const [i, { problem, mapping }] of network.layers.entries()) {
    const name = `mappings/${String(i + 1).padStart(digits, "0")}-${problem.name.replaceAll(/[^\w.-]+/g, "-")}.yaml`;
    const yaml = mappingFile({ problem, mapping, architecture });
    await context.artifact(name, yaml, `The best mapping of ${problem.name}, for orrery mapping evaluate.`);
  }
}

function describe({ architecture, source }: MappingInputs, network: MappedLayers): Outcome {
  const { totals, layers, unmapped, searches } = network;
  const microjoules = totals.energyPicojoules / 1e6;
  const proven = layers.filter((l) => l.gap <= 0).length;
  const busy =
    layers.reduce((sum, l) => sum + l.count * l.evaluation.utilization * l.evaluation.cycles, 0) / totals.cycles;
  const left =
    unmapped.length === 0
      ? ""
      : ` ${unmapped.length === 1 ? "1 layer does not fit and is" : `${unmapped.length} layers do not fit and are`} left out.`;
  const different = layers.length === 1 ? "1 layer" : `${layers.length} different layers`;
  return {
    summary: `${source} on ${architecture.name}: ${microjoules.toPrecision(5)} µJ and ${totals.cycles.toLocaleString("en-US")} cycles over ${different}, ${proven} of them with a mapping that is proven best.${left}`,
    headlines: [
      { label: "energy", value: microjoules, unit: "µJ" },
      { label: "cycles", value: totals.cycles },
      {
        label: "sum of the layers' energy × cycles",
        value: totals.sumOfEnergyDelayProducts,
        unit: "J·cycle",
        note: "what published studies minimise",
      },
      { label: "network energy × cycles", value: totals.networkEnergyDelayProduct, unit: "J·cycle" },
      { label: "multiply–accumulates", value: totals.computes / 1e6, unit: "M" },
      { label: "utilisation", value: busy, isFraction: true },
      { label: "searches", value: searches, note: "equal layers are searched once" },
    ],
    next: [
      { command: "orrery mapping network … --activations 8 --weights 4", why: "What narrower weights save." },
      { command: "orrery mapping explore", why: "Which layers may have fewer bits than others." },
    ],
  };
}
