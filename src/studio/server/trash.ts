import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where removed runs are, below the folder of runs. */
export const trashName = ".trash";
/** What was removed longer ago than this is deleted when something else is removed. */
const keptMs = 7 * 24 * 3600 * 1000;

/** Moves a run's folder aside, from where `restoreRun` brings it back; old ones there are deleted for good. */
export function trashRun(root: string, id: string): void {
  const trash = join(root, trashName);
  mkdirSync(trash, { recursive: true });
  for (const name of readdirSync(trash)) {
    if (Date.now() - statSync(join(trash, name)).ctimeMs > keptMs) rmSync(join(trash, name), { recursive: true });
  }
  rmSync(join(trash, id), { recursive: true, force: true });
  renameSync(join(root, id), join(trash, id));
}

/** Brings a removed run back. @returns false when there is none of that name or a new one has its place */
export function restoreRun(root: string, id: string): boolean {
  const from = join(root, trashName, id);
  if (!existsSync(from) || existsSync(join(root, id))) return false;
  renameSync(from, join(root, id));
  return true;
}
