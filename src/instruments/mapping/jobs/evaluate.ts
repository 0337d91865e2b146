import { z } from "zod";
import { defineJob } from "../../../lab/index.ts";
import { costHeadlines, costMetricDeclarations, costMetrics } from "./cost-metrics.ts";
import { inputOptions, widthOptions } from "./options.ts";

const options = z.strictObject({ ...inputOptions, ...widthOptions });

/** `mapping evaluate`: what a given mapping costs. */
export const evaluateJob = defineJob({
  name: "mapping evaluate",
  summary: "Say what a given mapping costs: every count, energy and cycles, drawn.",
  description:
    "Reads Timeloop's mapping YAML (targets with factors, permutation and split, outermost or innermost first) beside the problem, and an accelerator among the files or built in. A mapping that does not fit is refused with every reason.",
  options,
  positional: ["files"],
  presets: {
    quick: { summary: "A shipped mapping of AlexNet's second layer on Eyeriss.", options: {} },
  },
  examples: [
    {
      command: "orrery mapping evaluate mapping.yaml --accelerator eyeriss-16",
      explanation: "A mapping that orrery mapping search wrote.",
    },
    {
      command: "orrery mapping evaluate eyeriss.yaml,problem.yaml,map.yaml --weights 4",
      explanation: "Timeloop's files, with 4-bit weights.",
    },
  ],
  metrics: costMetricDeclarations,
  run: async (given, context) => {
    const { OrreryError } = await import("../../../errors.ts");
    const { readInputs } = await import("./inputs.ts");
    const { shippedPath } = await import("./shipped.ts");
    const files = given.files.length > 0 ? given.files : [shippedPath("alexnet-conv2-on-eyeriss.yaml")];
    const inputs = await readInputs("mapping evaluate", { ...given, files }, "alexnet");
    for (const note of inputs.notes) context.note(note);
    const { mapping, architecture, layers } = inputs;
    if (mapping === undefined) {
      throw new OrreryError("argument", "mapping evaluate: expected a mapping among the files; got none", {
        hint: "Add a YAML file with a mapping: section, or look for one with orrery mapping search.",
      });
    }
    const { evaluate } = await import("../evaluation.ts");
    const { reportMapping } = await import("./report-mapping.ts");
    const [{ problem }] = layers;
    const evaluation = evaluate(problem, architecture, mapping);
    await reportMapping(context, { problem, architecture, mapping, evaluation });
    context.metrics(1, costMetrics(evaluation));
    const { energyPicojoules, cycles } = evaluation;
    return {
      summary: `This mapping of ${problem.name} on ${architecture.name} takes ${(energyPicojoules / 1e6).toPrecision(5)} µJ and ${cycles.toLocaleString("en-US")} cycles.`,
      headlines: costHeadlines(evaluation),
      next: [{ command: "orrery mapping search …", why: "The best mapping of the same problem, to compare it with." }],
    };
  },
});
