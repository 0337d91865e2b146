import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from "yaml";
import { OrreryError } from "../../errors.ts";
import { parseRecipe, type Recipe } from "../recipes/recipe.ts";
import { runFiles } from "./run-folder.ts";

/** The resolved recipe of a run. @throws OrreryError `not-found` when it is gone, `format` when it was damaged. */
export function readRunRecipe(folder: string): Recipe {
  const path = join(folder, runFiles.recipe);
  if (!existsSync(path)) {
    throw new OrreryError("not-found", `${path}: expected the recipe of the run; nothing is there`, {
      hint: "Without its options a run cannot go on: begin a new one, or restore a copy.",
    });
  }
  return parseRecipe(path, readFileSync(path, "utf8"));
}

/** The resolved options of a run. */
export function readOptions(folder: string): Readonly<Record<string, unknown>> {
  return readRunRecipe(folder).layer.values;
}

/** Where each option's value came from, as the comments of the resolved recipe say. */
export function readRunOrigins(folder: string): Readonly<Record<string, string>> {
  const document = parseDocument(readFileSync(join(folder, runFiles.recipe), "utf8"));
  const origins: Record<string, string> = {};
  const visit = (map: YAMLMap, before: string) => {
    for (const { key, value } of map.items as Pair<unknown, unknown>[]) {
      const path = `${before}${String(isScalar(key) ? key.value : key)}`;
      if (isMap(value)) visit(value, `${path}.`);
      else if (isScalar(value) && value.comment) origins[path] = value.comment.trim();
    }
  };
  const options = document.get("options");
  if (isMap(options)) visit(options, "");
  return origins;
}
