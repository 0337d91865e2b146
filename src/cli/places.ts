import { join, relative, resolve } from "node:path";

/** Where run folders are made. */
export function runsRoot({ runs }: { readonly runs?: string }): string {
  return resolve(runs ?? process.env.ORRERY_RUNS ?? "runs");
}

/** A file in a run's folder as people type it: relative where that is shorter and below. */
export function shownPath(folder: string, name = ""): string {
  const path = join(folder, name);
  const own = relative(process.cwd(), path);
  return own.startsWith("..") || own === "" ? path : own;
}
