import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { key, sampleIntegers } from "../../../engine/index.ts";
import { generateNoise } from "./generate.ts";
import { loadNoise, saveNoise } from "./noise-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "noise-"));
});
afterAll(() => rm(folder, { recursive: true }));

const target = (classes: number) => ({
  clean: sampleIntegers(key(1), 500, 0, classes),
  classNames: Array.from({ length: classes }, (_, k) => `class ${k}`),
});

describe("a noise file", () => {
  it("gives back labels, annotators, rates and recipe, for few classes and many", async () => {
    for (const classes of [10, 300]) {
      const spec = { kind: "annotators", annotators: [{ type: "hammer" }, { type: "spammer" }] } as const;
      const noise = await generateNoise(spec, target(classes), key(2));
      const path = join(folder, `n${classes}`);
      const hash = await saveNoise(path, noise, { spec, seed: 2 });
      expect(await saveNoise(join(folder, "again.json"), noise)).toBe(hash);
      const { clean, labels, annotators, nominalRate, expectedRate, realizedRate, classNames, kind, notes } = noise;
      const stored = { clean, labels, annotators, nominalRate, expectedRate, realizedRate, classNames, kind, notes };
      expect(await loadNoise(path)).toEqual({ ...stored, replaced: null, rows: null, recipe: { spec, seed: 2 } });
      expect(await loadNoise(`${path}.json`)).toEqual(await loadNoise(path));
    }
  });

  it("keeps what open-set noise replaces and which rows an imbalance left", async () => {
    const noise = await generateNoise({ kind: "open-set", rate: 0.3, sources: 5 }, target(4), key(1));
    await saveNoise(join(folder, "open"), noise);
    const { realizedRate, replaced } = await loadNoise(join(folder, "open"));
    expect([realizedRate, replaced]).toEqual([0.3, noise.replaced]);
    const kept = await generateNoise({ kind: "imbalanced", ratio: 5, base: { kind: "clean" } }, target(4), key(1));
    await saveNoise(join(folder, "kept"), kept);
    expect((await loadNoise(join(folder, "kept"))).rows).toEqual(kept.rows);
  });

  it("is refused when labels or counts were changed", async () => {
    const noise = await generateNoise({ kind: "pair", rate: 0.3 }, target(4), key(1));
    const path = join(folder, "changed");
    await saveNoise(path, noise);
    const header = await readFile(`${path}.json`, "utf8");
    const bytes = await readFile(`${path}.u8`);
    bytes[1] = (bytes[1] + 1) % 4;
    await writeFile(`${path}.u8`, bytes);
    await expect(loadNoise(path)).rejects.toThrow(/expected SHA-256 [0-9a-f]{64}; got [0-9a-f]{64}/);
    bytes[1] = (bytes[1] + 3) % 4;
    await writeFile(`${path}.u8`, bytes);
    await loadNoise(path);
    const [first, second] = noise.counts[0];
    const moved = JSON.stringify({
      ...JSON.parse(header),
      counts: [[first + 1, second - 1, 0, 0], ...noise.counts.slice(1)],
    });
    await writeFile(`${path}.json`, moved);
    await expect(loadNoise(path)).rejects.toThrow("expected counts that agree with the labels");
    await writeFile(`${path}.json`, "{");
    await expect(loadNoise(path)).rejects.toThrow(/changed\.json: expected JSON/);
    await writeFile(`${path}.json`, "{}");
    await expect(loadNoise(path)).rejects.toThrow(/changed\.json: format: /);
  });
});
