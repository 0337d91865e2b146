import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadDigits } from "../src/data/index.ts";

const example = fileURLToPath(new URL("../src/examples/digits.ts", import.meta.url));
const loader = import.meta.resolve("tsx");

function runExample(cwd: string): Promise<string> {
  const child = spawn(process.execPath, ["--import", loader, example], { cwd });
  let [text, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => (code === 0 ? resolve(text) : reject(new Error(errors))));
  });
}

describe("the digits example", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "orrery-digits-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("learns to read digits, shows what it got wrong, and leaves a model that plain ONNX Runtime runs", async () => {
    const text = await runExample(folder);
    const accuracy = Number(/Test accuracy ([\d.]+) %/.exec(text)?.[1]);
    expect(accuracy).toBeGreaterThanOrEqual(97);
    expect(accuracy).toBeLessThan(99.9);
    expect(text).toContain("True digits down, predicted ones across:");
    expect(text).toMatch(/\d, taken for \d/);
    expect(text).toContain("██");

    const session = await InferenceSession.create(await readFile(join(folder, "runs/digits/digits.onnx")));
    expect([session.inputNames, session.outputNames]).toEqual([["image"], ["scores"]]);
    const { inputs, labels } = await loadDigits();
    const { scores } = await session.run({ image: new Tensor("float32", inputs.data, [labels.size, 1, 8, 8]) });
    const right = Array.from(labels.data, (label, i) => {
      const row = (scores.data as Float32Array).subarray(10 * i, 10 * i + 10);
      return row.indexOf(Math.max(...row)) === label;
    });
    expect(right.filter(Boolean).length / labels.size).toBeGreaterThan(0.985);
  }, 180_000);
});
