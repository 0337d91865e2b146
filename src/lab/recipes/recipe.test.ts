import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AnyJob, defineJob } from "../job.ts";
import { pathOption } from "../options.ts";
import { parseRecipe } from "./recipe.ts";
import { writeRecipe } from "./recipe-text.ts";
import { presetLayer, resolveOptions } from "./resolve-options.ts";

const network = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("mlp"), widths: z.array(z.int().min(1)).default([64]).describe("Widths.") }),
  z.strictObject({ kind: z.literal("resnet"), depth: z.int().default(8).describe("Depth.") }),
]);

const job = defineJob({
  name: "test train",
  summary: "Trains.",
  options: z.strictObject({
    data: pathOption("The table.").optional(),
    extra: z.array(pathOption("A table.")).default([]).describe("More tables."),
    rate: z.number().gt(0).lt(1).default(0.4).describe("Noise rate."),
    activation: z.enum(["relu", "gelu"]).default("relu").describe("Activation."),
    network: network.default({ kind: "mlp", widths: [64] }).describe("Network."),
    optimizer: z
      .strictObject({
        kind: z.enum(["sgd", "adam"]).default("sgd").describe("Kind."),
        momentum: z.number().default(0.9).describe("Momentum."),
      })
      .prefault({})
      .describe("Optimiser."),
    method: z
      .union([z.enum(["elr", "gce"]), z.strictObject({ name: z.literal("elr"), lambda: z.number() })])
      .default("elr")
      .describe("Method."),
  }),
  presets: {
    standard: { summary: "as is", options: {} },
    quick: { summary: "few", options: { rate: 0.2, optimizer: { momentum: 0.5 } } },
  },
  run: async () => ({ summary: "Done.", headlines: [] }),
}) as unknown as AnyJob;

const flags = (values: Record<string, unknown>) => ({
  values,
  folder: "/here",
  locate: (path: readonly (string | number)[]) => `--${path.join(".")}`,
});

describe("recipes", () => {
  it("puts flags over the file over the preset over defaults, and tells where each value came from", () => {
    const recipe = parseRecipe(
      "lab/recipe.yaml",
      "job: test train\noptions:\n  data: a.csv\n  rate: 0.3\n  extra: [b.csv]\n  optimizer: { momentum: 0.8 }\n",
    );
    const { options, origins } = resolveOptions(job, [
      ...presetLayer(job, "quick"),
      recipe.layer,
      flags({ optimizer: { kind: "adam" }, data: "c.csv" }),
    ]);
    expect(options).toMatchObject({ data: "/here/c.csv", rate: 0.3, optimizer: { kind: "adam", momentum: 0.8 } });
    expect((options.extra as string[])[0]).toMatch(/\/lab\/b\.csv$/);
    expect(origins).toEqual({
      data: "--data",
      rate: "lab/recipe.yaml:4:9",
      "optimizer.kind": "--optimizer.kind",
      "optimizer.momentum": "lab/recipe.yaml:6:26",
      extra: "lab/recipe.yaml:5:10",
    });
    const text = writeRecipe(job.name, { preset: "quick" }, { options, origins });
    expect(text).toContain("rate: 0.3 # lab/recipe.yaml:4:9");
    const again = parseRecipe("/tmp/recipe.yaml", text);
    expect(resolveOptions(job, [again.layer]).options).toEqual(options);
  });

  it("replaces a choice of another kind whole", () => {
    const { options } = resolveOptions(job, [
      flags({ network: { kind: "mlp", widths: [3] } }),
      flags({ network: { kind: "resnet" } }),
    ]);
    expect(options.network).toEqual({ kind: "resnet", depth: 8 });
  });

  it("names every mistake of the options at once, with line and column and what was probably meant", () => {
    const text = `job: test train
options:
  rate: 3
  activation: rellu
  optimiser: { momentum: 1 }
  optimizer: { kind: adm, momentun: 2 }
  network: { kind: mlp, widths: [0, a], depth: 3 }
  method: elrr
  extra: none
`;
    const { layer } = parseRecipe("recipe.yaml", text);
    expect(() => resolveOptions(job, [layer])).toThrowErrorMatchingInlineSnapshot(`
      [OrreryError: recipe.yaml:3:9 rate: expected below 1; got 3
      recipe.yaml:4:15 activation: expected one of "relu", "gelu"; got "rellu". Did you mean "relu"?
      recipe.yaml:5:3 optimiser: unknown option. Did you mean "optimizer"?
      recipe.yaml:6:22 optimizer.kind: expected one of "sgd", "adam"; got "adm". Did you mean "adam"?
      recipe.yaml:6:27 optimizer.momentun: unknown option. Did you mean "momentum"?
      recipe.yaml:7:34 network.widths.0: expected at least 1; got 0
      recipe.yaml:7:37 network.widths.1: expected a number; got "a"
      recipe.yaml:7:41 network.depth: not an option of this choice
      recipe.yaml:8:11 method: expected one of "elr", "gce", a map; got "elrr". Did you mean "elr"?
      recipe.yaml:9:10 extra: expected a list; got "none"]
    `);
  });

  it("names every mistake of the recipe itself", () => {
    expect(() =>
      parseRecipe("r.yaml", "jop: x\nsweep:\n  grid: { rate: [] }\n  trials: 0\n"),
    ).toThrowErrorMatchingInlineSnapshot(`
      [OrreryError: r.yaml:1:1 job: expected a text; it is missing
      r.yaml:3:17 sweep.grid.rate: expected at least 1 items; got 0
      r.yaml:4:11 sweep.trials: expected at least 1; got 0
      r.yaml:1:1 jop: unknown option. Did you mean "job"?]
    `);
    expect(() => parseRecipe("r.yaml", "job: [a\noptions: }")).toThrowErrorMatchingInlineSnapshot(`
      [OrreryError: r.yaml:2:1 flow sequence in block collection must be sufficiently indented and end with a ]
      r.yaml:2:10 unexpected flow-map-end token in YAML stream: "}"]
    `);
    expect(() => parseRecipe("r.yaml", "")).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: r.yaml job: expected a text; it is missing]`,
    );
  });

  it("says which method with its own settings was wrong where", () => {
    const layer = flags({ method: { name: "elr", lamda: 3 } });
    expect(() => resolveOptions(job, [layer])).toThrowErrorMatchingInlineSnapshot(
      `
      [OrreryError: --method lambda: expected a number; it is missing
      --method.lamda: unknown option. Did you mean "lambda"?]
    `,
    );
  });
});
