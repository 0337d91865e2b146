import { z } from "zod";
import { defineJob, seedOption } from "../../../lab/index.ts";
import { guideOption, inputOptions, noiseOption } from "./input-options.ts";

/** `labels synthesize`: noisy labels whose truth is known. */
export const synthesizeJob = defineJob({
  name: "labels synthesize",
  summary: "Put realistic or classic label noise on a data set whose labels are right, and measure it.",
  description:
    "Realistic noise is made after labels that people gave (CIFAR-10N): it meets their transition matrix exactly, and how far wrong labels come in neighbourhoods closely. The guide's statistics come with the package. Nominal and realised rates are both told, for they differ.\n\nThe labels are saved with a SHA-256, so that two people can tell whether they have the same ones.",
  options: z.strictObject({
    ...inputOptions,
    noise: noiseOption
      .default("realistic")
      .describe(
        "A kind of noise that takes --rate, or a map with settings of its own: { kind: annotators, annotators: [{ type: hammer }, { type: spammer }] }.",
      ),
    rate: z.number().min(0).max(1).default(0.4).describe("The part of wrong labels."),
    guide: guideOption,
    seed: seedOption(),
  }),
  positional: ["data"],
  presets: {
    quick: { summary: "30 % realistic noise", options: { rate: 0.3 } },
    standard: { summary: "40 % realistic noise, the rate of its guide", options: {} },
  },
  examples: [
    { command: "orrery labels synthesize", explanation: "Realistic noise on the shipped digits." },
    {
      command: "orrery labels synthesize images/ --noise pair --rate 0.45",
      explanation: "Pair noise on a folder of images.",
    },
  ],
  async run(options, context) {
    const [
      { key },
      { putNoise, readInput, reportRejected },
      { dependenceFigure, noiseFigures },
      { flipSheet, writeNoise },
    ] = await Promise.all([
      import("../../../engine/index.ts"),
      import("./input.ts"),
      import("../reports/noise.ts"),
      import("./noise-output.ts"),
    ]);
    const data = await readInput(options);
    await reportRejected(data, context);
    const made = await putNoise(data.dataset, options, key(options.seed), context);
    for (const figure of noiseFigures(made)) context.figure(figure);
    if (made.realism !== undefined) {
      const { guide, wanted, realized, matrixOnly, instanceDependent } = made.realism;
      const measured = {
        [guide]: wanted,
        "these labels": realized,
        "same matrix alone": matrixOnly,
        "instance-dependent (Xia 2020)": instanceDependent,
      };
      for (const figure of dependenceFigure(measured)) context.figure(figure);
    }
    await flipSheet(data.dataset, made, context);
    const hash = await writeNoise(made, options, context);
    for (const note of made.notes) context.warn(note);
    const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
    const asked = made.nominalRate === null ? "" : `; ${percent(made.nominalRate)} were asked for`;
    return {
      summary: `${made.labels.length} labels of ${data.name}, ${percent(made.realizedRate)} of them wrong${asked}. SHA-256 of the arrays: ${hash.slice(0, 16)}…`,
      headlines: [
        {
          label: "wrong labels",
          value: made.realizedRate,
          isFraction: true,
          note: made.nominalRate === null ? undefined : `nominal ${percent(made.nominalRate)}`,
        },
        ...(made.realism?.realized?.concentration == null
          ? []
          : [
              {
                label: "concentration",
                value: made.realism.realized.concentration,
                note: `the guide's: ${made.realism.wanted.concentration?.toFixed(3) ?? "unknown"}`,
              },
            ]),
      ],
      next: [{ command: "orrery labels benchmark", why: "compares training methods on such noise." }],
    };
  },
});
