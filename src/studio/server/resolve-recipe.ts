import { OrreryError } from "../../errors.ts";
import { findJob } from "../../instruments/registry.ts";
import type { AnyJob } from "../../lab/index.ts";
import { parseRecipe, type SweepPlan } from "../../lab/recipes/recipe.ts";
import { writeRecipe } from "../../lab/recipes/recipe-text.ts";
import { type OptionLayer, presetLayer, resolveOptions } from "../../lab/recipes/resolve-options.ts";
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

/** A recipe with its job and the layers of its options, not yet checked. */
export interface LayeredRecipe {
  readonly job: AnyJob;
  readonly name?: string;
  readonly preset?: string;
  /** Lowest first. */
  readonly layers: readonly OptionLayer[];
  /** What it varies, where its text says so. */
  readonly sweep?: SweepPlan;
}

/** Reads a recipe. @param folder what relative paths are relative to @throws OrreryError for a text, job or preset that cannot be. */
export async function layersOfRecipe(input: RecipeInput, folder: string): Promise<LayeredRecipe> {
  const given = "yaml" in input ? parseRecipe("recipe.yaml", input.yaml) : input;
  const job = await findJob(given.job);
  const own = "layer" in given ? { ...given.layer, folder } : { values: given.options, locate: () => "form", folder };
  const { name, preset } = given;
  const sweep = "sweep" in given ? given.sweep : undefined;
  return { job, name, preset, layers: [...presetLayer(job, preset), own], sweep };
}

/** A recipe that is right, with its job. */
export interface ResolvedRecipe extends LayeredRecipe {
  readonly resolution: Extract<Resolution, { ok: true }>;
}

/** What is wrong with a recipe, a problem a line. */
export const problemsOf = ({ message, hint }: OrreryError): Extract<Resolution, { ok: false }> => ({
  ok: false,
  problems: [...new Set(message.split("\n"))],
  hint,
});

/** Checks a recipe. @param folder what relative paths are relative to */
export async function resolveRecipe(
  input: RecipeInput,
  folder: string,
): Promise<ResolvedRecipe | { readonly resolution: Extract<Resolution, { ok: false }> }> {
  try {
    const layered = await layersOfRecipe(input, folder);
    const { job, layers, sweep } = layered;
    const resolved = resolveOptions(job, layers);
    const yaml = writeRecipe(job.name, layered, resolved);
    return { ...layered, resolution: { ok: true, job: job.name, ...resolved, yaml, sweep } };
  } catch (cause) {
    if (!(cause instanceof OrreryError)) throw cause;
    return { resolution: problemsOf(cause) };
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
