import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dataset } from "../../../data/index.ts";
import type { JobContext } from "../../../lab/index.ts";
import { type NoisyLabels, saveNoise } from "../noise/index.ts";
import { drawRow, isImage } from "../reports/images.ts";

/** Wrong labels that are shown. */
const shownFlips = 24;

/** Draws some of the rows whose label is wrong now, where rows are images. */
export async function flipSheet(dataset: Dataset, noise: NoisyLabels, context: JobContext): Promise<void> {
  const { inputs, classNames } = dataset;
  if (!isImage(inputs.shape)) return;
  const flipped = Array.from(noise.flipped.keys()).filter((i) => noise.flipped[i] === 1);
  if (flipped.length === 0) return;
  const every = Math.max(1, Math.floor(flipped.length / shownFlips));
  const shown = flipped.filter((_, i) => i % every === 0).slice(0, shownFlips);
  const rowOf = (i: number) => noise.rows?.[i] ?? i;
  const images = await Promise.all(
    shown.map(async (i) => ({
      source: await drawRow(inputs, rowOf(i)),
      caption: `${classNames[noise.clean[i]]}, now called ${classNames[noise.labels[i]]}`,
      detail: `row ${rowOf(i) + 1}`,
    })),
  );
  context.figure({
    name: "flips",
    title: "Some of the wrong labels",
    summary: `${shown.length} of the ${flipped.length} rows whose label is wrong now, each with its true class and its label.`,
    drawing: { kind: "images", images },
    table: {
      rows: shown.map((i) => ({
        row: rowOf(i) + 1,
        true: classNames[noise.clean[i]],
        label: classNames[noise.labels[i]],
      })),
    },
  });
}

/** Writes the labels as a noise file (JSON and arrays with their hash) and as a table. @returns the hash */
export async function writeNoise(noise: NoisyLabels, recipe: unknown, context: JobContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "orrery-noise-"));
  try {
    const hash = await saveNoise(join(folder, "noise.json"), noise, recipe);
    const { arrays } = JSON.parse(await readFile(join(folder, "noise.json"), "utf8")) as {
      readonly arrays: { readonly file: string };
    };
    await context.artifact(
      "noise.json",
      await readFile(join(folder, "noise.json")),
      "How the labels were made: rates, counts, hash of the arrays",
    );
    await context.artifact(
      arrays.file,
      await readFile(join(folder, arrays.file)),
      "True classes, labels, and each annotator's labels, a row for each example",
    );
    const { classNames, clean, labels } = noise;
    const lines = Array.from(
      labels,
      (label, i) =>
        `${(noise.rows?.[i] ?? i) + 1},${csv(classNames[clean[i]])},${csv(classNames[label])},${noise.flipped[i]}`,
    );
    await context.artifact("noisy-labels.csv", `row,true,label,wrong\n${lines.join("\n")}\n`, "The same as a table");
    return hash;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const csv = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
