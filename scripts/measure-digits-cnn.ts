/**
 * Measures how accurate a small convolutional network on the handwritten digits is under many bit-widths of its layers, and writes the
 * example of `orrery mapping explore` to data/mapping: the layers, and a table of settings with the accuracy on validation rows and
 * one with that on test rows. Which settings to measure is found by `exploreBits` on the 16-bit Eyeriss, with a training run as its evaluator.
 *
 * Five-fold cross-validation: three folds train, one validates, one tests, so that each table counts every digit once. What stands in
 * the tables is not measured again; delete them to begin anew. Half an hour on two busy cores.
 *
 *     node --import tsx scripts/measure-digits-cnn.ts
 */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { encodeCsv, loadDigits, stratifiedKFold, takeRows } from "../src/data/index.ts";
import { key } from "../src/engine/index.ts";
import { type BitSetting, describeSetting, exploreBits, eyeriss } from "../src/instruments/mapping/index.ts";
import { readMeasurements } from "../src/instruments/mapping/measurement-table.ts";
import { writeCompactLayers } from "../src/instruments/mapping/yaml/write-compact.ts";
import { problems } from "./digits-cnn/network.ts";
import { countRight, type Examples, fineTune, trainFloat } from "./digits-cnn/quantized-training.ts";

const [forFolds, forTraining, forTuning, forSearch] = key(11).split(4);
const pathOf = (name: string) => fileURLToPath(new URL(`../data/mapping/digits-cnn${name}`, import.meta.url));
const tables = { validation: pathOf("-accuracies.csv"), test: pathOf("-test-accuracies.csv") };
type Part = keyof typeof tables;

const { inputs, labels } = await loadDigits();
const images = inputs.reshape([inputs.shape[0], 1, 8, 8]);
const at = (rows: Int32Array): Examples => ({ images: takeRows(images, rows), labels: takeRows(labels, rows) });
const held = stratifiedKFold(labels.data, 5, forFolds).map((fold) => fold.test);
const folds = held.map((test, k) => {
  const next = (k + 1) % held.length;
  const rest = held.filter((_, other) => other !== k && other !== next).flatMap((rows) => [...rows]);
  return { train: at(Int32Array.from(rest).sort()), validation: at(held[next]), test: at(test), number: k };
});
console.log(`training ${folds.length} networks`);
const networks: Awaited<ReturnType<typeof trainFloat>>[] = [];
for (const { train, number } of folds) networks.push(await trainFloat(train, forTraining.fold(number)));

async function measure(setting: BitSetting, repetition = 0): Promise<Record<Part, number>> {
  const right = { validation: 0, test: 0 };
  for (const { train, number, ...parts } of folds) {
    const own = forTuning.fold(repetition * folds.length + number);
    const tuned = await fineTune(networks[number], train, setting, own);
    for (const part of ["validation", "test"] as const) right[part] += await countRight(tuned, parts[part], setting);
  }
  const total = labels.shape[0];
  return { validation: right.validation / total, test: right.test / total };
}

const measured = new Map<string, Record<Part, number>>();
if (existsSync(tables.validation) && existsSync(tables.test)) {
  const test = await readMeasurements(tables.test, problems.length);
  for (const [i, { setting, accuracy }] of (await readMeasurements(tables.validation, problems.length)).entries()) {
    measured.set(describeSetting(setting), { validation: accuracy, test: test[i].accuracy });
  }
}

const percent = (part: number) => `${(100 * part).toFixed(2)} %`;

async function keep(): Promise<void> {
  const settings = { kind: "text" as const, name: "setting", values: [...measured.keys()] };
  for (const part of ["validation", "test"] as const) {
    const values = Float64Array.from(measured.values(), (accuracies) => Number(accuracies[part].toFixed(5)));
    await writeFile(tables[part], encodeCsv([settings, { kind: "number", name: "accuracy", values }]));
  }
}

async function accuracyOf(setting: BitSetting): Promise<number> {
  const name = describeSetting(setting);
  const known = measured.get(name);
  if (known !== undefined) return known.validation;
  const accuracies = await measure(setting);
  measured.set(name, accuracies);
  await keep();
  console.log(`${measured.size}: ${name}  ${accuracies.validation.toFixed(4)}`);
  return accuracies.validation;
}

const header = "# A small convolutional network on images of 8 x 8 pixels; made by scripts/measure-digits-cnn.ts.\n";
await writeFile(pathOf(".yaml"), header + writeCompactLayers(problems));
const { front, uniform } = await exploreBits(problems, {
  ...eyeriss(16),
  ...{ accuracy: accuracyOf, key: forSearch, metric: "energy", metrics: ["energy"] },
  ...{ populationSize: 20, generations: 2 },
});
const eight = uniform.find(({ setting }) => setting.every((b) => b.activations === 8 && b.weights === 8))!;
// The cheapest within one standard error of the accuracy of 8 bits: what no measurement of this size tells apart from it.
const standardError = Math.sqrt((eight.accuracy * (1 - eight.accuracy)) / labels.shape[0]);
const [chosen] = front.filter((s) => s.accuracy >= eight.accuracy - standardError).sort((a, b) => a.cost - b.cost);
console.log(
  `chosen: ${describeSetting(chosen.setting)}, ${percent(1 - chosen.cost / eight.cost)} less energy than 8 bits`,
);
for (const { setting } of [eight, chosen]) {
  const { validation, test } = measured.get(describeSetting(setting))!;
  const again: number[] = [];
  for (let repetition = 1; repetition <= 4; repetition++) again.push((await measure(setting, repetition)).test);
  const mean = again.reduce((sum, accuracy) => sum + accuracy, 0) / again.length;
  console.log(
    `${describeSetting(setting)}: validation ${percent(validation)}, test ${percent(test)}; trained again with other seeds, test ${again.map(percent).join(", ")}, on average ${percent(mean)}`,
  );
}
process.exit(0);
