import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { encodeIdx, encodeNpy } from "../../../data/index.ts";
import { NdArray } from "../../../engine/index.ts";
import { auditJob } from "./audit.ts";
import { benchmarkJob } from "./benchmark.ts";
import { inputSize } from "./input-size.ts";
import { trainJob } from "./train.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-sizes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sizeOf(name: string, content: Uint8Array | string, options: object = {}) {
  const data = join(folder, name);
  writeFileSync(data, content);
  return inputSize({ features: [], ignore: [], classes: [], cifar: "cifar10", ...options, data });
}

describe("the size of labelled data", () => {
  it("is read from headers exactly", async () => {
    const images = new NdArray(new Uint8Array(7 * 4 * 5), [7, 4, 5], "uint8");
    expect(await sizeOf("a-idx3-ubyte", encodeIdx(images))).toMatchObject({ rows: 7, shape: [1, 4, 5] });
    expect(await sizeOf("a-idx3-ubyte.gz", gzipSync(encodeIdx(images)))).toMatchObject({ rows: 7, shape: [1, 4, 5] });
    const rows = new NdArray(new Float32Array(60), [20, 3]);
    expect(await sizeOf("a.npy", encodeNpy(rows))).toMatchObject({ rows: 20, shape: [3] });
  });

  it("is guessed from the first lines of a table", async () => {
    const line = (i: number) => `${i},${(i * 0.37).toFixed(3)},${["cat", "dog", "owl"][i % 3]}`;
    const text = `id,x,label\n${Array.from({ length: 60_000 }, (_, i) => line(i)).join("\n")}\n`;
    const table = await sizeOf("a.csv", text, { ignore: ["id"] });
    expect(table).toMatchObject({ shape: [1], classes: 3 });
    expect(Math.abs((table?.rows ?? 0) / 60_000 - 1)).toBeLessThan(0.1);
    const packed = await sizeOf("a.csv.gz", gzipSync(text));
    expect(Math.abs((packed?.rows ?? 0) / 60_000 - 1)).toBeLessThan(0.3);
  });

  it("is that of the digits without data, of CIFAR's records, and not told for forms that must be read", async () => {
    expect(await inputSize({ features: [], ignore: [], classes: [], cifar: "cifar10" })).toMatchObject({ rows: 1797 });
    expect(await sizeOf("a.bin", new Uint8Array(3073 * 4))).toMatchObject({ rows: 4, shape: [3, 32, 32] });
    expect(await sizeOf("a.npz", new Uint8Array(10))).toBeUndefined();
    mkdirSync(join(folder, "empty"));
    expect(
      await inputSize({ data: join(folder, "empty"), features: [], ignore: [], classes: [], cifar: "cifar10" }),
    ).toBeUndefined();
  });
});

describe("what a labels job will take", () => {
  const seconds = async (given: object) => (await trainJob.estimate?.(trainJob.options.parse(given)))?.seconds ?? 0;

  it("grows with epochs, networks, methods and seeds", async () => {
    const plain = await seconds({ epochs: 40, method: "cross-entropy" });
    expect(plain).toBeGreaterThan(0.5);
    expect(await seconds({ epochs: 400, method: "cross-entropy" })).toBeGreaterThan(4 * plain);
    expect(await seconds({ epochs: 40, network: { kind: "resnet8" } })).toBeGreaterThan(4 * plain);
    expect(await seconds({ epochs: 40, method: { name: "dividemix", warmUp: 3 } })).toBeGreaterThan(1.5 * plain);
    const benchmark = async (seeds: number) =>
      (await benchmarkJob.estimate?.(benchmarkJob.options.parse({ seeds })))?.seconds ?? 0;
    expect((await benchmark(6)) / (await benchmark(3))).toBeCloseTo(2, 1);
  });

  it("counts the folds of an audit, and none where probabilities are given", async () => {
    const audit = async (given: object) =>
      (await auditJob.estimate?.(auditJob.options.parse({ compareTraining: false, ...given })))?.seconds ?? 0;
    const five = await audit({ folds: 5 });
    expect(await audit({ folds: 10 })).toBeGreaterThan(1.4 * five);
    expect(await audit({ probabilities: "p.npy" })).toBeLessThan(0.7 * five);
  });

  it("is not told before a file that is not there", async () => {
    await expect(seconds({ data: join(folder, "nothing.csv") })).rejects.toThrow("ENOENT");
  });
});
