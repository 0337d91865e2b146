import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lowestEnergy, spinModel } from "../../../test/kit/spin-models.ts";
import { dataPath } from "../../data/index.ts";
import { key } from "../../engine/random/key.ts";
import { isingOfMaxCut } from "./conversion.ts";
import { transferMatrix } from "./exact/transfer-matrix.ts";
import { readInstance } from "./formats/instance-file.ts";
import { edwardsAnderson } from "./generators/ensembles.ts";
import { IsingModel } from "./model.ts";
import { type SolveEvent, type SolveOptions, type SolveState, solve } from "./solve.ts";
import { methodNames } from "./solvers/method.ts";
import { polish } from "./solvers/polish.ts";

const without = ({ seconds: _seconds, ...rest }: Awaited<ReturnType<typeof solve>>) => rest;
const ring = edwardsAnderson(key(1), [8, 8, 8], { couplings: "gaussian" });

describe("solving", () => {
  it("gives the same result with any number of workers", async () => {
    const options = { key: key(3), restarts: 6, method: { name: "annealing", sweeps: 200 } } as const;
    const [here, one, two] = await Promise.all([0, 1, 2].map((workers) => solve(ring, { ...options, workers })));
    expect(without(one)).toEqual(without(here));
    expect(without(two)).toEqual(without(here));
    expect(here.restarts.map(({ restart }) => restart)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(here.status).toBe("done");
    expect(here.best.energy).toBe(Math.min(...here.restarts.map(({ energy }) => energy)));
    expect(ring.energy(here.best.spins)).toBe(here.best.energy);
    expect((await solve(ring, { ...options, key: key(4) })).best.energy).not.toBe(here.best.energy);
  });

  it.each(["annealing", "memetic", "tabu"] as const)(
    "by %s, cancelled and resumed, ends with the same bits",
    async (name) => {
      // Ten times and more what a worker does before it hears that it should stop.
      const settings = { annealing: { sweeps: 60_000 }, memetic: { patience: 12 }, tabu: { sweeps: 800 } };
      const options: SolveOptions = { key: key(5), restarts: 2, method: { name, ...settings[name] } };
      const whole = await solve(ring, options);
      const stop = new AbortController();
      const part = await solve(ring, { ...options, workers: 2, signal: stop.signal, observer: () => stop.abort() });
      expect(part.status).toBe("cancelled");
      expect(part.state.running.length).toBeGreaterThan(0);
      expect(part.sweeps).toBeLessThan(whole.sweeps);
      const kept = structuredClone(part.state) as SolveState;
      expect(without(await solve(ring, { ...options, resume: kept }))).toEqual(without(whole));
    },
  );

  it("ends at a time limit or at a target, and tells how it went", async () => {
    const events: SolveEvent[] = [];
    const late = await solve(ring, {
      key: key(6),
      maxSeconds: 0.4,
      method: { name: "annealing", sweeps: 10_000_000 },
      workers: 1,
      observer: (event) => events.push(event),
    });
    expect(late.status).toBe("time");
    expect(late.seconds).toBeLessThan(5);
    const improved = events.flatMap((event) => (event.kind === "improved" ? [event.objective] : []));
    expect(improved.at(-1)).toBe(late.best.objective);
    expect(improved).toEqual([...improved].sort((a, b) => b - a));
    expect(events.some(({ kind }) => kind === "progress")).toBe(true);
    expect(events.some(({ kind }) => kind === "checkpoint")).toBe(true);
    const early = await solve(ring, { key: key(6), target: late.best.objective });
    expect(early.status).toBe("target");
    expect(early.best.objective).toBeLessThanOrEqual(late.best.objective + 1e-9);
  });

  it("works for one spin, for nothing coupled, for several parts and with fields alone", async () => {
    const none = { from: [], to: [], weight: [] };
    const cases: [IsingModel, number][] = [
      [new IsingModel({ spins: 1, couplings: none, offset: 2 }), 2],
      [new IsingModel({ spins: 1, couplings: none, fields: [-3] }), -3],
      [new IsingModel({ spins: 4, couplings: none }), 0],
      [new IsingModel({ spins: 3, couplings: none, fields: [1, -2, 0] }), -3],
      [new IsingModel({ spins: 5, couplings: { from: [0, 3], to: [1, 4], weight: [1, -2.5] } }), -3.5],
      [isingOfMaxCut({ vertices: 4, edges: { from: [0, 1, 2], to: [1, 2, 3], weight: [1, 1, -1] } }), -2],
    ];
    for (const [model, energy] of cases) {
      for (const name of methodNames) {
        const { best, status } = await solve(model, { key: key(1), restarts: 2, method: { name } });
        expect([name, best.energy, status]).toEqual([name, energy, "done"]);
      }
    }
  });

  it.each([7, 8])(
    "by memetic meets the exact ground state of a strip of 2,000 spins, drawn with seed %i",
    async (seed) => {
      const glass = edwardsAnderson(key(seed), [200, 10], { boundary: "open" });
      const { groundEnergy } = await transferMatrix(glass, { hasState: false });
      const { best } = await solve(glass, { key: key(1), restarts: 1, target: groundEnergy });
      expect(best.energy).toBe(groundEnergy);
      const { sweeps, ...annealed } = await solve(glass, { key: key(1), restarts: 50, method: { name: "annealing" } });
      expect(sweeps).toBe(100_000);
      expect(annealed.best.energy).toBeGreaterThan(groundEnergy + 10);
    },
  );

  it("gives way to other events between restarts, however short they are", async () => {
    const stop = new AbortController();
    const { status, restarts } = await solve(ring, {
      ...{ key: key(2), restarts: 1_000_000, method: { name: "descent", starts: 1 }, signal: stop.signal },
      observer: (event) => {
        if (event.kind === "restart" && event.restart.restart === 0) setTimeout(() => stop.abort(), 5);
      },
    });
    expect(status).toBe("cancelled");
    expect(restarts.length).toBeGreaterThan(0);
  });

  it("refuses impossible options", async () => {
    const trying = (options: Partial<SolveOptions>) => solve(ring, { key: key(1), ...options });
    await expect(trying({ restarts: 0 })).rejects.toThrow("expected restarts, a whole number of at least 1; got 0");
    await expect(trying({ maxSeconds: -1 })).rejects.toThrow("expected maxSeconds above 0; got -1");
    await expect(trying({ workers: 1.5 })).rejects.toThrow("expected a whole number of workers; got 1.5");
    await expect(trying({ method: { name: "annealing", sweeps: -1 }, workers: 2 })).rejects.toThrow(
      "annealing: expected",
    );
  });
});

it("polishing lowers states until no flip helps", () => {
  const model = spinModel({ spins: 12, seed: 3, hasFields: true });
  const [state] = polish(model, [new Int8Array(12).fill(1)]);
  expect(state.energy).toBeLessThan(model.energy(new Int8Array(12).fill(1)));
  expect(state.energy).toBe(model.energy(state.spins));
  expect(model.localFields(state.spins).every((f, i) => f * state.spins[i] >= 0)).toBe(true);
  expect(state.energy).toBeGreaterThanOrEqual(lowestEnergy(model));
  expect(() => polish(model, [new Int8Array(11).fill(1)])).toThrow("expected a state of 12 spins; got 11");
});

/** Numbers of a file of names and values. */
const optima = (group: string) =>
  Object.fromEntries(
    readFileSync(dataPath("ising", "biqmac", group, "optimal_energy.txt"), "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/) as [string, string]),
  );

describe("published optima are met in the user's own units", () => {
  const sk = JSON.parse(readFileSync(dataPath("ising", "sk", "sk100_vna_ground.json"), "utf8")) as {
    seed: number;
    E0: number;
  }[];

  it("Sherrington–Kirkpatrick, 100 spins", async () => {
    for (const { seed, E0 } of sk.filter(({ seed }) => [1, 3, 19, 39].includes(seed))) {
      const model = await readInstance(dataPath("ising", "sk", `sk100_vna_seed${seed}.txt`), { format: "couplings" });
      const { best } = await solve(model, { key: key(seed), target: E0 + 1e-8 });
      expect(Math.abs(best.energy - E0)).toBeLessThan(1e-8);
      if (seed === 1) expect(Math.abs(best.energy + 71.9129388865)).toBeLessThan(1e-8);
    }
  });

  it.each([
    ["gset/G1.txt", "rudy", 11_624],
    ["gset/G6.txt", "rudy", 2178],
    ["gset/G12.txt", "rudy", 556],
    ["biqmac/be/be120.3.1.sparse", "biqmac", Number(optima("be")["be120.3.1"])],
    ["biqmac/beasley/bqp250-1.sparse", "biqmac", Number(optima("beasley")["bqp250-1"])],
    ["biqmac/gka/gka1b.sparse", "biqmac", -133],
    ["biqmac/rudy/w09_100.0", "rudy", Number(optima("rudy")["w09_100.0"])],
    ["biqmac/ising/t3g5_5555", "rudy", Number(optima("ising").t3g5_5555)],
  ] as const)("%s", async (path, format, optimum) => {
    const model = await readInstance(dataPath("ising", ...path.split("/")), { format });
    const { best, status } = await solve(model, { key: key(1), target: optimum, maxSeconds: 50 });
    expect([best.objective, model.objective(best.spins), status]).toEqual([optimum, optimum, "target"]);
  });
});
