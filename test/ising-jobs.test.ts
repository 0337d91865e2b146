import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readInstance } from "../src/instruments/ising/index.ts";
import { checkFigure, readFigures, readRun } from "../src/lab/index.ts";
import { orrery, startOrrery } from "./kit/command.ts";
import { runContent } from "./kit/run-content.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-ising-jobs-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a job and answers its folder with what it says at the end. */
async function run(words: readonly string[]) {
  const { code, stdout, stderr } = await orrery(["ising", ...words, "--json"], folder);
  expect(code, stderr + stdout.slice(-800)).toBe(0);
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const end = events.at(-1);
  const figures = readFigures(await readRun(end.folder));
  for (const figure of figures) checkFigure(figure);
  const file = (name: string) => join(end.folder, "artifacts", name);
  return {
    outcome: end.end.outcome,
    figures,
    file,
    json: (name: string) => JSON.parse(readFileSync(file(name), "utf8")),
    warnings: events.filter(({ kind }) => kind === "warning").map(({ message }) => message as string),
  };
}

/** What a job says that refuses to run, in one line. */
async function refusal(words: readonly string[], code = 1): Promise<string> {
  const ended = await orrery(["ising", ...words], folder);
  expect(ended.code, ended.stdout + ended.stderr).toBe(code);
  return (ended.stdout + ended.stderr).replaceAll(/\s+/g, " ");
}

/** Writes a file that a test reads. */
function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

test("an instance is drawn, converted and comes back as it was", async () => {
  const made = await run(["generate", "--preset", "planted", "--size", "20", "--seed", "4"]);
  expect(made.figures.map(({ name }) => name)).toEqual(["couplings", "coupling-map"]);
  const cut = await run(["convert", made.file("instance.json"), "--to", "rudy"]);
  expect(cut.json("relation.json")).toMatchObject({ factor: -1, instance: "energy", fileObjective: "cut" });
  const model = await readInstance(made.file("instance.json"));
  const graph = await readInstance(cut.file("instance.txt"));
  const { spins, energy } = made.json("ground-state.json");
  expect(model.energy(spins)).toBeCloseTo(energy, 9);
  expect(cut.json("relation.json").offset - graph.objective(spins)).toBeCloseTo(energy, 9);
});

test("mistakes are told before anything is made", async () => {
  expect(await refusal(["generate", "--ensemble", "wishard"])).toContain('Did you mean "wishart"?');
  const loop = write("loop.txt", "3 2\n1 2 1\n2 2 1\n");
  expect(await refusal(["convert", loop])).toContain(
    'loop.txt:3:3: expected two different indices; got "2" A loop is never cut: remove the line.',
  );
});

/** Runs a job whole, and again in two parts; `stop` ends the first of them. Answers the code with which that ended. */
async function runTwice(words: readonly string[], name: string, stop: (child: ChildProcess, folder: string) => void) {
  const whole = await orrery(["ising", ...words, "--folder", `${name}-whole`], folder);
  expect(whole.code, whole.stdout + whole.stderr).toBe(0);
  const { child, ended } = startOrrery(["ising", ...words, "--folder", `${name}-parts`, "--json"], folder);
  stop(child, join(folder, `${name}-parts`));
  const { code } = await ended;
  const state = readRun(join(folder, `${name}-parts`)).record.status.state;
  const resumed = await orrery(["ising", ...words, "--folder", `${name}-parts`], folder);
  expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
  expect(runContent(join(folder, `${name}-parts`))).toEqual(runContent(join(folder, `${name}-whole`)));
  return { code, state };
}

test("interrupted and resumed, samples are those of a run that was not", async () => {
  const words = ["sample", "--generate.size", "6,6,6", "--generate.couplings", "gaussian", "--beta", "1.2"];
  const { code, state } = await runTwice([...words, "--samples", "2000"], "sample", (child) => {
    const listen = (text: string) => {
      if (!text.includes('"progress"')) return;
      child.stdout?.off("data", listen);
      child.kill("SIGINT");
    };
    child.stdout?.on("data", listen);
  });
  expect([code, state]).toEqual([130, "cancelled"]);
}, 240_000);

test("killed and resumed, a free energy ends with the bytes of a run that was not", async () => {
  const words = [
    ...["free-energy", "--generate.size", "6,6", "--points", "6", "--methods", "naive,network", "--threads", "1"],
    ...["--training.levels", "12", "--training.steps-per-level", "12", "--training.batch", "300"],
  ];
  const { code } = await runTwice(words, "free-energy", (child, run) => {
    const timer = setInterval(() => {
      if (existsSync(join(run, "checkpoints", "network.safetensors"))) child.kill("SIGKILL");
    }, 5);
    child.on("close", () => clearInterval(timer));
  });
  expect(code).toBeNull();
}, 240_000);
