import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseRecipe, type Recipe } from "../recipes/recipe.ts";
import { runFiles } from "./run-folder.ts";

/** The resolved recipe of a run. @throws OrreryError `format` when it was damaged. */
export function readRunRecipe(folder: string): Recipe {
  const path = join(folder, runFiles.recipe);
  return parseRecipe(path, readFileSync(path, "utf8"));
}

/** The resolved options of a run. */
export function readOptions(folder: string): Readonly<Record<string, unknown>> {
  return readRunRecipe(folder).layer.values;
}
