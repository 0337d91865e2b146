import { join } from "node:path";
import type { JobContext } from "../../../lab/index.ts";
import { cacheChain, fileCache, type MappingCache } from "../cache.ts";

/** Answers of this run, which a resumed one takes up, and before them those of the user's folder when there is one. */
export function runCache({ folder }: JobContext, shared: string | undefined): MappingCache {
  const own = fileCache(join(folder, "checkpoints", "mappings.jsonl"), { keepsCutShort: true });
  return shared === undefined ? own : cacheChain([own, fileCache(join(shared, "mappings.jsonl"))]);
}
