import { existsSync } from "node:fs";
import { join } from "node:path";

const stamp = (date: Date) => date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");

/** A folder below `root` for a new run: `labels-audit-20260102-030405`, with a number where that is taken. */
export function newRunFolder(root: string, job: string, now = new Date()): string {
  const base = join(root, `${job.replaceAll(" ", "-")}-${stamp(now)}`);
  let folder = base;
  for (let i = 2; existsSync(folder); i++) folder = `${base}-${i}`;
  return folder;
}
