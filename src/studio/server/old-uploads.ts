import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runFiles } from "../../lab/runs/run-folder.ts";
import { sweepFile } from "../../lab/sweeps/sweep.ts";
import { trashName } from "./trash.ts";
import { isBatch, uploadsName } from "./upload-routes.ts";

/** Uploads that no run names are kept so long: somebody may yet start one. */
const keptMs = 7 * 24 * 3600 * 1000;

const foldersIn = (path: string): string[] => {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
};

/** When anything in a batch was last changed; links are not followed. */
function changedAt(batch: string): number {
  const times = [batch, ...readdirSync(batch).map((name) => join(batch, name))].map((path) => lstatSync(path).mtimeMs);
  return Math.max(...times);
}

/** The recipes of runs and of sweeps' trials, those in the trash included. @throws what the file system says where one is there and cannot be read */
function* recipesBelow(folder: string): Generator<string> {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (name === uploadsName) continue;
    const path = join(folder, name);
    if (existsSync(join(path, runFiles.recipe))) yield readFileSync(join(path, runFiles.recipe), "utf8");
    if (name === trashName || existsSync(join(path, sweepFile))) yield* recipesBelow(path);
  }
}

/**
 * Removes uploads that are older than a week and that the recipe of no run below `root` names, those in the trash included. Where a recipe
 * cannot be read, nothing is removed.
 * @param now milliseconds since 1970
 * @returns the names of what was removed
 */
export function removeOldUploads(root: string, now = Date.now()): readonly string[] {
  const uploads = join(root, uploadsName);
  const old = new Set(
    foldersIn(uploads).filter((name) => isBatch(name) && now - changedAt(join(uploads, name)) > keptMs),
  );
  if (old.size === 0) return [];
  for (const recipe of recipesBelow(root)) {
    for (const name of old) if (recipe.includes(name)) old.delete(name);
  }
  for (const name of old) rmSync(join(uploads, name), { recursive: true, force: true });
  return [...old];
}

/** Does so when nothing else is to be done; what goes wrong is left for the next time. */
export function removeOldUploadsSoon(root: string): void {
  setImmediate(() => {
    try {
      removeOldUploads(root);
    } catch {
      // Nobody asked for it, and nothing depends on it.
    }
  });
}
