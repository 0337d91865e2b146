import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Mapping } from "./mapping.ts";
import { canonicalBits } from "./packing.ts";
import type { Problem } from "./problem.ts";
import type { SearchSpec } from "./search-task.ts";

/** A search's answer, small enough to keep: everything else follows from evaluating the mapping. */
export interface CachedSearch {
  /** Null when no mapping fits; `reason` says why then, and `remedy` what to change. */
  readonly mapping: Mapping | null;
  readonly reason?: string;
  readonly remedy?: string;
  readonly isComplete: boolean;
  readonly lowerBound: number;
  readonly tried: number;
  readonly valid: number;
  /** Whether time was up first, so that another search may find more. */
  readonly isCutShort?: boolean;
}

/** Answers by the hash of everything they depend on. */
export interface MappingCache {
  get(key: string): CachedSearch | undefined;
  set(key: string, value: CachedSearch): void;
}

/** Raised whenever the model or a search may answer differently than before. */
const modelVersion = 1;

/**
 * SHA-256 of what a search's answer depends on: problem (without its name), architecture, constraints, strategy, metrics,
 * seed and the version of the model. Equal layers of one network have equal keys.
 */
export function searchKey(spec: SearchSpec): string {
  const { problem, architecture, ...rest } = spec;
  const content = {
    modelVersion,
    problem: { ...problem, name: "" },
    architecture: { ...architecture, name: "" },
    ...rest,
    ...(rest.strategy === "random" ? {} : { samples: 0, timeout: 0 }),
  };
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}

/** A problem whose operand widths are the widest that pack alike in every level of `wordBits`; it maps equally well. */
export function canonicalizeBits(problem: Problem, wordBits: readonly number[]): Problem {
  const words = wordBits.filter((w) => w > 1);
  return {
    ...problem,
    dataSpaces: problem.dataSpaces.map((d) =>
      d.bits === undefined ? d : { ...d, bits: canonicalBits(words, d.bits) },
    ),
  };
}

/** A cache that lives as long as the process. */
export function memoryCache(): MappingCache {
  const entries = new Map<string, CachedSearch>();
  return {
    get: (key) => entries.get(key),
    set: (key, value) => {
      entries.set(key, value);
    },
  };
}

/**
 * A cache in a file of JSON lines that only grows; a line cut off by an interruption is ignored. Several processes may
 * append to it. Answers cut short by the clock are kept only when asked for: the next search may do better.
 */
export function fileCache(path: string, options: { readonly keepsCutShort?: boolean } = {}): MappingCache {
  const memory = memoryCache();
  if (existsSync(path)) {
    for (const line of readFileSync(path, "utf8").split("\n")) {
      const entry = parseLine(line);
      if (entry !== undefined) memory.set(entry.key, entry.value);
    }
  }
  return {
    get: memory.get,
    set: (key, value) => {
      memory.set(key, value);
      if (value.isCutShort === true && options.keepsCutShort !== true) return;
      mkdirSync(dirname(path), { recursive: true });
      // The leading line break closes a line that an interrupted writer may have left open.
      appendFileSync(path, `\n${JSON.stringify({ key, value })}`);
    },
  };
}

/** Caches one behind the other: answers are looked for in order and written to all. */
export function cacheChain(caches: readonly MappingCache[]): MappingCache {
  return {
    get: (key) => {
      for (const cache of caches) {
        const found = cache.get(key);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    set: (key, value) => {
      for (const cache of caches) cache.set(key, value);
    },
  };
}

function parseLine(line: string): { key: string; value: CachedSearch } | undefined {
  try {
    const entry = JSON.parse(line) as { key?: string; value?: CachedSearch };
    return typeof entry.key === "string" && entry.value !== undefined
      ? (entry as { key: string; value: CachedSearch })
      : undefined;
  } catch {
    return undefined;
  }
}

/** JSON with sorted keys; infinities as text, which JSON has no number for. */
function canonicalJson(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) return JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value).filter(([, v]) => v !== undefined);
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`)
    .join()}}`;
}
