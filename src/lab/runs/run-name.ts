import { mkdirSync } from "node:fs";
import { join } from "node:path";

const stamp = (date: Date) => date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");

/**
 * Makes a folder below `root` for a new run: `labels-audit-20260102-030405`, with a number where that is taken. It is made here, so that no two
 * processes that begin in the same second take the same.
 */
export function newRunFolder(root: string, job: string, now = new Date()): string {
  const base = join(root, `${job.replaceAll(" ", "-")}-${stamp(now)}`);
  mkdirSync(root, { recursive: true });
  for (let i = 1; ; i++) {
    const folder = i === 1 ? base : `${base}-${i}`;
    try {
      mkdirSync(folder);
      return folder;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    }
  }
}
