import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { z } from "zod";
import { OrreryError } from "../../../errors.ts";
import type { Architecture } from "../architecture.ts";
import { type LevelConstraint, restrictConstraints } from "../constraints.ts";
import { type Design, eyeriss, simba } from "../designs.ts";
import { readLayerTable } from "../layer-table.ts";
import type { Mapping } from "../mapping.ts";
import type { NetworkLayer } from "../network.ts";
import { type NetworkName, publishedNetwork } from "../networks.ts";
import { type Problem, withBits } from "../problem.ts";
import { type Description, type DescriptionContext, readDescription } from "../yaml/description.ts";
import type { YamlSource } from "../yaml/reader.ts";
import type { acceleratorNames, inputOptions, widthOptions } from "./options.ts";

type Accelerator = (typeof acceleratorNames)[number];

/** The options that say what is mapped onto what. */
export type InputOptions = z.output<z.ZodObject<typeof inputOptions & typeof widthOptions>>;

/** What a job works on. */
export interface MappingInputs {
  readonly architecture: Architecture;
  readonly constraintsFor: (problem: Problem) => readonly LevelConstraint[];
  /** In the network's order, equal ones apart. */
  readonly layers: readonly NetworkLayer[];
  /** Whether nothing named layers, so that they are those of the fallback. */
  readonly isFallback: boolean;
  /** What the layers are called together: a file, a network. */
  readonly source: string;
  readonly mapping?: Mapping;
  readonly search: Description["search"];
  readonly notes: readonly string[];
}

const builtIn: Readonly<Record<Accelerator, () => Design>> = {
  "eyeriss-16": () => eyeriss(16),
  "eyeriss-8": () => eyeriss(8),
  "eyeriss-8-wide": () => eyeriss(8, { wideBandwidth: true }),
  "eyeriss-32": () => eyeriss(32),
  "simba-16": () => simba(16),
  "simba-8": () => simba(8),
  "simba-32": () => simba(32),
};

/**
 * Reads what the options name. Without layers among the files, those of `fallback` are taken.
 * @throws OrreryError `format` or `argument` for what cannot be read, or for two answers to one question.
 */
export async function readInputs(job: string, options: InputOptions, fallback: NetworkName): Promise<MappingInputs> {
  const paths = (await Promise.all(options.files.map(listFiles))).flat();
  const found = await readFiles(paths, options);
  const design = builtIn[options.accelerator ?? "eyeriss-16"]();
  const given = [...found.layers];
  const problem = given[0]?.problem;
  const context: DescriptionContext = { architecture: design.architecture, ...(problem && { problem }) };
  const description = readDescription(found.yaml, context);
  const chosen = [...given, ...description.layers];
  const isOne = [chosen.length > 0, options.network !== undefined].filter(Boolean).length;
  if (isOne > 1) {
    throw new OrreryError(
      "argument",
      `${job}: expected one source of layers; got ${chosen.length} from files and network ${options.network}`,
      {
        hint: "Leave out --network, or the files with layers.",
      },
    );
  }
  if (description.architecture !== undefined && options.accelerator !== undefined) {
    throw new OrreryError(
      "argument",
      `${job}: expected one accelerator; got ${description.architecture.name} from files and ${options.accelerator}`,
      { hint: "Leave out --accelerator, or the file with the other one." },
    );
  }
  const network = options.network ?? fallback;
  const { paperCompatible } = options;
  const layers = chosen.length > 0 ? chosen : publishedNetwork(network, { paperCompatible });
  return {
    ...hardwareOf(description, design),
    layers: applyWidths(layers, options),
    isFallback: isOne === 0,
    source: chosen.length > 0 ? sourceOf(paths, options) : network,
    ...(description.mapping && { mapping: description.mapping }),
    search: description.search,
    notes: [...found.notes, ...description.notes],
  };
}

/** The files' accelerator and constraints, or the built-in ones; constraints of the files replace a built-in dataflow. */
function hardwareOf(description: Description, design: Design): Pick<MappingInputs, "architecture" | "constraintsFor"> {
  const { architecture, constraints } = description;
  if (architecture === undefined && constraints.length === 0) return design;
  return {
    architecture: architecture ?? design.architecture,
    constraintsFor: (problem) => restrictConstraints(constraints, problem),
  };
}

/** Outputs are as wide as the activations they become. */
function applyWidths(layers: readonly NetworkLayer[], { activations, weights }: InputOptions): NetworkLayer[] {
  return layers.map(({ problem, count }) => ({
    count,
    problem: withBits(problem, { Inputs: activations, Outputs: activations, Weights: weights }),
  }));
}

function sourceOf(paths: readonly string[], { shape }: InputOptions): string {
  const model = paths.find((path) => extname(path) === ".onnx") ?? paths[0];
  return shape ?? (model === undefined ? "layers" : basename(model).replace(/\.[a-z]+$/i, ""));
}

/** A file itself, or the YAML files of a folder and its subfolders in the order of their names. */
async function listFiles(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) {
    throw new OrreryError("not-found", `${path}: expected a file or a folder; nothing is there`);
  }
  if (!info.isDirectory()) return [path];
  const names = (await readdir(path, { recursive: true })).filter((name) => /\.ya?ml$/i.test(name)).sort();
  if (names.length > 0) return names.map((name) => join(path, name));
  throw new OrreryError("not-found", `${path}: expected YAML files in the folder; got none`);
}

async function readFiles(
  paths: readonly string[],
  options: InputOptions,
): Promise<{ yaml: YamlSource[]; layers: NetworkLayer[]; notes: string[] }> {
  const yaml: YamlSource[] = options.shape === undefined ? [] : [shapeSource(options.shape)];
  const layers: NetworkLayer[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const extension = extname(path).toLowerCase();
    if (extension === ".onnx") {
      const { layersOfModel } = await import("../onnx-layers.ts");
      const { sizes, paperCompatible } = options;
      const bytes = await readFile(path);
      const model = inFile(path, () => layersOfModel(bytes, { sizes, paperCompatible, keepEqual: true }));
      layers.push(...model.layers);
      notes.push(...model.notes.map((note) => `${basename(path)}: ${note}`));
    } else if (extension === ".csv" || extension === ".tsv") layers.push(...(await readLayerTable(path)));
    else if (extension === ".yaml" || extension === ".yml") {
      yaml.push({ name: path, text: await readFile(path, "utf8") });
    } else {
      throw new OrreryError("format", `${path}: expected a file called .yaml, .yml, .onnx or .csv`);
    }
  }
  return { yaml, layers, notes };
}

/** What `read` answers, its mistakes told with the file's name. */
function inFile<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OrreryError)) throw error;
    const { code, message, hint, cause } = error;
    throw new OrreryError(code, `${path}: ${message}`, { cause, ...(hint === undefined ? {} : { hint }) });
  }
}

/** `C=96 M=256 …` as a layer of the compact form, whose reader checks it. */
function shapeSource(shape: string): YamlSource {
  const fields = shape
    .trim()
    .split(/[\s,]+/)
    .map((part) => part.replace(/\s*=\s*/, ": "));
  return { name: "--shape", text: `layers: [{ ${fields.join(", ")} }]` };
}
