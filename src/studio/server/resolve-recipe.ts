import { OrreryError } from "../../errors.ts";
import { findJob } from "../../instruments/registry.ts";
import type { AnyJob } from "../../lab/index.ts";
import { parseRecipe } from "../../lab/recipes/recipe.ts";
import { writeRecipe } from "../../lab/recipes/recipe-text.ts";
import { presetLayer, resolveOptions } from "../../lab/recipes/resolve-options.ts";
import type { Estimate, Resolution } from "../api.ts";

/** A recipe as the page sends it: the text, or a form's values. */
export type RecipeInput =
  | { readonly yaml: string }
  | {
      readonly job: string;
      readonly preset?: string;
      readonly name?: string;
      readonly options: Readonly<Record<string, unknown>>;
    };

/** A recipe that is right, with its job. */
export interface ResolvedRecipe {
  readonly job: AnyJob;
  readonly name?: string;
  readonly preset?: string;
  readonly resolution: Extract<Resolution, { ok: true }>;
}

/** Checks a recipe. @param folder what relative paths are relative to */
export async function resolveRecipe(
  input: RecipeInput,
  folder: string,
): Promise<ResolvedRecipe | { readonly resolution: Extract<Resolution, { ok: false }> }> {
  try {
    const given = "yaml" in input ? parseRecipe("recipe.yaml", input.yaml) : input;
    const job = await findJob(given.job);
    const own = "layer" in given ? { ...given.layer, folder } : { values: given.options, locate: () => "form", folder };
    const resolved = resolveOptions(job, [...presetLayer(job, given.preset), own]);
    const { name, preset } = given;
    const yaml = writeRecipe(job.name, { name, preset }, resolved);
    return { job, name, preset, resolution: { ok: true, job: job.name, ...resolved, yaml } };
  } catch (cause) {
    if (!(cause instanceof OrreryError)) throw cause;
    return { resolution: { ok: false, problems: cause.message.split("\n"), hint: cause.hint } };
  }
}

/** What a run of the recipe is likely to take; nothing where the job cannot say, as before a file that is missing, which the run will tell. */
export async function estimateRecipe(input: RecipeInput, folder: string): Promise<Estimate> {
  const resolved = await resolveRecipe(input, folder);
  if (!("job" in resolved)) return {};
  try {
    return (await resolved.job.estimate?.(resolved.resolution.options as never)) ?? {};
  } catch {
    return {};
  }
}
