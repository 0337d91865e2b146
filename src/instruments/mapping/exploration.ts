import type { Key } from "../../engine/random/key.ts";
import { OrreryError } from "../../errors.ts";
import { type Individual, type Nsga2State, paretoFront, runNsga2 } from "../../math/nsga2.ts";
import { hypervolume } from "../../math/pareto.ts";
import {
  type AccuracyEvaluator,
  type BitSetting,
  fitSensitivity,
  type Measurement,
  predictAccuracy,
} from "./accuracy.ts";
import { type MappingCache, memoryCache } from "./cache.ts";
import { definedOnly, mapNetwork, type NetworkLayer, type NetworkOptions, type NetworkTotals } from "./network.ts";
import { canonicalBits } from "./packing.ts";
import { WorkerPool } from "./parallel.ts";
import { withBits } from "./problem.ts";

/** What the hardware side of an exploration minimises. */
export type NetworkMetric = "sum of edp" | "network edp" | "energy" | "cycles";

/** How widths are explored. */
export interface ExplorationOptions extends Omit<NetworkOptions, "resume" | "onCheckpoint" | "onProgress" | "onLayer"> {
  readonly accuracy: AccuracyEvaluator;
  readonly key: Key;
  readonly metric?: NetworkMetric;
  /** Widths a gene may take; 2…8 by default, those that pack alike merged into the widest. */
  readonly bits?: readonly number[];
  readonly populationSize?: number;
  readonly generations?: number;
  readonly maxEvaluations?: number;
  /** Called after each evaluated setting with how many there are. */
  readonly onEvaluated?: (evaluated: number) => void;
  readonly onGeneration?: (state: Nsga2State) => void;
  readonly resume?: Nsga2State;
}

/** A point of the front: widths per layer, accuracy and cost. */
export interface ExploredSetting {
  readonly setting: BitSetting;
  readonly accuracy: number;
  readonly cost: number;
}

/** The outcome of an exploration. */
export interface Exploration {
  /** Settings that no other beats in both accuracy and cost, most accurate first. */
  readonly front: readonly ExploredSetting[];
  /** The settings with one width for all activations and one for all weights, for comparison. */
  readonly uniform: readonly ExploredSetting[];
  /** Every setting that was evaluated, in order. */
  readonly evaluated: readonly ExploredSetting[];
  readonly state: Nsga2State;
}

/**
 * Searches bit-widths per layer (activations and weights) for the front of accuracy against hardware cost with NSGA-II.
 * A layer's outputs have the next layer's activation width, the last one's 8 bits. Each layer is mapped for its widths
 * by `mapNetwork`; widths that pack alike are one gene value, so the cache answers most of it. The first population
 * holds one width for all activations with one for all weights, and the hypervolume is taken up to zero accuracy and the cost of the widest of them.
 * Offspring are screened by a sensitivity model fitted to the evaluations so far, since accuracy is what takes long.
 * Source: Klhufek et al., arXiv 2404.05368, §IV, with exact mappings in place of sampled ones.
 */
export async function exploreBits(layers: readonly NetworkLayer[], options: ExplorationOptions): Promise<Exploration> {
  const { workers = 0 } = options;
  const pool = typeof workers === "number" && workers > 0 ? new WorkerPool(workers) : workers;
  try {
    return await explore(layers, { ...options, workers: pool });
  } finally {
    if (typeof workers === "number" && typeof pool !== "number") await pool.close();
  }
}

async function explore(layers: readonly NetworkLayer[], options: ExplorationOptions): Promise<Exploration> {
  const alleles = canonicalWidths(options);
  const { populationSize, generations, maxEvaluations, onGeneration, onEvaluated, resume, ...others } = options;
  const { signal } = others;
  const costOf = costFunction(layers, others);
  let evaluated = resume?.evaluated.length ?? 0;
  const evaluateGenome = async (genome: readonly number[]): Promise<number[]> => {
    const setting = toSetting(genome);
    const objectives = [1 - (await options.accuracy(setting)), await costOf(setting)];
    onEvaluated?.(++evaluated);
    return objectives;
  };
  const initial = alleles.flatMap((a) => alleles.map((w) => layers.flatMap(() => [a, w])));
  const reference = [1, 1.01 * (await costOf(toSetting(initial.at(-1)!)))];
  const state = await runNsga2({
    alleles: new Array(2 * layers.length).fill(alleles),
    evaluate: evaluateGenome,
    predict: (genomes, known) => predictObjectives(genomes, known, costOf),
    ...{ key: options.key, initial, reference },
    ...definedOnly({ populationSize, generations, maxEvaluations, resume, signal }),
    // A generation that was cut off is not one to go on from.
    onGeneration: (reached) => signal?.aborted !== true && onGeneration?.(reached),
  });
  if (signal?.aborted === true) throw new OrreryError("cancelled", "mapping exploration: cancelled");
  return explorationOf(state);
}

function explorationOf(state: Nsga2State): Exploration {
  const uniform = state.evaluated.filter((i) => isUniform(i.genome)).map(toExplored);
  return { front: paretoFront(state).map(toExplored), uniform, evaluated: state.evaluated.map(toExplored), state };
}

/** What measured settings cost: the settings, and what `exploreBits` takes beside them. */
export type TableOptions = Omit<
  ExplorationOptions,
  "accuracy" | "key" | "bits" | "populationSize" | "generations" | "maxEvaluations" | "onGeneration" | "resume"
> & { readonly measurements: readonly Measurement[] };

/**
 * The front of accuracy against cost among settings whose accuracy was measured; nothing else is evaluated. A generation is one
 * measurement.
 * @throws OrreryError `argument` when a measurement has another number of layers.
 */
export async function exploreTable(layers: readonly NetworkLayer[], options: TableOptions): Promise<Exploration> {
  const { measurements, onEvaluated, workers = 0, signal, ...network } = options;
  const odd = measurements.find((m) => m.setting.length !== layers.length);
  if (odd !== undefined || measurements.length === 0) {
    const got = odd === undefined ? "no measurement" : `a measurement of ${odd.setting.length}`;
    throw new OrreryError("argument", `exploration: expected measurements of ${layers.length} layers; got ${got}`);
  }
  const pool = typeof workers === "number" && workers > 0 ? new WorkerPool(workers) : workers;
  const costOf = costFunction(layers, { ...network, ...definedOnly({ signal }), workers: pool });
  const evaluated: Individual[] = [];
  try {
    for (const { setting, accuracy } of measurements) {
      if (signal?.aborted === true) throw new OrreryError("cancelled", "mapping exploration: cancelled");
      const genome = setting.flatMap((b) => [b.activations, b.weights]);
      evaluated.push({ genome, objectives: [1 - accuracy, await costOf(setting)] });
      onEvaluated?.(evaluated.length);
    }
  } finally {
    if (typeof workers === "number" && typeof pool !== "number") await pool.close();
  }
  const points = evaluated.map((i) => i.objectives);
  const reference = [1, 1.01 * Math.max(...points.map(([, cost]) => cost))];
  const hypervolumes = points.map((_, i) => hypervolume(points.slice(0, i + 1), reference));
  return explorationOf({ generation: evaluated.length - 1, population: evaluated, evaluated, hypervolumes });
}

/** Whether all activations have one width, and all weights one. */
function isUniform(genome: readonly number[]): boolean {
  return genome.every((bits, g) => bits === genome[g % 2]);
}

/** The cost of a setting, each layer mapped once for each combination of widths. */
function costFunction(
  layers: readonly NetworkLayer[],
  options: NetworkOptions & { readonly metric?: NetworkMetric },
): (setting: BitSetting) => Promise<number> {
  const { metric = "sum of edp" } = options;
  const cache: MappingCache = options.cache ?? memoryCache();
  const known = new Map<string, NetworkTotals>();
  return async (setting: BitSetting): Promise<number> => {
    const each: NetworkTotals[] = [];
    for (const [l, layer] of quantizeLayers(layers, setting).entries()) {
      const key = `${l} ${layer.problem.dataSpaces.map((d) => d.bits).join("/")}`;
      const totals = known.get(key) ?? (await mapNetwork([layer], { ...options, cache })).totals;
      known.set(key, totals);
      each.push(totals);
    }
    return networkCost(metric, each);
  };
}

/** The cost is exact and cheap; the accuracy is guessed by a sensitivity model of the evaluations so far. */
async function predictObjectives(
  genomes: readonly (readonly number[])[],
  evaluated: readonly Individual[],
  costOf: (setting: BitSetting) => Promise<number>,
): Promise<number[][] | null> {
  if (evaluated.length < 2 * genomes[0].length) return null;
  const measurements = evaluated.map((i) => ({ setting: toSetting(i.genome), accuracy: 1 - i.objectives[0] }));
  const model = fitSensitivity(measurements, { sweeps: 200 });
  const objectives: number[][] = [];
  for (const genome of genomes) {
    const setting = toSetting(genome);
    objectives.push([1 - predictAccuracy(model, setting), await costOf(setting)]);
  }
  return objectives;
}

/** The layers with the widths of a setting: outputs as wide as the next layer's activations, the last ones 8 bits. */
export function quantizeLayers(layers: readonly NetworkLayer[], setting: BitSetting): NetworkLayer[] {
  return layers.map(({ problem, count }, l) => ({
    count,
    problem: withBits(problem, {
      Inputs: setting[l].activations,
      Weights: setting[l].weights,
      Outputs: setting[l + 1]?.activations ?? 8,
    }),
  }));
}

/** The chosen widths with those that pack alike in every memory of the accelerator merged, ascending. */
function canonicalWidths({ architecture, bits = [2, 3, 4, 5, 6, 7, 8] }: ExplorationOptions): number[] {
  const words = architecture.levels.map((l) => l.wordBits).filter((w) => w > 1);
  const widest = Math.max(...bits);
  const merged = new Set(bits.map((q) => Math.min(widest, canonicalBits(words, q))));
  return [...merged].sort((a, b) => a - b);
}

function networkCost(metric: NetworkMetric, layers: readonly NetworkTotals[]): number {
  const sum = (key: keyof NetworkTotals) => layers.reduce((total, l) => total + l[key], 0);
  switch (metric) {
    case "sum of edp":
      return sum("sumOfEnergyDelayProducts");
    case "network edp":
      return (sum("energyPicojoules") / 1e12) * sum("cycles");
    case "energy":
      return sum("energyPicojoules");
    case "cycles":
      return sum("cycles");
  }
}

function toSetting(genome: readonly number[]): BitSetting {
  return Array.from({ length: genome.length / 2 }, (_, l) => ({
    activations: genome[2 * l],
    weights: genome[2 * l + 1],
  }));
}

function toExplored({ genome, objectives }: Individual): ExploredSetting {
  return { setting: toSetting(genome), accuracy: 1 - objectives[0], cost: objectives[1] };
}
