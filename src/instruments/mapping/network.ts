import { OrreryError } from "../../errors.ts";
import type { Architecture } from "./architecture.ts";
import { type CachedSearch, canonicalizeBits, type MappingCache, memoryCache, searchKey } from "./cache.ts";
import type { LevelConstraint } from "./constraints.ts";
import { costOfEvaluation, type Evaluation, evaluate } from "./evaluation.ts";
import { explainNoMapping } from "./explanation.ts";
import type { Mapping } from "./mapping.ts";
import { WorkerPool } from "./parallel.ts";
import type { Problem } from "./problem.ts";
import { describeRemedies, findRemedies } from "./remedies.ts";
import { type SearchCheckpoint, type SearchControl, type SearchProgress, search } from "./search.ts";
import type { SearchSpec } from "./search-task.ts";
import { metricValue } from "./tally.ts";

/** A layer and how often the network runs it. */
export interface NetworkLayer {
  readonly problem: Problem;
  readonly count: number;
}

/** How the layers of a network are mapped. */
export interface NetworkOptions
  extends Pick<SearchSpec, "strategy" | "metrics" | "seed" | "samples" | "timeout" | "maxSteps"> {
  readonly architecture: Architecture;
  readonly constraintsFor?: (problem: Problem) => readonly LevelConstraint[];
  readonly cache?: MappingCache;
  /** Worker threads, shared by the searches of all layers. */
  readonly workers?: SearchControl["workers"];
  readonly maxSecondsPerLayer?: number;
  readonly signal?: AbortSignal;
  /** Called after each layer that has a mapping, in order. */
  readonly onLayer?: (layer: MappedLayer, index: number) => void;
  /** Called while a layer is searched. */
  readonly onProgress?: (progress: SearchProgress, index: number) => void;
  readonly onCheckpoint?: SearchControl["onCheckpoint"];
  /** A checkpoint of the search that was interrupted, whichever layer it belongs to. */
  readonly resume?: SearchCheckpoint;
}

/** A layer with its best mapping. */
export interface MappedLayer extends NetworkLayer {
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  /** Whether the search covered the whole space, and how far the best is above the proven bound. */
  readonly isComplete: boolean;
  readonly gap: number;
  readonly tried: number;
  readonly valid: number;
}

/** A layer that no mapping fits, why, and what to change. */
export interface UnmappedLayer extends NetworkLayer {
  readonly reason: string;
  readonly remedy: string;
}

/** Totals over all layers, each times its count. */
export interface NetworkTotals {
  readonly computes: number;
  readonly energyPicojoules: number;
  readonly cycles: number;
  readonly lastLevelAccesses: number;
  /** Σ energy·cycles of each layer in joule·cycles: what published studies minimise. */
  readonly sumOfEnergyDelayProducts: number;
  /** Total energy times total cycles in joule·cycles: what running the network costs. */
  readonly networkEnergyDelayProduct: number;
}

/** A mapped network. */
export interface MappedNetwork {
  readonly layers: readonly MappedLayer[];
  readonly totals: NetworkTotals;
  /** Searches that were run; all other layers equal one of them or came from the cache. */
  readonly searches: number;
}

/** Layers mapped one by one, those that do not fit kept apart. */
export interface MappedLayers extends MappedNetwork {
  readonly unmapped: readonly UnmappedLayer[];
}

/**
 * Maps every layer of a network for itself, searching equal layers once, and adds the costs up.
 * @throws OrreryError `argument` naming each layer that has no valid mapping and why; `cancelled` on abort.
 */
export async function mapNetwork(layers: readonly NetworkLayer[], options: NetworkOptions): Promise<MappedNetwork> {
  const { unmapped, ...network } = await mapLayers(layers, options);
  if (unmapped.length === 0) return network;
  const lines = unmapped.map(({ problem, reason }) => `layer ${problem.name}: ${reason}`);
  throw new OrreryError("argument", lines.join("\n"), { hint: unmapped[0].remedy });
}

/** `mapNetwork` that goes on past layers without a valid mapping; the totals are those of the others. */
export async function mapLayers(layers: readonly NetworkLayer[], options: NetworkOptions): Promise<MappedLayers> {
  const { workers = 0 } = options;
  const pool = typeof workers === "number" && workers > 0 ? new WorkerPool(workers) : workers;
  const cache = options.cache ?? memoryCache();
  const mapped: MappedLayer[] = [];
  const unmapped: UnmappedLayer[] = [];
  let searches = 0;
  try {
    for (const [index, layer] of layers.entries()) {
      const { answer, isNew } = await findMapping(layer.problem, { ...options, workers: pool, cache }, index);
      if (isNew) searches++;
      if (answer.mapping === null) {
        const { reason = "no valid mapping", remedy = "Loosen the constraints." } = answer;
        unmapped.push({ ...layer, reason, remedy });
        continue;
      }
      mapped.push(withCost(layer, answer, answer.mapping, options));
      options.onLayer?.(mapped.at(-1)!, index);
    }
  } finally {
    if (typeof workers === "number" && typeof pool !== "number") await pool.close();
  }
  return { layers: mapped, unmapped, totals: addUp(mapped), searches };
}

function withCost(layer: NetworkLayer, answer: CachedSearch, mapping: Mapping, options: NetworkOptions): MappedLayer {
  const evaluation = evaluate(layer.problem, options.architecture, mapping);
  const { isComplete, lowerBound, tried, valid } = answer;
  const gap = metricValue(options.metrics?.[0] ?? "edp", costOfEvaluation(evaluation)) / lowerBound - 1;
  return { ...layer, mapping, evaluation, isComplete, gap, tried, valid };
}

/** Merges layers that are equal but for their names, keeping the first name, and adds their counts. */
export function mergeEqualLayers(layers: readonly NetworkLayer[]): NetworkLayer[] {
  const merged = new Map<string, NetworkLayer>();
  for (const layer of layers) {
    const key = JSON.stringify({ ...layer.problem, name: "" });
    const before = merged.get(key);
    merged.set(key, before === undefined ? layer : { ...before, count: before.count + layer.count });
  }
  return [...merged.values()];
}

async function findMapping(
  problem: Problem,
  options: NetworkOptions & { readonly cache: MappingCache },
  index: number,
): Promise<{ answer: CachedSearch; isNew: boolean }> {
  const { architecture, strategy, metrics, seed, samples, timeout, maxSteps, cache, onProgress, resume } = options;
  const spec: SearchSpec = {
    problem: canonicalizeBits(
      problem,
      architecture.levels.map((l) => l.wordBits),
    ),
    architecture,
    constraints: options.constraintsFor?.(problem) ?? [],
    ...{ strategy: strategy ?? "branch-and-bound", metrics: metrics ?? ["edp"], seed: seed ?? 0 },
    ...definedOnly({ samples, timeout, maxSteps }),
  };
  const key = searchKey(spec);
  const known = cache.get(key);
  if (known !== undefined) return { answer: known, isNew: false };
  const answer = await answerSearch(spec, {
    ...definedOnly({ workers: options.workers, maxSeconds: options.maxSecondsPerLayer, signal: options.signal }),
    ...definedOnly({ onCheckpoint: options.onCheckpoint, resume: resume?.key === key ? resume : undefined }),
    ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress(progress, index) }),
  });
  const isCutShort = !answer.isComplete && options.maxSecondsPerLayer !== undefined;
  cache.set(key, isCutShort ? { ...answer, isCutShort } : answer);
  return { answer, isNew: true };
}

/** What a search finds, or why it cannot begin, as an answer to keep. */
async function answerSearch(spec: SearchSpec, control: SearchControl): Promise<CachedSearch> {
  try {
    const { best, isComplete, lowerBound, tried, valid, invalid } = await search(spec, control);
    const answer = { mapping: best?.mapping ?? null, isComplete, lowerBound, tried, valid };
    if (best !== null) return answer;
    const remedy = describeRemedies(findRemedies(spec, invalid));
    return { ...answer, reason: explainNoMapping(spec, invalid), remedy };
  } catch (error) {
    if (!(error instanceof OrreryError) || (error.code !== "argument" && error.code !== "unsupported")) throw error;
    const { message: reason, hint } = error;
    const nothing = { mapping: null, isComplete: true, lowerBound: 0, tried: 0, valid: 0 };
    return hint === undefined ? { ...nothing, reason } : { ...nothing, reason, remedy: hint };
  }
}

function addUp(layers: readonly MappedLayer[]): NetworkTotals {
  const sum = (f: (e: Evaluation) => number) => layers.reduce((total, l) => total + l.count * f(l.evaluation), 0);
  const energyPicojoules = sum((e) => e.energyPicojoules);
  const cycles = sum((e) => e.cycles);
  return {
    computes: sum((e) => e.computes),
    energyPicojoules,
    cycles,
    lastLevelAccesses: sum((e) => e.lastLevelAccesses),
    sumOfEnergyDelayProducts: sum((e) => e.energyDelayProduct),
    networkEnergyDelayProduct: (energyPicojoules / 1e12) * cycles,
  };
}

/** The fields that are given. */
export function definedOnly<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
