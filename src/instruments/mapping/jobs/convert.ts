import { z } from "zod";
import { defineJob } from "../../../lab/index.ts";
import type { NetworkLayer } from "../network.ts";
import { inputOptions, widthOptions } from "./options.ts";

const options = z.strictObject({
  ...inputOptions,
  ...widthOptions,
  to: z
    .enum(["timeloop", "compact"])
    .default("timeloop")
    .describe(
      "timeloop writes version 0.3 files, one problem for each different layer; compact writes our short form.",
    ),
});

/** `mapping convert`: a network and an accelerator in Timeloop's form or in ours. */
export const convertJob = defineJob({
  name: "mapping convert",
  summary: "Write an accelerator and a network as Timeloop's YAML, or Timeloop's as the compact form.",
  description:
    "Takes what mapping network takes. Files for Timeloop: accelerator.yaml with its energy table, the dataflow for each kind of layer, and problems/ with one file for each different layer of the network.",
  options,
  positional: ["files"],
  presets: { quick: { summary: "What the options say; AlexNet and Eyeriss by default.", options: {} } },
  examples: [
    {
      command: "orrery mapping convert model.onnx --accelerator simba-16",
      explanation: "The layers of a model as Timeloop's problems.",
    },
    {
      command: "orrery mapping convert arch.yaml,prob.yaml,constraints.yaml --to compact",
      explanation: "Timeloop's files in the short form.",
    },
  ],
  run: async (given, context) => {
    const { readInputs } = await import("./inputs.ts");
    const inputs = await readInputs("mapping convert", given, "alexnet");
    for (const note of inputs.notes) context.note(note);
    const { mergeEqualLayers } = await import("../network.ts");
    const { architecture, constraintsFor } = inputs;
    const layers = mergeEqualLayers(inputs.layers);
    const files: [string, string, string][] = [];
    const { writeTimeloopArchitecture, writeTimeloopConstraints, writeTimeloopProblem } = await import(
      "../yaml/write-timeloop.ts"
    );
    const problems = layers.map(({ problem, count }, i): [string, string, string] => {
      const number = String(i + 1).padStart(String(layers.length).length, "0");
      const name = `problems/${number}-${problem.name.replaceAll(/[^\w.-]+/g, "-")}.yaml`;
      return [
        name,
        writeTimeloopProblem(problem),
        `${problem.name}, ${count === 1 ? "once" : `${count} times`} in the network.`,
      ];
    });
    if (given.to === "timeloop") {
      files.push(["accelerator.yaml", writeTimeloopArchitecture(architecture), "The accelerator and its energies."]);
      files.push(...problems);
      for (const { problem } of oneOfEachKind(layers)) {
        const constraints = constraintsFor(problem);
        if (constraints.length === 0) continue;
        const dimensions = problem.dimensions.join("");
        const text = writeTimeloopConstraints(constraints, problem, architecture);
        files.push([`constraints-${dimensions}.yaml`, text, `The dataflow of problems over ${dimensions}.`]);
      }
    } else {
      const { writeCompactAccelerator, writeCompactConstraints, writeCompactLayers } = await import(
        "../yaml/write-compact.ts"
      );
      files.push(["accelerator.yaml", writeCompactAccelerator(architecture), "The accelerator and its energies."]);
      const text = writeCompactLayers(layers);
      if (text !== undefined) files.push(["layers.yaml", text, "The network's different layers."]);
      else {
        context.warn(
          "Some layers are neither convolutions of one stride nor matrix products: they are written as Timeloop's problems.",
        );
        files.push(...problems);
      }
      const kinds = oneOfEachKind(layers).map((l) => l.problem);
      const constraints = constraintsFor(kinds.reduce((a, b) => (b.dimensions.length > a.dimensions.length ? b : a)));
      if (constraints.length > 0) {
        files.push(["constraints.yaml", writeCompactConstraints(constraints), "The dataflow."]);
      }
    }
    for (const [name, text, description] of files) await context.artifact(name, text, description);
    context.figure({
      name: "files",
      title: "What was written",
      summary: `${files.length} files for ${inputs.source} on ${architecture.name}, in the run's artifacts.`,
      drawing: { kind: "table" },
      table: { rows: files.map(([file, text, what]) => ({ file, what, lines: text.trimEnd().split("\n").length })) },
    });
    return {
      summary: `${inputs.source} on ${architecture.name}: ${files.length} files in ${given.to === "timeloop" ? "Timeloop's" : "the compact"} form, below artifacts/ of the run.`,
      headlines: [{ label: "layers", value: layers.length, note: `${inputs.layers.length} in the network` }],
    };
  },
});

/** The first layer of each set of dimensions: grouped layers have one more than others. */
function oneOfEachKind(layers: readonly NetworkLayer[]): NetworkLayer[] {
  const kinds = layers.map((l) => l.problem.dimensions.join());
  return layers.filter((_, i) => kinds.indexOf(kinds[i]) === i);
}
