import { z } from "zod";
import { sweepFields } from "../../lab/recipes/recipe.ts";

/** A recipe as the page sends it: its text, or the values of a form. */
export const recipeInput = z.union([
  z.strictObject({ yaml: z.string().max(200_000).describe("The recipe as YAML.") }),
  z.strictObject({
    job: z.string().max(100).describe("Instrument and verb."),
    preset: z.string().max(100).optional().describe("A preset of the job."),
    name: z.string().min(1).max(200).optional().describe("A name for the run."),
    options: z.record(z.string(), z.unknown()).default({}).describe("Options of the job."),
  }),
]);

/** A sweep as the page sends it: what all trials share, and what varies. */
export const sweepInput = z.strictObject({ recipe: recipeInput, plan: sweepFields });
