import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataPath } from "../src/data/index.ts";
import { readInstance } from "../src/instruments/ising/index.ts";
import { solveJob } from "../src/instruments/ising/jobs/solve.ts";
import { checkFigure, readFigures, readRun, runJob } from "../src/lab/index.ts";
import { orrery, startOrrery } from "./kit/command.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-ising-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a job and answers what it says at the end, with its figures and files. */
async function run(words: readonly string[]) {
  const { code, stdout, stderr } = await orrery(["ising", ...words, "--json"], folder);
  expect(code, stderr + stdout.slice(-800)).toBe(0);
  const end = JSON.parse(stdout.trim().split("\n").at(-1)!);
  const made = await readRun(end.folder);
  const figures = readFigures(made).map((figure) => checkFigure(figure).name);
  const { summary, headlines } = end.end.outcome as { summary: string; headlines: { label: string; value: unknown }[] };
  const text = (...path: string[]) => readFileSync(join(end.folder, ...path), "utf8");
  return {
    ...{ summary, figures, warnings: made.record.warnings, folder: end.folder as string, text },
    headline: (label: string) => headlines.find((headline) => headline.label === label)?.value,
    solution: () => JSON.parse(text("artifacts", "solution.json")),
  };
}

/** What the command says of a mistake, with its exit code. */
async function mistake(words: readonly string[]) {
  const { code, stdout, stderr } = await orrery(["ising", ...words], folder);
  return { code, said: (stdout + stderr).replaceAll(/\s+/g, " ") };
}

const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe("ising solve", () => {
  it("meets the best known cut of a Gset graph and says so in the graph's own units", async () => {
    const path = dataPath("ising", "gset", "G1.txt");
    const made = await run(["solve", path, "--known", "11624", "--stop-at-known", "--threads", "1"]);
    expect([made.headline("best cut"), made.headline("gap to the known value")]).toEqual([11_624, 0]);
    expect(made.summary).toContain("The best cut found for G1.txt is 11624. It is the known value.");
    expect(made.summary).toContain("The search ended as soon as it was met, in restart 1.");
    expect([made.headline("met in restart"), made.headline("restarts that met it")]).toEqual([1, undefined]);
    const { sides, objective, kind } = made.solution();
    const model = await readInstance(path);
    expect([kind, objective, model.objective(sides.map((side: number) => 2 * side - 1))]).toEqual([
      "max-cut",
      11_624,
      11_624,
    ]);
    expect(made.text("artifacts", "solution.csv").split("\n").slice(0, 2)).toEqual(["variable,side", `1,${sides[0]}`]);
  }, 120_000);

  it("tells the gap to the exact ground state, and gives the same metrics on any number of threads", async () => {
    const words = [
      "solve",
      "--generate.size",
      "12,12",
      "--generate.boundary",
      "open",
      "--method",
      "annealing",
      "--restarts",
      "12",
    ];
    const [one, two] = [await run([...words, "--threads", "1"]), await run([...words, "--threads", "3"])];
    expect(one.headline("gap to the exact ground state")).toBe(0);
    expect(one.headline("best energy")).toBe(-188);
    expect(one.figures.sort()).toEqual(["best-value", "energy", "overlaps", "restarts", "state", "temperature"]);
    expect(two.text("metrics.ndjson")).toBe(one.text("metrics.ndjson"));
    expect(two.solution().spins).toEqual(one.solution().spins);
    expect(one.text("metrics.ndjson").trim().split("\n")).toHaveLength(12);
  }, 120_000);

  it.each(["memetic", "tempering", "tabu", "bifurcation", "descent", "exact"] as const)(
    "finds the optimum of a small QUBO whose value is to be large by %s",
    async (method) => {
      // 3a + 2b − 4ab + c − 2bc: its largest value is 4 at a = c = 1, b = 0.
      const instance = file("small.csv", "i,j,q\n1,1,3\n2,2,2\n1,2,-4\n3,3,1\n2,3,-2\n");
      const where = mkdtempSync(join(folder, "small-"));
      const options = { instance, method, sense: "maximize", firstIndex: 1, restarts: 2, threads: 1 } as const;
      const end = await runJob(solveJob, options, { folder: where });
      expect(end.state === "done" && end.outcome.headlines[0]).toMatchObject({ label: "best value", value: 4 });
      expect(readFileSync(join(where, "artifacts", "solution.csv"), "utf8")).toBe("variable,bit\n1,1\n2,0\n3,1\n");
    },
    60_000,
  );

  it("anneals a network, tells its best state and its final distribution apart, and writes its sampler", async () => {
    const made = await run([...neural, "--generate.ensemble", "sherrington-kirkpatrick", "--generate.size", "12"]);
    expect(made.headline("gap to the exact ground state")).toBe(0);
    expect(made.figures.sort()).toEqual(["energy", "final-samples", "free-energy", "overlaps", "temperature"]);
    const best = made.headline("final distribution: best energy") as number;
    const mean = made.headline("final distribution: mean energy") as number;
    expect(mean).toBeGreaterThan(best);
    expect(mean).toBeLessThan(0.8 * best);
    expect(made.summary).toMatch(/The final distribution has mean energy −[\d.]+, its best sample −[\d.]+;/);
    const session = await InferenceSession.create(join(made.folder, "artifacts", "sampler.onnx"));
    const uniforms = new Tensor(
      "float32",
      Float32Array.from({ length: 24 }, (_, k) => ((k * 0.618) % 1) * 0.999),
      [2, 12],
    );
    const { spins } = await session.run({ uniforms, coins: new Tensor("float32", Float32Array.of(0.2, 0.8), [2]) });
    expect([...(spins.data as Float32Array)].every((s) => s === 1 || s === -1)).toBe(true);
  }, 120_000);

  it("warns in the user's own units when the final distribution has lost the best state", async () => {
    // A ring of 40 with chords across, of which one step at a low temperature teaches nothing and descent finds much.
    const edges = Array.from({ length: 40 }, (_, i) => [
      `${i + 1} ${((i + 1) % 40) + 1} 1`,
      ...(i < 20 ? [`${i + 1} ${i + 21} 1`] : []),
    ]);
    const instance = file("ring.txt", `40 60\n${edges.flat().join("\n")}\n`);
    const training = { batch: 50, levels: 1, stepsPerLevel: 1, warmUp: 0 };
    const network = { message: "none", hamiltonianSkip: false } as const;
    const where = mkdtempSync(join(folder, "collapsed-"));
    const options = {
      instance,
      method: "neural",
      betaFrom: 6,
      betaTo: 6,
      polish: 50,
      training,
      network,
      threads: 1,
    } as const;
    const end = await runJob(solveJob, options, { folder: where });
    if (end.state !== "done") throw end.cause;
    const value = (label: string) =>
      end.outcome.headlines.find((headline) => headline.label === label)?.value as number;
    expect(value("best cut")).toBeGreaterThan(value("final distribution: best cut"));
    expect(end.outcome.summary).toContain("It has collapsed away from the best state");
    const lnZ = end.outcome.headlines.find(({ label }) => label.startsWith("ln Z"));
    // The weight of one state is a part of Z: what lacks it is no estimate.
    expect(lnZ?.value).toBeLessThan(6 * value("best cut"));
    expect(lnZ?.note).toContain("too small: the best state alone gives");
    const { warnings } = readRun(where).record;
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`collapsed away from the best state: ${value("best cut")} was found at step`);
    expect(JSON.parse(readFileSync(join(where, "artifacts", "solution.json"), "utf8")).isCollapsed).toBe(true);
  }, 60_000);
});

const neural = [
  "solve",
  "--method",
  "neural",
  "--training.batch",
  "100",
  "--training.levels",
  "20",
  "--training.steps-per-level",
  "15",
  "--training.warm-up",
  "20",
  "--threads",
  "1",
];

describe("a search that is killed", () => {
  it.each([
    ["annealing", "60000"],
    ["memetic", "3000"],
  ])(
    "by %s and resumed ends with the same bytes of metrics and the same state",
    async (method, sweeps) => {
      const words = ["solve", "--method", method, "--sweeps", sweeps, "--restarts", method === "memetic" ? "3" : "24"];
      const [whole, killed] = [`${method}-whole`, `${method}-killed`];
      await run([...words, "--threads", "2", "--folder", whole]);
      const { child, ended } = startOrrery(["ising", ...words, "--threads", "1", "--folder", killed, "--json"], folder);
      child.stdout?.on("data", (text: string) => {
        if (text.includes('"kind":"checkpoint"')) child.kill("SIGKILL");
      });
      expect((await ended).code).toBeNull();
      const { code, stderr } = await orrery(["runs", "resume", killed], folder);
      expect(code, stderr).toBe(0);
      for (const name of ["metrics.ndjson", "artifacts/solution.json", "artifacts/solution.csv"]) {
        expect(readFileSync(join(folder, killed, name), "utf8"), name).toBe(
          readFileSync(join(folder, whole, name), "utf8"),
        );
      }
      expect(readRun(join(folder, killed)).record.warnings).toEqual([]);
    },
    240_000,
  );

  it("by a network and resumed ends with the same bytes of metrics and the same sampler as one that was not", async () => {
    const words = [...neural, "--generate.size", "6,6"];
    await run([...words, "--folder", "whole"]);
    // Each kill lies beyond a level that the one before has kept.
    for (const step of [60, 140, 260]) {
      const resumed =
        step === 60 ? ["ising", ...words, "--folder", "killed", "--json"] : ["runs", "resume", "killed", "--json"];
      const { child, ended } = startOrrery(resumed, folder);
      child.stdout?.on("data", (text: string) => {
        const steps = [...text.matchAll(/"kind":"metrics","step":(\d+)/g)].map((match) => Number(match[1]));
        if (steps.some((at) => at >= step)) child.kill("SIGKILL");
      });
      expect((await ended).code).toBeNull();
    }
    const { code, stderr } = await orrery(["runs", "resume", "killed"], folder);
    expect(code, stderr).toBe(0);
    const bytes = (...path: string[]) => readFileSync(join(folder, ...path));
    expect(bytes("killed", "metrics.ndjson").equals(bytes("whole", "metrics.ndjson"))).toBe(true);
    for (const name of ["sampler.onnx", "conditionals.onnx", "solution.csv", "solution.json"]) {
      expect(bytes("killed", "artifacts", name).equals(bytes("whole", "artifacts", name)), name).toBe(true);
    }
    expect(JSON.parse(bytes("killed", "run.json").toString()).warnings).toEqual([]);
  }, 240_000);
});

describe("ising compare", () => {
  const common = ["compare", "--generate.size", "6,6", "--seconds", "1.5", "--seeds", "2", "--methods"];

  it("ranks methods by residual energy, and says what messages give", async () => {
    const made = await run([...common, "annealing,memetic,neural,neural-no-messages", "--training.batch", "60"]);
    expect(made.figures.sort()).toEqual(["messages", "residual-energy", "residual-time", "scores", "time-to-solution"]);
    // Classical search finds the exact ground state of so small a lattice.
    expect([
      made.headline("residual energy a spin: annealing"),
      made.headline("residual energy a spin: memetic"),
    ]).toEqual([0, 0]);
    expect(made.headline("residual energy a spin: neural")).toBeLessThan(0.5);
    expect(made.summary).toMatch(
      /E₀ is the exact ground state\. Message passing (made no difference|did not help|made|helped)/,
    );
    const { searches, targetEnergy } = JSON.parse(made.text("artifacts", "searches.json"));
    expect(searches).toHaveLength(8);
    for (const { energy, seconds, moments } of searches) {
      expect(energy).toBeGreaterThanOrEqual(targetEnergy);
      expect(moments.at(-1).energy).toBe(energy);
      expect(moments.at(-1).seconds).toBeLessThanOrEqual(seconds);
    }
  }, 180_000);

  it("that is killed keeps the searches that are done", async () => {
    const started = startOrrery(["ising", ...common, "annealing,descent", "--folder", "compared", "--json"], folder);
    started.child.stdout?.on("data", (text: string) => {
      if (text.includes('"kind":"metrics","step":2')) started.child.kill("SIGKILL");
    });
    expect((await started.ended).code).toBeNull();
    const left = readFileSync(join(folder, "compared", "metrics.ndjson"), "utf8");
    // The kill may have cut the last line.
    const before = left.slice(0, left.lastIndexOf("\n") + 1);
    expect(before.split("\n").length).toBeGreaterThan(2);
    const { code, stderr } = await orrery(["runs", "resume", "compared"], folder);
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(folder, "compared", "metrics.ndjson"), "utf8").startsWith(before)).toBe(true);
    const { warnings, status } = JSON.parse(readFileSync(join(folder, "compared", "run.json"), "utf8"));
    expect([warnings, status.state]).toEqual([[], "done"]);
  }, 120_000);
});

describe("mistakes", () => {
  /** What a run in this process fails with: the job is the same, its start costs less. */
  async function failure(options: object) {
    const end = await runJob(solveJob, options, { folder: mkdtempSync(join(folder, "failed-")) });
    if (end.state !== "failed") throw new Error(`expected a failure; got ${end.state}`);
    return `${end.error.message} ${end.error.hint ?? ""}`;
  }

  it("in an instance end with 1, the place, and what to do", async () => {
    const loop = await mistake(["solve", file("loop.txt", "3 2\n1 2 1\n2 2 1\n")]);
    expect(loop.said).toContain(
      'loop.txt:3:3: expected two different indices; got "2" A loop is never cut: remove the line.',
    );
    file("glass.txt", "2 1\n1 2 1\n");
    const missing = await mistake(["solve", "glas.txt"]);
    expect(missing.said).toContain('glas.txt: no such file Did you mean "glass.txt"?');
    expect([loop.code, missing.code]).toEqual([1, 1]);
  }, 60_000);

  it("in an option end with 1 before anything is run", async () => {
    const { code, said } = await mistake(["solve", "--methd", "neural"]);
    expect([code, said.includes("Did you mean --method?")]).toEqual([1, true]);
  }, 30_000);

  it.each([
    [
      "a pair given twice",
      "twice.txt",
      "3 2\n1 2 1\n2 1 3\n",
      "twice.txt:3:3: expected each pair once; got a pair that line 2 has",
    ],
    [
      "a weight that is no number",
      "nan.txt",
      "3 2\n1 2 NaN\n2 3 1\n",
      'nan.txt:2:5: expected a weight, a finite number; got "NaN"',
    ],
    [
      "a header that does not fit",
      "cut.txt",
      "3 3\n1 2 1\n2 3 1\n",
      "cut.txt:1:3: expected 3 entries as the header says; got 2 The file was cut off",
    ],
    [
      "an index out of range",
      "far.txt",
      "3 1\n1 4 1\n",
      'far.txt:2:3: expected an index, a whole number 1 to 3; got "4"',
    ],
    ["an empty file", "empty.txt", "", 'empty.txt:1: expected a header "N M"; got an empty file'],
    [
      "a ragged matrix",
      "ragged.csv",
      "0,1\n1\n",
      'ragged.csv:2:1: expected 2 numbers a line, as there are lines; got "1"',
    ],
    ["infinity in a QUBO", "q.json", '{"kind":"qubo","size":2,"offset":0,"terms":[[0,1,1e999]]}', "q.json: terms"],
  ])("tell the place of %s", async (_, name, content, message) => {
    expect(await failure({ instance: file(name, content) })).toContain(message);
  });

  it("of options that fit no instance say what would", async () => {
    expect(await failure({ method: "exact" })).toContain("at most 24 spins at every place; got 39");
    expect(await failure({ method: "neural", generate: { size: [200, 200] } })).toContain(
      "up to 5792 variables; got 40000",
    );
    expect(await failure({ stopAtKnown: true, prove: false })).toContain("expected a known value to stop at; got none");
    expect(await failure({ betaFrom: 3, betaTo: 1 })).toContain("betaFrom: expected at most betaTo; got 3 and 1");
  });
});
