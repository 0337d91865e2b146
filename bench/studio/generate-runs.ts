import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findJob } from "../../src/instruments/registry.ts";
import { writeRecipe } from "../../src/lab/recipes/recipe-text.ts";
import { resolveOptions } from "../../src/lab/recipes/resolve-options.ts";
import { replaceFileSync, runFiles } from "../../src/lab/runs/run-folder.ts";
import { RunWriter } from "../../src/lab/runs/run-writer.ts";

const methods = ["elr", "gce", "mae", "sce", "co-teaching"] as const;

/** Pseudo-random numbers from 0 to 1: the same runs on every machine. */
function noise(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A run of `labels train` with `steps` points of three metrics, written as the job itself writes them. */
async function writeRun(root: string, number: number, steps: number): Promise<void> {
  const job = await findJob("labels train");
  const method = methods[number % methods.length];
  const given = { method, seed: number, epochs: steps, learningRate: 10 ** (-2 - (number % 7) / 4) };
  const title = { name: `${method} ${number}` };
  const folder = join(root, `labels-train-${String(number).padStart(4, "0")}`);
  mkdirSync(folder);
  const resolved = resolveOptions(job, [{ values: given, locate: () => "given", folder: root }]);
  replaceFileSync(join(folder, runFiles.recipe), writeRecipe(job.name, title, resolved));
  const writer = new RunWriter(folder, job, title, () => {});
  const { metrics, progress } = writer.context(new AbortController().signal);
  const random = noise(number);
  let best = 0;
  for (let step = 1; step <= steps; step++) {
    const learned = 1 - Math.exp((-3 * step) / steps);
    const validationAccuracy = 0.1 + 0.8 * learned + 0.05 * random();
    best = Math.max(best, validationAccuracy);
    metrics(step, {
      trainLoss: 2.3 * (1 - learned) + 0.2 * random(),
      validationAccuracy,
      testAccuracy: 0.12 + 0.8 * learned + 0.03 * random(),
    });
    progress({ done: step, total: steps, unit: "epochs" });
  }
  const headlines = [{ label: "validation accuracy", value: best, isFraction: true }];
  const end =
    number % 10 === 9
      ? ({ state: "cancelled" } as const)
      : ({ state: "done", outcome: { summary: `${method} trained.`, headlines } } as const);
  writer.settle(end);
  writer.close(end);
}

/** A folder with `count` runs of `steps` steps, made when it is not there; the first time takes minutes when there are many. */
export async function runsFolder(folder: string, count: number, steps: number): Promise<string> {
  const root = join(folder, `${count}-runs-of-${steps}-steps`);
  if (existsSync(root)) return root;
  const aside = `${root}.part`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  for (let number = 0; number < count; number++) {
    await writeRun(aside, number, steps);
    if (number % 100 === 99) console.error(`bench studio: ${number + 1} of ${count} runs of ${steps} steps written`);
  }
  renameSync(aside, root);
  return root;
}
