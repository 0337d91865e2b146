import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readCsv } from "./csv.ts";
import { dataPath } from "./data-path.ts";
import type { Dataset } from "./dataset.ts";
import { loadBreastCancer, loadDigits, loadWine } from "./shipped.ts";

function classCounts({ labels, classNames }: Dataset): number[] {
  return classNames.map((_, k) => labels.data.filter((label) => label === k).length);
}

test("digits are 1,797 images of 8×8 pixels", async () => {
  const set = await loadDigits();
  expect(set.inputs.shape).toEqual([1797, 64]);
  expect(classCounts(set)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  expect(set.featureNames[10]).toBe("pixel_1_2");
  expect(Array.from(set.inputs.data.subarray(0, 8))).toEqual([0, 0, 5, 13, 9, 1, 0, 0]);
  expect([Math.min(...set.inputs.data), Math.max(...set.inputs.data)]).toEqual([0, 16]);
});

test("wine has three cultivars of 13 measurements", async () => {
  const set = await loadWine();
  expect(set.inputs.shape).toEqual([178, 13]);
  expect(classCounts(set)).toEqual([59, 71, 48]);
  expect(set.featureNames).toContain("flavanoids");
});

test("breast cancer has 30 measurements, malignant first", async () => {
  const set = await loadBreastCancer();
  expect(set.inputs.shape).toEqual([569, 30]);
  expect(set.classNames).toEqual(["malignant", "benign"]);
  expect(classCounts(set)).toEqual([212, 357]);
  expect(set.featureNames.at(-1)).toBe("worst fractal dimension");
});

test("the shipped values are those of the original files", async () => {
  const [own, original] = await Promise.all([
    loadBreastCancer(),
    readCsv(dataPath("graphs/uci/breast_cancer.csv"), {
      header: false,
      columns: Object.fromEntries(Array.from({ length: 31 }, (_, j) => [`column_${j + 1}`, "number" as const])),
    }),
  ]);
  original.columns.slice(0, 30).forEach(({ values }, j) => {
    const column = own.inputs.data.filter((_, i) => i % 30 === j);
    expect(column).toEqual(Float32Array.from(values as Float64Array));
  });
});

test("the README tells the files' true hashes", async () => {
  const folder = resolve(import.meta.dirname, "../../data");
  const readme = await readFile(resolve(folder, "README.md"), "utf8");
  for (const file of ["digits.csv.gz", "wine.csv.gz", "breast-cancer.csv.gz"]) {
    const hash = createHash("sha256")
      .update(await readFile(resolve(folder, file)))
      .digest("hex");
    expect(readme).toContain(`| \`${file}\` | \`${hash}\` |`);
  }
});
