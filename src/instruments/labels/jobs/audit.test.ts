import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCsv, loadDigits, textColumn, writeNpy } from "../../../data/index.ts";
import { key, NdArray, sampleUniform } from "../../../engine/index.ts";
import { checkFigure, readFigures, readRun, runJob } from "../../../lab/index.ts";
import { auditJob } from "./audit.ts";

let folder = "";
let count = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-audit-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const quick = { folds: 3, seed: 1 };

/** Runs an audit and reads what it left. */
async function audit(options: Parameters<typeof runJob<typeof auditJob>>[1], place = join(folder, `run-${count++}`)) {
  const ended = await runJob(auditJob, options as never, { folder: place });
  const run = readRun(place);
  const text = (name: string) => readFileSync(join(place, "artifacts", name), "utf8");
  const column = (file: string, name: string) =>
    textColumn(decodeCsv(new TextEncoder().encode(text(file)), {}, file), name);
  return { ended, run, text, column, figures: readFigures(run), place };
}

/** Two hundred rows of the digits, a fifth of them labelled wrong, with the true labels. */
async function someDigits() {
  const { inputs, labels } = await loadDigits();
  const n = 400;
  const draws = sampleUniform(key(5), n, "float64");
  const truth = labels.data.slice(0, n);
  const given = truth.map((y, i) => (draws[i] < 0.2 ? (y + 1 + (i % 9)) % 10 : y));
  return { inputs: new NdArray<"float32">(inputs.data.slice(0, n * 64), [n, 64]), truth, given };
}

const foundOf = (rows: readonly (string | null)[], given: Int32Array, truth: Int32Array) => {
  const wrong = rows.filter((row) => given[Number(row) - 1] !== truth[Number(row) - 1]).length;
  return { precision: wrong / rows.length, recall: wrong / given.filter((label, i) => label !== truth[i]).length };
};

describe("labels audit", () => {
  it("without data shows what it finds in digits with realistic noise, and trains to compare", {
    timeout: 120_000,
  }, async () => {
    const { ended, figures, run, column } = await audit(quick);
    expect(ended.state).toBe("done");
    const headlines = ended.state === "done" ? ended.outcome.headlines : [];
    const headline = (label: string) => Number(headlines.find((one) => one.label === label)?.value);
    expect(headline("found")).toBeGreaterThan(0.85);
    expect(headline("suspects that are wrong indeed")).toBeGreaterThan(0.8);
    expect(headline("estimated wrong labels")).toBeGreaterThan(0.15);
    expect(headline("estimated wrong labels")).toBeLessThan(0.28);
    expect(headline("test accuracy, elr")).toBeGreaterThan(headline("test accuracy, cross-entropy") + 0.02);
    for (const figure of figures) checkFigure(figure);
    const names = figures.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        "suspects",
        "found",
        "advice",
        "estimated-transition",
        "classes",
        "neighbours",
        "training",
      ]),
    );
    const sheet = figures.find(({ name }) => name === "suspects");
    expect(sheet?.drawing.kind).toBe("images");
    expect(run.record.artifacts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["suspects.csv", "cleaned-labels.csv", "transition.csv", "robust-model.onnx"]),
    );
    expect(column("suspects.csv", "why")[0]).toMatch(/a model that has not seen this row gives/);
  });

  it("reads a table with ids, annotators and bad rows, and loses none silently", { timeout: 180_000 }, async () => {
    const { inputs, truth, given } = await someDigits();
    const header = ["id", ...Array.from({ length: 64 }, (_, j) => `p${j}`), "label", "ann", "bob"].join(",");
    const lines = Array.from(given, (label, i) => {
      const pixels = Array.from(inputs.data.subarray(i * 64, (i + 1) * 64));
      return [`digit-${i}`, ...pixels, label, truth[i], i % 3 === 0 ? "" : label].join(",");
    });
    lines[7] = lines[7].replace(/^digit-7/, "digit-6");
    lines[8] = lines[8].split(",").slice(0, 20).join(",");
    lines[9] = lines[9].split(",").with(65, "").join(",");
    const data = join(folder, "digits.csv");
    writeFileSync(data, `${[header, ...lines].join("\n")}\n`);
    const { ended, column, figures, run } = await audit({ ...quick, data, id: "id", annotators: ["ann", "bob"] });
    expect(ended.state).toBe("done");
    expect(column("rejected-rows.csv", "row")).toEqual(["8", "9", "10"]);
    const reasons = column("rejected-rows.csv", "reason");
    expect(reasons[0]).toBe('id "digit-6" stands already in row 7');
    expect(reasons[1]).toMatch(/expected 68 .*got 20/);
    expect(reasons[2]).toBe("the label is missing");
    expect(run.record.warnings[0]).toContain("3 rows could not be used");
    expect(column("suspects.csv", "id")[0]).toMatch(/^digit-\d+$/);
    const { precision, recall } = foundOf(column("suspects.csv", "row"), given, truth);
    expect(precision).toBeGreaterThan(0.75);
    expect(recall).toBeGreaterThan(0.8);
    expect(figures.find(({ name }) => name === "annotators")?.table.rows).toHaveLength(2);
    expect(column("consensus.csv", "consensus")).toHaveLength(397);
  });

  it("takes the user's probabilities, for a table of labels alone and for all of its rows", async () => {
    const { truth, given } = await someDigits();
    const data = join(folder, "labels.csv");
    writeFileSync(data, `name,label\n${Array.from(given, (label, i) => `r${i},${i === 3 ? "" : label}`).join("\n")}\n`);
    const values = Float32Array.from({ length: 4000 }, (_, i) => (i % 10 === truth[Math.floor(i / 10)] ? 0.91 : 0.01));
    const probabilities = join(folder, "probabilities.npy");
    await writeNpy(probabilities, new NdArray<"float32">(values, [400, 10]));
    const { ended, column } = await audit({ data, probabilities, id: "name" });
    expect(ended.state).toBe("done");
    expect(column("rejected-rows.csv", "reason")).toEqual(["the label is missing"]);
    const { precision, recall } = foundOf(column("suspects.csv", "row"), given, truth);
    expect(precision).toBe(1);
    expect(recall).toBeGreaterThan(0.95);
    writeFileSync(join(folder, "logits.csv"), `a,b\n${Array.from(given, () => "2.5,-1").join("\n")}\n`);
    const refused = await audit({ data, probabilities: join(folder, "logits.csv") });
    expect(refused.ended.state).toBe("failed");
    expect(refused.ended.state === "failed" && refused.ended.error.message).toContain(
      "expected probabilities [399, 10], a column for each class; got [399, 2]",
    );
  });

  it("tells what to do about a table that it cannot read in the words of its options", async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${i},${i % 2 ? "red" : "blue"},${i / 3},${i % 2}`);
    const data = join(folder, "words.csv");
    const hintOf = async (header: string, options = {}) => {
      writeFileSync(data, `${header}\n${rows.join("\n")}\n`);
      const { ended } = await audit({ data, ...options });
      return ended.state === "failed" ? ended.error.hint : ended.state;
    };
    expect(await hintOf("a,colour,c,label")).toMatch(/leave the column out with --ignore "colour"/);
    expect(await hintOf("a,colour,label,d")).toMatch(/^Labels are classes/);
    expect(await hintOf("a,a,c,label")).toMatch(/^Rename one/);
  });

  it("says of labels that all look right that none looks wrong", async () => {
    const data = join(folder, "right.csv");
    writeFileSync(data, `label\n${Array.from({ length: 40 }, (_, i) => ["x", "y"][i % 2]).join("\n")}\n`);
    const values = Float32Array.from({ length: 80 }, (_, i) => (i % 2 === Math.floor(i / 2) % 2 ? 0.9 : 0.1));
    const probabilities = join(folder, "right.npy");
    await writeNpy(probabilities, new NdArray<"float32">(values, [40, 2]));
    const { ended } = await audit({ data, probabilities });
    expect(ended.state === "done" && ended.outcome.summary).toMatch(/^None of the 40 labels of .* looks wrong\./);
  });

  it("goes on after it was stopped and ends with the same files", { timeout: 180_000 }, async () => {
    const options = { ...quick, epochs: 4, compareTraining: false };
    const whole = await audit(options);
    const place = join(folder, "stopped");
    const stop = new AbortController();
    const observer = (event: { readonly kind: string }) => {
      if (event.kind === "checkpoint") stop.abort();
    };
    const first = await runJob(auditJob, options, { folder: place, signal: stop.signal, observer });
    expect(first.state).toBe("cancelled");
    const second = await audit(options, place);
    expect(second.ended.state).toBe("done");
    for (const file of ["suspects.csv", "cleaned-labels.csv", "transition.csv"])
      expect(second.text(file)).toBe(whole.text(file));
    const metrics = (at: string) => readFileSync(join(at, "metrics.ndjson"), "utf8");
    expect(metrics(place)).toBe(metrics(whole.place));
  });
});
