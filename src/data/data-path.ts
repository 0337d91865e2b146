import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { OrreryError } from "../errors.ts";

const defaultFolder = resolve(import.meta.dirname, "../../../shared/data");

/**
 * The path of a file or folder of the test and bench data: below the folder that the environment variable ORRERY_DATA
 * names, or `../shared/data` beside the repository.
 * @throws OrreryError `not-found` naming the variable when there is no such folder or nothing at the path.
 */
export function dataPath(...parts: readonly string[]): string {
  const folder = process.env.ORRERY_DATA;
  const root = folder === undefined || folder === "" ? defaultFolder : resolve(folder);
  if (!existsSync(root)) {
    const got = folder === undefined ? "it is not set" : `it is ${JSON.stringify(folder)}`;
    throw new OrreryError(
      "not-found",
      `data folder: expected ORRERY_DATA to name a folder; ${got}, and ${root} does not exist`,
      {
        hint: "Set ORRERY_DATA to the folder with the test data (images, labels, graphs, …).",
      },
    );
  }
  const path = join(root, ...parts);
  if (existsSync(path)) return path;
  throw new OrreryError(
    "not-found",
    `data folder: expected ${join(...parts)} below ${root} (ORRERY_DATA); nothing is there`,
    {
      hint: "Check that ORRERY_DATA names the complete data folder.",
    },
  );
}
