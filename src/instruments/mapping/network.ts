import { OrreryError } from "../../errors.ts";
import type { Architecture } from "./architecture.ts";
import { type CachedSearch, canonicalizeBits, type MappingCache, memoryCache, searchKey } from "./cache.ts";
import type { LevelConstraint } from "./constraints.ts";
import { type Evaluation, evaluate } from "./evaluation.ts";
import { explainNoMapping } from "./explanation.ts";
import type { Mapping } from "./mapping.ts";
import type { Problem } from "./problem.ts";
import { type SearchControl, search } from "./search.ts";
import type { SearchSpec } from "./search-task.ts";
import { metricValue } from "./tally.ts";

/** A layer and how often the network runs it. */
export interface NetworkLayer {
  readonly problem: Problem;
  readonly count: number;
}

/** How the layers of a network are mapped. */
export interface NetworkOptions extends Pick<SearchSpec, "strategy" | "metrics" | "seed" | "samples" | "timeout"> {
  readonly architecture: Architecture;
  readonly constraintsFor?: (problem: Problem) => readonly LevelConstraint[];
  readonly cache?: MappingCache;
  /** Worker threads, shared by the searches of all layers. */
  readonly workers?: SearchControl["workers"];
  readonly maxSecondsPerLayer?: number;
  readonly signal?: AbortSignal;
  /** Called after each layer, in order. */
  readonly onLayer?: (layer: MappedLayer, index: number) => void;
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

/**
 * Maps every layer of a network for itself, searching equal layers once, and adds the costs up.
 * @throws OrreryError `argument` naming the layer that has no valid mapping and why; `cancelled` on abort.
 */
export async function mapNetwork(layers: readonly NetworkLayer[], options: NetworkOptions): Promise<MappedNetwork> {
  const cache = options.cache ?? memoryCache();
  const mapped: MappedLayer[] = [];
  let searches = 0;
  for (const layer of layers) {
    const { answer, isNew } = await findMapping(layer.problem, options, cache);
    if (isNew) searches++;
    if (answer.mapping === null) {
      throw new OrreryError("argument", `layer ${layer.problem.name}: ${answer.reason ?? "no valid mapping"}`, {
        hint: "Enlarge the named resource, use narrower operands or loosen the constraints.",
      });
    }
    const evaluation = evaluate(layer.problem, options.architecture, answer.mapping);
    const value = metricValue(options.metrics?.[0] ?? "edp", { ...evaluation, storedBits: 0 });
    const { isComplete, lowerBound, tried, valid } = answer;
    const one = {
      ...layer,
      mapping: answer.mapping,
      evaluation,
      isComplete,
      gap: value / lowerBound - 1,
      tried,
      valid,
    };
    mapped.push(one);
    options.onLayer?.(one, mapped.length - 1);
  }
  return { layers: mapped, totals: addUp(mapped), searches };
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
  options: NetworkOptions,
  cache: MappingCache,
): Promise<{ answer: CachedSearch; isNew: boolean }> {
  const { architecture, strategy, metrics, seed, samples, timeout } = options;
  const spec: SearchSpec = {
    problem: canonicalizeBits(
      problem,
      architecture.levels.map((l) => l.wordBits),
    ),
    architecture,
    constraints: options.constraintsFor?.(problem) ?? [],
    ...{ strategy: strategy ?? "branch-and-bound", metrics: metrics ?? ["edp"], seed: seed ?? 0 },
    ...(samples === undefined ? {} : { samples }),
    ...(timeout === undefined ? {} : { timeout }),
  };
  const key = searchKey(spec);
  const known = cache.get(key);
  if (known !== undefined) return { answer: known, isNew: false };
  const result = await search(spec, {
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    ...(options.maxSecondsPerLayer === undefined ? {} : { maxSeconds: options.maxSecondsPerLayer }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const { isComplete, lowerBound, tried, valid } = result;
  const reason = result.best === null ? { reason: explainNoMapping(spec, result.invalid) } : {};
  const answer = { mapping: result.best?.mapping ?? null, ...reason, isComplete, lowerBound, tried, valid };
  // An answer cut short by the clock may be better next time.
  if (isComplete || spec.strategy === "random") cache.set(key, answer);
  return { answer, isNew: true };
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
