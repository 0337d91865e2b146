import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { jobRun } from "../../../../test/kit/job-run.ts";
import { dataPath, decodeNpz } from "../../../data/index.ts";
import { kaufman } from "../exact/kaufman.ts";
import { readInstance } from "../formats/instance-file.ts";
import { freeEnergyJob } from "./free-energy.ts";
import { sampleJob } from "./sample.ts";

const root = mkdtempSync(join(tmpdir(), "ising-thermal-jobs-"));
afterAll(() => rmSync(root, { recursive: true }));

const sample = (options: object) => jobRun(sampleJob, options, root);
const freeEnergy = (options: object) => jobRun(freeEnergyJob, options, root);
const shortTraining = { levels: 6, stepsPerLevel: 10, warmUp: 30, batch: 100 };
const sk20 = { instance: dataPath("ising", "sk", "sk20_s1.txt"), format: "couplings" };

/** Writes a file that a test reads. */
function write(name: string, text: string): string {
  writeFileSync(join(root, name), text);
  return join(root, name);
}

const unusual = [
  ["one spin", "one.txt", "1 0\n"],
  ["no couplings", "none-coupled.txt", "4 0\n"],
  ["couplings that are all zero", "zeros.txt", "3 3\n1 2 0\n2 3 0\n1 3 0\n"],
  ["parts that do not touch", "parts.txt", "5 2\n1 2 1\n4 5 -2\n"],
  ["one spin in a field", "field.txt", "1 1\n1 1 0.5\n"],
] as const;

describe("ising sample", () => {
  test.each(["tempering", "metropolis", "network"])(
    "by %s draws states whose mean energy is the exact one, and keeps them",
    async (method) => {
      const made = await sample({ ...sk20, method, beta: 0.8, samples: 400, training: shortTraining });
      expect(made.warnings).toEqual([]);
      expect(made.outcome.headlines[0].note).toContain("exactly");
      const kept = decodeNpz(readFileSync(made.file("samples.npz")));
      const [spins, energies] = [kept.array("spins"), kept.array("energies").data as Float64Array];
      expect(spins.shape).toEqual([400, 20]);
      const model = await readInstance(sk20.instance, { format: "couplings" });
      const state = Array.from((spins.data as Int8Array).subarray(7 * 20, 8 * 20));
      expect(model.energy(state)).toBeCloseTo(energies[7], 12);
      const [head, first] = readFileSync(made.file("samples.csv"), "utf8").split("\n");
      expect(head).toBe("sample,chain,energy,magnetization");
      expect(Number(first.split(",")[2])).toBeCloseTo(energies[0], 12);
      const names = made.figures.map(({ name }) => name);
      expect(names.slice(0, 3)).toEqual(["energies", "magnetization", "overlaps"]);
      expect(names.includes("ladder")).toBe(method === "tempering");
      const { instance, format } = sk20;
      expect(made.outcome.next?.[0].command).toBe(`orrery ising free-energy ${instance} --format ${format}`);
    },
  );

  test("of a cut counts in cuts, and draws the states of a lattice", async () => {
    const graph = write("square.txt", "4 4\n1 2 1\n3 4 1\n1 3 1\n2 4 1\n");
    const made = await sample({ instance: graph, samples: 40, burnIn: 50, temperature: 0.2 });
    expect(made.outcome.headlines[0]).toMatchObject({ label: "mean cut", value: 4 });
    expect(made.figures.find(({ name }) => name === "configurations")?.summary).toContain("2×2 lattice");
  });

  test("says when chains have not met", async () => {
    const options = { method: "metropolis", samples: 200, burnIn: 200, beta: 3 };
    const made = await sample({ ...options, generate: { size: [6, 6, 6] } });
    expect(made.warnings.join(" ")).toContain("They have not reached equilibrium.");
    expect(made.outcome.summary).toContain("not to be believed");
  });

  test.each(unusual)("of %s is right", async (_, name, text) => {
    const instance = { instance: write(name, text), format: "couplings", beta: 1 };
    for (const method of ["tempering", "metropolis", "network"]) {
      const made = await sample({ ...instance, method, samples: 200, burnIn: 50, training: shortTraining });
      expect(made.warnings, method).toEqual([]);
    }
  });

  test("refuses two temperatures, and a network for more spins than it can have", async () => {
    await expect(sample({ beta: 1, temperature: 1 })).rejects.toThrow("expected --beta or --temperature; got 1 and 1");
    const large = { generate: { size: [100, 100] }, method: "network" };
    await expect(sample(large)).rejects.toThrow("ising sample: a masked network of width 2 is trained on up to 5792");
    await expect(sample({ beta: -1 })).rejects.toThrow("beta");
  });
});

describe("ising free-energy", () => {
  /** Rows of the table, by method. */
  const rowsOf = ({ figures }: Awaited<ReturnType<typeof freeEnergy>>, method: string) =>
    figures.find(({ name }) => name === "estimates")?.table.rows.filter((row) => row.method === method) ?? [];

  test("of a small glass is the known one, and every method is on the side where it must be", async () => {
    const made = await freeEnergy({
      ...{ ...sk20, betaFrom: 0.2, betaTo: 3, points: 4, exactMethod: "enumeration" },
      training: { levels: 16, stepsPerLevel: 15, warmUp: 60, batch: 200 },
    });
    const exact = rowsOf(made, "exact");
    expect(exact.length).toBe(4);
    expect(exact.at(-1)?.lnZ).toBeCloseTo(46.6169804624, 8);
    for (const row of rowsOf(made, "naive mean field")) expect(row.difference).toBeGreaterThanOrEqual(-1e-9);
    const bounds = rowsOf(made, "network, bound");
    for (const row of bounds) expect(Number(row.difference)).toBeGreaterThan(-4 * Number(row.error));
    for (const row of rowsOf(made, "network, weighted")) {
      expect(Math.abs(Number(row.difference))).toBeLessThan(5 * Number(row.error) + 1e-4);
      expect(row.trusted).toBe("yes");
    }
    for (const row of rowsOf(made, "parallel tempering")) {
      expect(Math.abs(Number(row.difference))).toBeLessThan(5 * Number(row.error));
    }
    const cold = rowsOf(made, "TAP").at(-1);
    expect(cold?.trusted).toMatch(/^no: /);
    expect(made.outcome.summary).toContain("Exact by enumeration.");
    const { instance, format } = sk20;
    expect(made.outcome.next?.[0].command).toBe(`orrery ising sample ${instance} --format ${format} --beta 3`);
    const names = ["free-energy", "difference", "energy", "entropy", "weights", "estimates"];
    expect(made.figures.map(({ name }) => name)).toEqual(names);
  });

  test("of the square ferromagnet is Kaufman's, energy and entropy too", async () => {
    const generate = { ensemble: "ferromagnet", size: [12, 12] };
    const made = await freeEnergy({ generate, methods: ["exact", "bethe"], betaFrom: 0.3, betaTo: 0.6, points: 3 });
    for (const row of rowsOf(made, "exact")) {
      const { lnZ, energyPerSpin } = kaufman([12, 12], Number(row.beta));
      expect(row.lnZ).toBeCloseTo(lnZ, 8);
      expect(row.energy).toBeCloseTo(144 * energyPerSpin, 8);
      expect(Number(row.entropy) * 144).toBeCloseTo(Number(row.beta) * 144 * energyPerSpin + lnZ, 6);
    }
    expect(made.outcome.summary).toContain("Exact by kaufman.");
  });

  test.each(unusual)("of %s is exact by every method but for its error", async (_, name, text) => {
    const instance = { instance: write(name, text), format: "couplings" };
    const options = { ...instance, betaFrom: 0.3, betaTo: 1, points: 2, samples: 200, training: shortTraining };
    const made = await freeEnergy(options);
    for (const row of made.figures.at(-1)?.table.rows ?? []) {
      const isRough = row.method === "naive mean field" || row.method === "TAP";
      if (isRough && name === "parts.txt") continue;
      expect(Math.abs(Number(row.difference)), String(row.method)).toBeLessThan(5 * Number(row.error) + 1e-4);
    }
  });

  test("without an exact method says so, and refuses one that cannot be", async () => {
    const generate = { ensemble: "sherrington-kirkpatrick", size: [60] };
    const options = { generate, methods: ["exact", "naive", "tempering"], points: 2, samples: 100 };
    const made = await freeEnergy(options);
    expect(made.outcome.summary).toContain("No exact method is fast enough here.");
    expect(made.figures.map(({ name }) => name)).not.toContain("difference");
    await expect(freeEnergy({ ...options, exactMethod: "kaufman" })).rejects.toThrow("got another model");
    await expect(freeEnergy({ ...options, exactMethod: "enumeration" })).rejects.toThrow("28 spins");
    await expect(freeEnergy({ betaFrom: 2, betaTo: 1 })).rejects.toThrow("expected 0 < from ≤ to; got from 2 to 1");
  });
});
