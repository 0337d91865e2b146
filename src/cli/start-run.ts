import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { OrreryError } from "../errors.ts";
import type { AnyJob } from "../lab/index.ts";
import type { Recipe } from "../lab/recipes/recipe.ts";
import { readRecipe } from "../lab/recipes/recipe.ts";
import { type OptionLayer, presetLayer, resolveOptions } from "../lab/recipes/resolve-options.ts";
import { readRun, runFiles } from "../lab/runs/run-folder.ts";
import { readRunRecipe } from "../lab/runs/run-options.ts";
import { explainOptions } from "./explain.ts";
import { interruption } from "./interruption.ts";
import type { RunFlags } from "./job-command.ts";
import { runsRoot } from "./places.ts";
import { runObserver } from "./progress/observer.ts";

/** What is to be run, and how. */
export interface Start {
  readonly job: AnyJob;
  readonly flags: RunFlags;
  /** From the command line. */
  readonly layer: OptionLayer;
  /** Already read, where the command line named it. */
  readonly recipe?: Recipe;
}

/** The preset that flags or the recipe name. What else is wrong with a recipe is told along with a preset that is not there. */
function choosePreset({ job, flags, layer, recipe }: Start): OptionLayer[] {
  try {
    return presetLayer(job, flags.preset ?? recipe?.preset);
  } catch (error) {
    if (!(error instanceof OrreryError) || flags.preset !== undefined || recipe === undefined) throw error;
    const problems = [`${recipe.place("preset")} preset: ${error}`];
    try {
      resolveOptions(job, [recipe.layer, layer]);
    } catch (other) {
      if (other instanceof OrreryError) problems.push(other.message);
    }
    throw new OrreryError(error.code, problems.join("\n"));
  }
}

async function layersOf({
  job,
  flags,
  layer,
  recipe: given,
}: Start): Promise<{ layers: OptionLayer[]; recipe?: Recipe }> {
  const recipe = given ?? (flags.recipe === undefined ? undefined : await readRecipe(flags.recipe));
  if (recipe !== undefined && recipe.job !== job.name) {
    throw new OrreryError(
      "argument",
      `${recipe.file}: expected a recipe of "${job.name}"; it is one of "${recipe.job}"`,
      {
        hint: `orrery run ${recipe.file} runs it.`,
      },
    );
  }
  const preset = choosePreset({ job, flags, layer, recipe });
  return { layers: [...preset, ...(recipe === undefined ? [] : [recipe.layer]), layer], recipe };
}

/** The layers of options of a start, lowest first: preset, recipe, flags. */
export async function optionLayers(start: Start): Promise<readonly OptionLayer[]> {
  return (await layersOf(start)).layers;
}

/**
 * Runs a job as the command line says, or prints what its options would be.
 * @returns the exit code: 0 done, 1 failed by the user's input, 2 by a bug, 130 cancelled
 */
export async function startRun(start: Start): Promise<number> {
  const { job, flags } = start;
  const { layers, recipe } = await layersOf(start);
  const resolved = resolveOptions(job, layers);
  if (flags.explain === true) {
    process.stdout.write(`${explainOptions(job, resolved)}\n`);
    return 0;
  }
  const [{ runResolved }, { newRunFolder }] = await Promise.all([
    import("../lab/runs/run-job.ts"),
    import("../lab/runs/run-name.ts"),
  ]);
  const folder = flags.folder === undefined ? newRunFolder(runsRoot(flags), job.name) : resolve(flags.folder);
  // A record that is there but cannot be read is not written over.
  const before = existsSync(join(folder, runFiles.record)) ? readRun(folder) : undefined;
  if (before !== undefined && before.record.job !== job.name) {
    throw new OrreryError("argument", `${folder}: holds a run of "${before.record.job}", not of "${job.name}"`, {
      hint: "Name another folder with --folder.",
    });
  }
  // Options that a run of an older version did not have yet are taken at their defaults.
  const isSame = () => isDeepStrictEqual(resolveOptions(job, [readRunRecipe(folder).layer]).options, resolved.options);
  if (before !== undefined && !isSame()) {
    throw new OrreryError("argument", `${folder}: holds a run with other options`, {
      hint: `orrery runs resume ${before.id} goes on with it; name another folder for a new run.`,
    });
  }
  const observe = runObserver(job, flags);
  if (before?.record.status.state === "done") {
    observe({ kind: "end", folder, end: before.record.status });
    return 0;
  }
  const preset = flags.preset ?? recipe?.preset;
  const { signal, stop } = interruption();
  try {
    const end = await runResolved(job, resolved, {
      ...{ folder, observer: observe, signal, preset },
      name: flags.name ?? recipe?.name,
    });
    if (end.state === "done") return 0;
    if (end.state === "cancelled") return 130;
    if (process.argv.includes("--debug")) console.error(end.cause);
    return end.error.code === "bug" ? 2 : 1;
  } finally {
    stop();
  }
}
