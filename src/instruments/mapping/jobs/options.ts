import { z } from "zod";
import { pathOption, seedOption } from "../../../lab/index.ts";

/** The accelerators that come with the instrument: design and word width in bits. */
export const acceleratorNames = [
  "eyeriss-16",
  "eyeriss-8",
  "eyeriss-8-wide",
  "eyeriss-32",
  "simba-16",
  "simba-8",
  "simba-32",
] as const;

/** Names as the command line has them, of what the library calls with blanks. */
export const metricNames = ["edp", "energy", "cycles", "last-level-accesses", "stored-bits"] as const;

const networkChoices = [
  "alexnet",
  "vgg16",
  "resnet18",
  "resnet50",
  "mobilenet-v1",
  "mobilenet-v2",
  "bert-base",
] as const;

/** What is mapped, and onto what. */
export const inputOptions = {
  files: z
    .array(pathOption("A file or a folder of YAML files.", "any"))
    .default([])
    .describe(
      "What to read: YAML (accelerator, problem or layers, constraints, mapping; Timeloop 0.3 and 0.4 or the compact form), folders of it, an ONNX model, a CSV of layers.",
    ),
  accelerator: z
    .enum(acceleratorNames)
    .optional()
    .describe("A built-in accelerator with its dataflow, where the files describe none; eyeriss-16 by default."),
  network: z.enum(networkChoices).optional().describe("A published network, where the files hold no layers."),
  shape: z
    .string()
    .optional()
    .describe(
      'One layer: "C=96 M=256 R=5 S=5 P=27 Q=27 stride=1", "inputs=4096 outputs=1000" or "M=64 N=64 K=64 batch=12".',
    ),
  paperCompatible: z
    .boolean()
    .default(false)
    .describe("Map grouped convolutions as dense ones, as the published mixed-precision study did."),
  sizes: z
    .record(z.string(), z.int().min(1))
    .default({})
    .describe("Sizes for the names in an ONNX model's input shapes, e.g. {batch: 1}; 1 where left out."),
};

/** How wide the operands are. */
export const widthOptions = {
  activations: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .meta({ unit: "bits" })
    .describe("Width of all activations; one to a word where left out."),
  weights: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .meta({ unit: "bits" })
    .describe("Width of all weights; one to a word where left out."),
};

/** How the space of mappings is searched. */
export const searchOptions = {
  metrics: z
    .array(z.enum(metricNames))
    .min(1)
    .optional()
    .describe(
      "What to minimise, first things first: edp, energy, cycles, last-level-accesses, stored-bits; edp by default.",
    ),
  strategy: z
    .enum(["auto", "branch-and-bound", "exhaustive", "random"])
    .optional()
    .describe("auto visits all of a space of up to 2 million cut-ups and bounds larger ones; random draws samples."),
  samples: z.int().min(1).default(2000).describe("Valid mappings that random draws."),
  maxSteps: z
    .int()
    .min(1)
    .optional()
    .describe(
      "Bounds the work of each search: cut-ups looked at, about a million a second; the answer stays reproducible.",
    ),
  maxSeconds: z
    .number()
    .positive()
    .optional()
    .meta({ unit: "s" })
    .describe("Bounds the time of each search; what it has found by then depends on the machine."),
  threads: z
    .int()
    .min(0)
    .max(64)
    .default(2)
    .describe("Worker threads for large spaces; the answer does not depend on them."),
  cache: pathOption(
    "A folder to keep answers in, shared by runs; keyed by everything that matters.",
    "folder",
  ).optional(),
  seed: seedOption(),
};
