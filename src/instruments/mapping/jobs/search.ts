import { z } from "zod";
import { defineJob, type JobContext, type Outcome } from "../../../lab/index.ts";
import type { SearchCheckpoint, SearchResult } from "../search.ts";
import type { SearchSpec } from "../search-task.ts";
import { CheckpointKeeper } from "./checkpoint-keeper.ts";
import { costHeadlines, costMetricDeclarations, costMetrics } from "./cost-metrics.ts";
import { inputOptions, searchOptions, widthOptions } from "./options.ts";

const options = z.strictObject({
  ...inputOptions,
  layer: z
    .string()
    .optional()
    .describe("The layer to map, by name or number from 1, where there are several; the first by default."),
  ...widthOptions,
  ...searchOptions,
});

/** `mapping search`: the best mapping of one layer on one accelerator. */
export const searchJob = defineJob({
  name: "mapping search",
  summary: "Find the best mapping of one layer on an accelerator, with a proof or the gap that is left.",
  description:
    "Cuts the layer's loops up over the accelerator's memories and meshes in every way that the dataflow allows, and evaluates energy and cycles with Timeloop's model, exact in every count.\n\nA mapping that is best of its whole space is said to be proven; where time or steps ran out, the gap to a proven bound is told. When no mapping fits, the report says which resource is too small, by how much, and what to change.",
  options,
  positional: ["files"],
  presets: {
    quick: { summary: "At most two million cut-ups are looked at.", options: { maxSteps: 2_000_000 } },
    standard: { summary: "What the options say; AlexNet's second layer by default.", options: {} },
  },
  examples: [
    {
      command: "orrery mapping search accelerator.yaml --layer conv2",
      explanation: "A layer of your file on your accelerator.",
    },
    {
      command:
        'orrery mapping search --accelerator simba-16 --shape "C=64 M=64 R=3 S=3 P=56 Q=56" --weights 4 --activations 8',
      explanation: "One convolution with 4-bit weights on Simba.",
    },
    {
      command: "orrery mapping search eyeriss.yaml,problem.yaml,constraints.yaml",
      explanation: "Timeloop's own files.",
    },
  ],
  metrics: costMetricDeclarations,
  estimate: async (given) => (await import("./estimate.ts")).estimateSearch(given),
  run: async (given, context) => {
    const { readInputs } = await import("./inputs.ts");
    const inputs = await readInputs("mapping search", given, "alexnet");
    for (const note of inputs.notes) context.note(note);
    const { chooseLayer } = await import("./choose-layer.ts");
    const problem = chooseLayer(inputs.layers, given.layer ?? (inputs.isFallback ? "conv2" : undefined), context);
    const { specOf } = await import("./search-settings.ts");
    const { architecture } = inputs;
    const spec = specOf({ problem, architecture, constraints: inputs.constraintsFor(problem) }, given, inputs.search);
    return report(spec, await runSearch(spec, given, context), context);
  },
});

async function runSearch(
  spec: SearchSpec,
  { threads, maxSeconds }: z.output<typeof options>,
  context: JobContext,
): Promise<SearchResult> {
  const { search } = await import("../search.ts");
  const keeper = new CheckpointKeeper<SearchCheckpoint>(context, "search");
  const resume = await keeper.load();
  const label = `${spec.strategy} of ${spec.problem.name} on ${spec.architecture.name}`;
  try {
    return await search(spec, {
      workers: threads,
      signal: context.signal,
      ...(maxSeconds === undefined ? {} : { maxSeconds }),
      ...(resume === undefined ? {} : { resume }),
      onCheckpoint: (take) => keeper.offer(take),
      onProgress: ({ done, parts, bestValue }) => {
        const best = Number.isFinite(bestValue)
          ? `, best ${spec.metrics?.[0] ?? "edp"} ${bestValue.toPrecision(5)}`
          : "";
        context.progress({ done, total: parts, unit: "parts", label: label + best });
      },
    });
  } finally {
    await keeper.flush();
  }
}

async function report(spec: SearchSpec, result: SearchResult, context: JobContext): Promise<Outcome> {
  const { coverageFigure, invalidFigure } = await import("../report.ts");
  const { reportMapping } = await import("./report-mapping.ts");
  const { best, gap, lowerBound } = result;
  if (best !== null) {
    const { mapping, evaluation } = best;
    await reportMapping(context, { problem: spec.problem, architecture: spec.architecture, mapping, evaluation });
    context.metrics(1, costMetrics(evaluation));
  }
  await reportFront(spec, result, context);
  for (const figure of [coverageFigure(result), invalidFigure(result)])
    if (figure !== undefined) context.figure(figure);
  if (best === null) return explainNothing(spec, result, context);
  const proof =
    gap === 0 ? "proven best of its space" : `at most ${Number((100 * gap).toPrecision(2))} % above the bound`;
  return {
    summary: `The best mapping of ${spec.problem.name} on ${spec.architecture.name} takes ${(best.energyPicojoules / 1e6).toPrecision(5)} µJ and ${best.cycles.toLocaleString("en-US")} cycles; it is ${proof}.`,
    headlines: [
      ...costHeadlines(best.evaluation),
      {
        label: "optimality gap",
        value: Math.max(0, gap),
        isFraction: true,
        note: gap === 0 ? "proven" : `bound ${lowerBound.toPrecision(5)}`,
      },
    ],
    next: [
      {
        command: "orrery mapping search … --weights 4 --activations 8",
        why: "Narrower operands: what would they save?",
      },
      { command: "orrery mapping network --network mobilenet-v1", why: "A whole network instead of one layer." },
    ],
  };
}

/** The front as a chart and a table, and some of its mappings drawn and as files. */
async function reportFront(spec: SearchSpec, result: SearchResult, context: JobContext): Promise<void> {
  const { frontMappingsFigure, paretoFigure, shownMappings } = await import("../report.ts");
  const { tableCsv } = await import("../../../lab/figures/table-csv.ts");
  const { mappingFile } = await import("./report-mapping.ts");
  const pareto = paretoFigure(result);
  if (pareto === undefined) return;
  context.figure(pareto);
  const told = "The front: mappings that no other beats in energy, cycles and stored bits.";
  await context.artifact("front.csv", tableCsv(pareto.table), told);
  const drawn = frontMappingsFigure(spec, result);
  if (drawn === undefined) return;
  context.figure(drawn);
  for (const [i, { mapping }] of shownMappings(result).entries()) {
    const yaml = mappingFile({ ...spec, mapping });
    await context.artifact(
      `front/${i + 1}.yaml`,
      yaml,
      `Mapping ${i + 1} along the front, for orrery mapping evaluate.`,
    );
  }
}

/** The outcome when no mapping fits: the cause, the nearest miss and what to change. */
async function explainNothing(spec: SearchSpec, result: SearchResult, context: JobContext): Promise<Outcome> {
  const { explainNoMapping } = await import("../explanation.ts");
  const { describeRemedies, findRemedies } = await import("../remedies.ts");
  const reason = explainNoMapping(spec, result.invalid);
  const remedy = describeRemedies(findRemedies(spec, result.invalid));
  context.warn(`${spec.problem.name}: ${reason}`);
  return {
    summary: `${spec.problem.name} on ${spec.architecture.name}: ${reason}. ${remedy}`,
    headlines: [
      {
        label: "mappings that fit",
        value: 0,
        note: `of ${result.tried.toLocaleString("en-US")} ways to cut the loops up`,
      },
    ],
    next: [
      {
        command: "orrery mapping search … --weights 4 --activations 4",
        why: "Narrower operands need less room; the report says which sizes are too small.",
      },
    ],
  };
}
