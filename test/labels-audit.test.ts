import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCsv, encodeIdx, encodeNpy, loadDigits, numberColumn, textColumn, writeNpz } from "../src/data/index.ts";
import { NdArray } from "../src/engine/index.ts";
import { readRun } from "../src/lab/index.ts";
import { orrery } from "./kit/command.ts";

let folder = "";
/** Digits 0…4 whose labels are wrong in every tenth row: the class after the true one. */
let rows: { readonly pixels: Float32Array; readonly truth: number; readonly label: number }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "orrery-audit-"));
  const { inputs, labels } = await loadDigits();
  const kept = Array.from(labels.data.keys())
    .filter((i) => labels.data[i] < 5)
    .slice(0, 500);
  rows = kept.map((i, n) => {
    const truth = labels.data[i];
    return {
      pixels: (inputs.data as Float32Array).subarray(64 * i, 64 * i + 64),
      truth,
      label: n % 10 === 3 ? (truth + 1) % 5 : truth,
    };
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Four folds: with 500 rows and fewer, three leave too little to learn from. */
const quick = ["--folds", "4", "--epochs", "12", "--json"];

/** Runs an audit and answers its suspects. */
async function audit(words: readonly string[]) {
  const { code, stdout, stderr } = await orrery(["labels", "audit", ...words, ...quick], folder);
  expect(code, stderr + stdout.slice(-600)).toBe(0);
  const { folder: run } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as { readonly folder: string };
  const table = decodeCsv(readFileSync(join(run, "artifacts/suspects.csv"), "utf8"));
  return { run: readRun(run), table, places: Array.from(numberColumn(table, "row"), Number) };
}

/** The part of the wrong rows that are found, and of the suspects that are wrong. */
function score(places: readonly number[]) {
  const found = places.filter((row) => rows[row - 1].label !== rows[row - 1].truth).length;
  const wrong = rows.filter(({ label, truth }) => label !== truth).length;
  return { recall: found / wrong, precision: found / places.length };
}

const names = ["zero", "one", "two", "three", "four"];

describe("labels audit", () => {
  it("finds wrong labels in a table, names rows by their ids, and repairs most of them", async () => {
    const lines = rows.map(({ pixels, label }, i) => [`r${i + 1}`, names[label], ...pixels].join(","));
    writeFileSync(
      join(folder, "digits.csv"),
      `id,digit,${Array.from({ length: 64 }, (_, j) => `p${j}`).join(",")}\n${lines.join("\n")}\n`,
    );
    const { run, table, places } = await audit(["digits.csv", "--label", "digit", "--id", "id"]);
    const { recall, precision } = score(places);
    expect(recall).toBeGreaterThan(0.85);
    expect(precision).toBeGreaterThan(0.8);
    expect(textColumn(table, "id")[0]).toBe(`r${places[0]}`);
    expect(textColumn(table, "given")[0]).toBe(names[rows[places[0] - 1].label]);
    const right = places.filter((row, i) => textColumn(table, "suggested")[i] === names[rows[row - 1].truth]).length;
    expect(right / places.length).toBeGreaterThan(0.8);
    expect(run.record.artifacts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["suspects.csv", "cleaned-labels.csv", "transition.csv"]),
    );
    expect(readFileSync(join(run.folder, "report.html"), "utf8")).toContain("Labels that are likely wrong");
  });

  it("reads idx, npz and a folder of images alike", async () => {
    const bytes = Uint8Array.from(rows.flatMap(({ pixels }) => Array.from(pixels, (p) => 15 * p)));
    const labels = Int32Array.from(rows, ({ label }) => label);
    writeFileSync(join(folder, "d-images-idx3-ubyte"), encodeIdx(new NdArray(bytes, [rows.length, 8, 8], "uint8")));
    writeFileSync(
      join(folder, "d-labels-idx1-ubyte"),
      encodeIdx(new NdArray(Uint8Array.from(labels), [rows.length], "uint8")),
    );
    await writeNpz(join(folder, "d.npz"), {
      x: new NdArray(Float32Array.from(bytes), [rows.length, 64], "float32"),
      y: new NdArray(labels, [rows.length], "int32"),
    });
    for (const source of ["d-images-idx3-ubyte", "d.npz"]) {
      const { recall, precision } = score((await audit([source])).places);
      expect([source, recall > 0.85, precision > 0.8]).toEqual([source, true, true]);
    }
    for (const name of names) mkdirSync(join(folder, "images", name), { recursive: true });
    await Promise.all(
      rows.slice(0, 200).map(({ label }, i) =>
        sharp(bytes.subarray(64 * i, 64 * i + 64), { raw: { width: 8, height: 8, channels: 1 } })
          .png()
          .toFile(join(folder, "images", names[label], `${String(i).padStart(3, "0")}.png`)),
      ),
    );
    writeFileSync(join(folder, "images", "one", "broken.png"), "no image");
    const { run, table } = await audit(["images"]);
    const found = textColumn(table, "file").filter(
      (file) => Number(/(\d+)\.png$/.exec(file ?? "")?.[1]) % 10 === 3,
    ).length;
    expect(found / 20).toBeGreaterThan(0.7);
    expect(run.record.warnings.join(" ")).toContain("1 rows could not be used");
    expect(readFileSync(join(run.folder, "artifacts/rejected-rows.csv"), "utf8")).toContain("broken.png");
  }, 120_000);

  it("takes the user's own probabilities and several annotators' labels", async () => {
    const probabilities = new Float32Array(rows.length * 5).fill(0.02);
    rows.forEach(({ truth }, i) => {
      probabilities[5 * i + truth] = 0.92;
    });
    writeFileSync(join(folder, "p.npy"), encodeNpy(new NdArray(probabilities, [rows.length, 5], "float32")));
    // Ann is right, Bob errs in every tenth row, Cat answers every second row.
    const lines = rows.map(({ truth, label }, i) =>
      [i, names[label], names[truth], names[label], i % 2 === 0 ? names[truth] : ""].join(","),
    );
    writeFileSync(join(folder, "labels.csv"), `id,label,ann,bob,cat\n${lines.join("\n")}\n`);
    const { run, places } = await audit([
      "labels.csv",
      "--classes",
      names.join(","),
      "--probabilities",
      "p.npy",
      "--annotators",
      "ann,bob,cat",
    ]);
    expect(score(places)).toEqual({ recall: 1, precision: 1 });
    const annotators = JSON.parse(readFileSync(join(run.folder, "figures/annotators.json"), "utf8"));
    expect(annotators.table.rows.at(-1).name).toBe("bob");
    expect(run.record.artifacts.map(({ name }) => name)).toContain("consensus.csv");
  });

  it.each([
    ["a label that is no column", ["digits.csv", "--label", "digt"]],
    ["probabilities of another length", ["labels.csv", "--classes", names.join(","), "--probabilities", "short.npy"]],
    [
      "an annotator that is no column",
      ["labels.csv", "--classes", names.join(","), "--probabilities", "p.npy", "--annotators", "ann,bbo"],
    ],
    ["one label in all rows", ["same.csv"]],
    ["an unknown guide", ["--guide", "cifar10n-wrost"]],
  ])("explains %s", async (_, words) => {
    writeFileSync(join(folder, "short.npy"), encodeNpy(new NdArray(new Float32Array(50), [10, 5], "float32")));
    writeFileSync(join(folder, "same.csv"), `x,label\n${Array.from({ length: 20 }, (_, i) => `${i},a`).join("\n")}\n`);
    const { code, stdout } = await orrery(["labels", "audit", ...words], folder);
    expect(code).toBe(1);
    expect(stdout.replaceAll(folder, "HERE").replaceAll(/\d{8}-\d{6}(-\d+)?/g, "TIME")).toMatchSnapshot();
  });
});
