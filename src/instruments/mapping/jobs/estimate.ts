import { stat } from "node:fs/promises";
import type { z } from "zod";
import type { JobEstimate } from "../../../lab/index.ts";
import { Mapspace } from "../mapspace.ts";
import { mergeEqualLayers, type NetworkLayer } from "../network.ts";
import { explorationInputs } from "./exploration-inputs.ts";
import type { MappingInputs } from "./inputs.ts";
import { type InputOptions, readInputs } from "./inputs.ts";
import type { searchOptions } from "./options.ts";
import { settingsOf, specOf } from "./search-settings.ts";

type SearchOptions = z.output<z.ZodObject<typeof searchOptions>>;

/**
 * Seconds of one processor of an AMD EPYC, measured over layers of AlexNet, MobileNetV1, ResNet-50 and the shipped network on Eyeriss and
 * Simba: of a run, of a search at least, of a cut-up that is visited, and of a drawn mapping.
 */
const costs = { run: 0.7, search: 0.02, exhaustive: 5e-7, bounded: 1.5e-7, sample: 5e-5 } as const;

/** Above this, bounds cut off so much that the time grows with the root of a space only. */
const rootFrom = 1e6;
/** How long bounds take in spaces above this is not known. */
const largestKnown = 1e9;
/** Spaces above this are searched by several threads. */
const sharedFrom = 4e5;

/** What a search of one layer takes; undefined where nobody knows. */
function searchSeconds(
  inputs: MappingInputs,
  { problem }: NetworkLayer,
  options: SearchOptions,
  isAlone: boolean,
): number | undefined {
  const { architecture, search } = inputs;
  const constraints = inputs.constraintsFor(problem);
  const settings = settingsOf(options, search);
  const { strategy } = isAlone ? specOf({ problem, architecture, constraints }, options, search) : settings;
  const space = new Mapspace(problem, architecture, constraints);
  const cuts = Number(space.factorizationCount * BigInt(space.storages.length));
  const steps = Math.min(cuts, settings.maxSteps ?? Number.POSITIVE_INFINITY);
  const most = options.maxSeconds ?? Number.POSITIVE_INFINITY;
  if (strategy === "random") return costs.search + (settings.samples ?? 2000) * costs.sample;
  const threads = cuts > sharedFrom ? Math.min(2, Math.max(1, options.threads)) : 1;
  if (strategy === "exhaustive") return Math.min(most, costs.search + (steps * costs.exhaustive) / threads);
  if (cuts > largestKnown && settings.maxSteps === undefined)
    return most === Number.POSITIVE_INFINITY ? undefined : most;
  const visited = Math.min(cuts, rootFrom) * Math.sqrt(Math.max(1, cuts / rootFrom));
  const bounded = (visited * costs.bounded) / threads;
  // Looking at a step takes about a microsecond where bounds cut nothing off.
  return Math.min(most, costs.search + Math.min(bounded, (steps * 1e-6) / threads));
}

/** Bytes of files that are read for an estimate: it is made anew while a form is filled in. */
const mostBytes = 2e7;

async function areSmall(files: readonly string[]): Promise<boolean> {
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0) <= mostBytes;
}

/** The sum; undefined where one is. */
const sumOf = (list: readonly (number | undefined)[]): number | undefined =>
  list.reduce<number | undefined>((sum, x) => (sum === undefined || x === undefined ? undefined : sum + x), 0);

const estimateOf = (seconds: number | undefined): JobEstimate =>
  seconds === undefined ? {} : { seconds: costs.run + seconds };

/** What `mapping search` is likely to take, by the exact size of the layer's space. */
export async function estimateSearch(
  options: InputOptions & SearchOptions & { readonly layer?: string | undefined },
): Promise<JobEstimate> {
  if (!(await areSmall(options.files))) return {};
  const inputs = await readInputs("mapping search", options, "alexnet");
  const wanted = options.layer ?? (inputs.isFallback ? "conv2" : undefined);
  const layer = inputs.layers.find(({ problem }, i) => problem.name === wanted || String(i + 1) === wanted);
  return estimateOf(searchSeconds(inputs, layer ?? inputs.layers[0], options, true));
}

/** What `mapping network` is likely to take: equal layers are searched once. */
export async function estimateNetwork(options: InputOptions & SearchOptions): Promise<JobEstimate> {
  if (!(await areSmall(options.files))) return {};
  const inputs = await readInputs("mapping network", options, "mobilenet-v1");
  const layers = mergeEqualLayers(inputs.layers);
  return estimateOf(sumOf(layers.map((layer) => searchSeconds(inputs, layer, options, false))));
}

/** What `mapping explore` needs beside. */
interface ExploreOptions extends InputOptions, Omit<SearchOptions, "metrics"> {
  readonly accuracies?: string | undefined;
  readonly bits: readonly number[];
  readonly populationSize: number;
  readonly generations: number;
  readonly maxEvaluations?: number | undefined;
}

/** Settings that are evaluated before the first generation. */
const firstSettings = 25;

/** What `mapping explore` is likely to take: a layer is searched once for each three widths that generations come to. */
export async function estimateExplore(options: ExploreOptions): Promise<JobEstimate> {
  if (!(await areSmall(options.files))) return {};
  const { inputs } = await explorationInputs(options);
  const { populationSize, generations, maxEvaluations = Number.POSITIVE_INFINITY } = options;
  const settings = Math.min(maxEvaluations, firstSettings + populationSize * generations);
  const packed = new Set(options.bits.map((bits) => Math.floor(16 / bits))).size ** 3;
  const searches = packed * (1 - Math.exp(-settings / (6 * packed)));
  const each = sumOf(
    inputs.layers.map((layer) => searchSeconds(inputs, layer, { ...options, metrics: undefined }, false)),
  );
  return estimateOf(each === undefined ? undefined : searches * each);
}
