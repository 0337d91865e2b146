import { OrreryError } from "../errors.ts";
import { findJob } from "../instruments/registry.ts";
import { readRecipe } from "../lab/recipes/recipe.ts";
import { parseWith } from "./command-line.ts";
import { jobCommand } from "./job-command.ts";
import { startRun } from "./start-run.ts";

const usage = `Usage: orrery run <recipe.yaml> [options]

A recipe names a job and its options:

  job: labels audit
  preset: quick
  options:
    data: reviews.csv
    label: rating

Relative paths are relative to the recipe. Flags of the job go before the recipe; orrery <instrument> <job> --help lists them.
`;

/** `orrery run recipe.yaml [flags of its job]`. */
export async function runRecipe(rest: readonly string[]): Promise<number> {
  const [file, ...flags] = rest;
  if (file === undefined || file === "--help" || file === "-h") {
    process.stdout.write(usage);
    return 0;
  }
  if (file.startsWith("-")) {
    throw new OrreryError("argument", `orrery run: expected a recipe first; got "${file}"`, {
      hint: "orrery run recipe.yaml --preset quick",
    });
  }
  const recipe = await readRecipe(file);
  if (recipe.sweep !== undefined) {
    throw new OrreryError("argument", `${file}: describes a sweep`, { hint: `orrery sweep ${file} runs it.` });
  }
  const job = await findJob(recipe.job).catch((error: unknown) => {
    if (!(error instanceof OrreryError)) throw error;
    const { code, message, hint } = error;
    throw new OrreryError(code, `${recipe.place("job")} job: ${message}`, hint === undefined ? {} : { hint });
  });
  let code = 0;
  const command = jobCommand(job, async (call) => {
    code = await startRun({ ...call, recipe });
  });
  await parseWith(command, flags);
  return code;
}
