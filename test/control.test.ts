import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { importModel } from "../src/engine/index.ts";
import { controllerOf, decodeController } from "../src/instruments/control/index.ts";
import { checkFigure, readFigures, readRun } from "../src/lab/index.ts";
import { orrery, startOrrery } from "./kit/command.ts";
import { runContent } from "./kit/run-content.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-control-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a job and answers its folder with what it says at the end. */
async function run(words: readonly string[]) {
  const { code, stdout, stderr } = await orrery(["control", ...words, "--json"], folder);
  expect(code, stderr + stdout.slice(-800)).toBe(0);
  const end = JSON.parse(stdout.trim().split("\n").at(-1)!);
  const figures = readFigures(await readRun(end.folder));
  for (const figure of figures) checkFigure(figure);
  return { outcome: end.end.outcome, figures, file: (name: string) => join(end.folder, "artifacts", name) };
}

test("synthesis finds 0.4 for two goals in either order, and its controller runs again from its file", async () => {
  const made = await run([
    "synthesize",
    "--problem",
    "order",
    "--detail",
    "1",
    "--margin",
    "0",
    "--tolerance",
    "0.004",
    "--rollouts",
    "2",
    "--map-levels",
    "3",
    "--onnx",
  ]);
  const certificate = JSON.parse(readFileSync(made.file("certificate.json"), "utf8"));
  expect(certificate.delta).toBeGreaterThan(0.38);
  expect(certificate.delta).toBeLessThanOrEqual(0.4);
  expect(certificate).toMatchObject({ isSoundFragment: true, grid: [321], scheme: "high", rollouts: 5 });
  expect(certificate.convergence).toBeLessThan(0.05);
  // Both goals take all of the time: no part of it survives more by itself.
  expect(certificate.segments.map((s: { delta: number }) => s.delta)).toEqual(Array(3).fill(certificate.delta));
  expect(made.figures.map((f) => f.name).sort()).toEqual([
    "certificate",
    "disturbance-map",
    "robustness",
    "search",
    "segments",
    "trajectories",
    "value-function",
    "verdicts",
  ]);
  const model = importModel(readFileSync(made.file("controller.onnx")));
  expect(model.outputs.map(({ name }) => name)).toEqual(["value", "gradient", "control", "disturbance"]);
  expect(JSON.parse(model.metadata.controller).delta).toBe(certificate.delta);
  const again = await run(["simulate", made.file("controller.npz"), "--delta", "0.3", "--rollouts", "3"]);
  expect(again.outcome.headlines[0].value).toBe("6 of 6");
  const csv = readFileSync(again.file("rollouts.csv"), "utf8");
  expect(csv.split("\n")[0]).toBe("disturbance,time,x,u,d,value,pending");
}, 240_000);

test("the ferry of the page is refused, synthesized and simulated with the words that stand there", async () => {
  const page = readFileSync(new URL("../docs/control.md", import.meta.url), "utf8");
  writeFileSync(join(folder, "ferry.yaml"), /```yaml\n([\s\S]*?)```/.exec(page)![1]);
  const shown = [...page.matchAll(/```sh\norrery (.*)\n```\n\n```text\n([\s\S]*?)```/g)];
  expect(shown.length).toBe(4);
  for (const [, command, output] of shown) {
    const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
    const { stdout, stderr } = await orrery(words, folder);
    const said = `${stdout} ${stderr}`.replaceAll(/\s+/g, " ");
    for (const line of output.trim().split("\n")) expect(said).toContain(line.replaceAll(/\s+/g, " "));
  }
  const certificate = JSON.parse(readFileSync(join(folder, "ferry/artifacts/certificate.json"), "utf8"));
  expect(certificate).toMatchObject({ system: "ferry", start: { x: -50, v: 0 }, grid: [131, 61], violations: 0 });
  expect(importModel(readFileSync(join(folder, "ferry/artifacts/controller.onnx"))).inputs.length).toBe(3);
  const controller = controllerOf(decodeController(readFileSync(join(folder, "ferry/artifacts/controller.npz"))));
  controller.begin([-50, 0]);
  const decisions = [...page.matchAll(/decide\((\[.*?\]), (\d+)\)\.control\); \/\/ \[ (-?\d) \]/g)];
  expect(decisions.length).toBe(2);
  for (const [, state, time, control] of decisions) {
    expect(controller.decide(JSON.parse(state), Number(time)).control).toEqual([Number(control)]);
  }
}, 240_000);

test("the monitor reads a CSV file, in discrete and dense time", async () => {
  const path = join(folder, "trace.csv");
  writeFileSync(path, `time,height,speed\n${[4, 7, 6, 2, 8].map((h, t) => `${t},${h},${h / 2}`).join("\n")}\n`);
  const discrete = await run(["monitor", path, "--formula", "G[0,2] (height >= 3) and F[0,4] (speed >= 3.5)"]);
  expect(discrete.outcome.headlines[0].value).toBe(0.5);
  const dense = await run(["monitor", path, "--mode", "dense", "--formula", "G[0,2.5] (height >= 3)"]);
  expect(dense.outcome.headlines[0].value).toBe(1);
  const { code, stdout, stderr } = await orrery(
    ["control", "monitor", path, "--formula", "F[0,2] (heigth >= 3)"],
    folder,
  );
  expect(code).toBe(1);
  expect(stdout + stderr).toContain('got "heigth"');
  expect(stdout + stderr).toContain('Did you mean "height"?');
}, 240_000);

test("a reachable tube grows with time and shrinks with the disturbance", async () => {
  const share = async (delta: string, seconds: string) => {
    const { outcome } = await run(["reach", "x >= 1", "--problem", "order", "--delta", delta, "--seconds", seconds]);
    return outcome.headlines[0].value as number;
  };
  const [base, later, disturbed] = [await share("0.2", "2"), await share("0.2", "3"), await share("0.6", "2")];
  expect(base).toBeCloseTo((3 + 1.6) / 8, 1);
  expect(later).toBeCloseTo((3 + 2.4) / 8, 1);
  expect(disturbed).toBeCloseTo((3 + 0.8) / 8, 1);
}, 240_000);

test("a synthesis killed again and again and resumed ends with the bytes of one that was not", async () => {
  const words = "control synthesize --problem order --margin 0 --tolerance 0.004 --rollouts 2 --map-levels 3".split(
    " ",
  );
  const whole = await orrery([...words, "--folder", "whole"], folder);
  expect(whole.code, whole.stderr).toBe(0);
  const metrics = join(folder, "broken", "metrics.ndjson");
  const trials = () => (existsSync(metrics) ? readFileSync(metrics, "utf8").split("\n").length - 1 : 0);
  const hasCheckpoint = (name: string) => existsSync(join(folder, "broken", "checkpoints", `${name}.safetensors`));
  const stops = [() => trials() >= 2, () => trials() >= 6, () => hasCheckpoint("map"), () => hasCheckpoint("segments")];
  for (const isFarEnough of stops) {
    const { child, ended } = startOrrery([...words, "--folder", "broken"], folder);
    const timer = setInterval(() => isFarEnough() && child.kill("SIGKILL"), 5);
    const { code } = await ended;
    clearInterval(timer);
    expect(code).toBeNull();
  }
  const { code, stderr } = await orrery(["runs", "resume", "broken"], folder);
  expect(code, stderr).toBe(0);
  expect(runContent(join(folder, "broken"))).toEqual(runContent(join(folder, "whole")));
  expect(JSON.parse(readFileSync(join(folder, "broken", "run.json"), "utf8")).warnings).toEqual([]);
}, 240_000);
