import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataPath } from "../src/data/index.ts";
import { checkFigure, readFigures, readRun } from "../src/lab/index.ts";
import { orrery, startOrrery } from "./kit/command.ts";
import { runContent } from "./kit/run-content.ts";

const model = fileURLToPath(new URL("../src/engine/onnx/reference/torch-classifier.onnx", import.meta.url));
const digits = fileURLToPath(new URL("../data/mapping/digits-cnn.yaml", import.meta.url));
const runs = readFileSync(dataPath("timeloop", "cases.public.jsonl"), "utf8").split("\n").slice(0, 6);

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-mapping-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const lastLine = (text: string) => text.trimEnd().split("\n").at(-1);

describe("orrery mapping verify", () => {
  test("agrees with runs of Timeloop, and its last line says how many", async () => {
    writeFileSync(join(folder, "cases.jsonl"), runs.join("\n"));
    const { code, stdout } = await orrery(["mapping", "verify", "cases.jsonl"], folder);
    expect(code).toBe(0);
    expect(lastLine(stdout)).toBe("6 passed, 0 failed");
  });

  test("prints each disagreement", async () => {
    const changed = JSON.parse(runs[0]);
    changed.expected.cycles += 1;
    writeFileSync(join(folder, "changed.jsonl"), `${JSON.stringify(changed)}\n${runs[1]}\nnot a run\n`);
    const { code, stdout, stderr } = await orrery(["mapping", "verify", "changed.jsonl"], folder);
    expect(code).toBe(0);
    expect(stdout + stderr).toContain(`${changed.id}: cycles: expected 145; got 144`);
    expect(stdout + stderr).toContain("line 3: expected a JSON object");
    expect(lastLine(stdout)).toBe("1 passed, 2 failed");
  });
});

describe("orrery mapping network", () => {
  test("maps an ONNX model, and one of its mappings costs the same when it is given back", async () => {
    const words = ["mapping", "network", model, "--accelerator", "eyeriss-8", "--activations", "8", "--weights", "4"];
    const { code, stdout, stderr } = await orrery([...words, "--folder", "model", "--json"], folder);
    expect(code, stderr).toBe(0);
    const { outcome } = JSON.parse(lastLine(stdout)!).end;
    expect(outcome.summary).toMatch(/^torch-classifier on eyeriss-8: [\d.]+ µJ .* proven best\.$/);
    const figures = readFigures(readRun(join(folder, "model")));
    for (const figure of figures) checkFigure(figure);
    expect(figures.map((f) => f.name)).toEqual(["layers", "energy", "cycles", "roofline", "widths"]);
    const mappings = join(folder, "model", "artifacts", "mappings");
    const first = join(mappings, readdirSync(mappings).sort()[0]);
    const again = await orrery(["mapping", "evaluate", first, "--accelerator", "eyeriss-8", "--json"], folder);
    const end = JSON.parse(lastLine(again.stdout)!);
    expect(end.end.state).toBe("done");
    const layer = figures[0].table.rows[0];
    const energy = end.end.outcome.headlines.find((h: { label: string }) => h.label === "energy").value;
    expect(energy * Number(layer.times)).toBeCloseTo(Number(layer.microjoules), 6);
  });
});

/** Runs a command three times, each time killed once `progress` has grown by `enough`. */
async function killThrice(words: readonly string[], progress: () => number, enough: number): Promise<void> {
  for (let kill = 0; kill < 3; kill++) {
    const before = progress();
    const { child, ended } = startOrrery(words, folder);
    const timer = setInterval(() => progress() >= before + enough && child.kill("SIGKILL"), 5);
    const { code, stderr } = await ended;
    clearInterval(timer);
    expect(code, stderr).toBeNull();
  }
}

describe("killed again and again and resumed, a run ends with the bytes of one that was not", () => {
  const lines = (path: string) =>
    existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").filter(Boolean).length : 0;

  async function compare(name: string, words: readonly string[], progress: (run: string) => number, enough: number) {
    const [whole, broken] = [`${name}-whole`, `${name}-broken`];
    expect((await orrery([...words, "--folder", whole], folder)).code).toBe(0);
    const run = join(folder, broken);
    await killThrice([...words, "--folder", broken], () => progress(run), enough);
    expect(progress(run)).toBeGreaterThanOrEqual(3 * enough);
    const { code, stderr } = await orrery([...words, "--folder", broken], folder);
    expect(code, stderr).toBe(0);
    expect(runContent(run)).toEqual(runContent(join(folder, whole)));
  }

  test("search", async () => {
    const words = ["mapping", "search", "--network", "alexnet", "--layer", "conv4", "--threads", "0"];
    const exhaustive = [...words, "--strategy", "exhaustive", "--paper-compatible"];
    // How often the state of the search was saved.
    let [saves, last] = [0, 0];
    const saved = (run: string) => {
      const path = join(run, "checkpoints", "search.safetensors");
      const at = existsSync(path) ? statSync(path).mtimeMs : 0;
      if (at !== last) saves++;
      last = at;
      return saves;
    };
    await compare("search", exhaustive, saved, 1);
  }, 240_000);

  test("network", async () => {
    const words = ["mapping", "network", "--network", "mobilenet-v1", "--activations", "8", "--threads", "0"];
    await compare("network", words, (run) => lines(join(run, "checkpoints", "mappings.jsonl")), 2);
  }, 240_000);

  test("explore", async () => {
    const rows = [2, 4, 8].map((bits) => `${new Array(5).fill(`${bits}/${bits}`).join(" ")},${1 - 2 ** -bits}`);
    writeFileSync(join(folder, "few.csv"), `setting,accuracy\n${rows.join("\n")}\n`);
    const network = ["mapping", "explore", digits, "--accuracies", "few.csv", "--cost", "energy", "--bits", "2,4,8"];
    const words = [...network, "--population-size", "12", "--generations", "8", "--threads", "0"];
    await compare("explore", words, (run) => lines(join(run, "metrics.ndjson")), 2);
  }, 240_000);
});

describe("orrery mapping explore", () => {
  test("on the digits that come with it, something measured is as accurate as 8 bits everywhere and no dearer", async () => {
    const words = ["mapping", "explore", "--cost", "energy", "--evaluator", "table", "--threads", "0"];
    const { code, stderr } = await orrery([...words, "--folder", "digits"], folder);
    expect(code, stderr).toBe(0);
    const figures = readFigures(readRun(join(folder, "digits")));
    for (const figure of figures) checkFigure(figure);
    const { rows } = figures.find(({ name }) => name === "front")!.table;
    const eight = rows.find((row) => row.kind === "uniform" && row.setting === "8/8 8/8 8/8 8/8 8/8")!;
    const front = rows.filter((row) => row.kind === "front");
    const isAsGood = (row: (typeof rows)[number]) =>
      Number(row.accuracy) >= Number(eight.accuracy) && Number(row.cost) <= Number(eight.cost);
    expect(front.some(isAsGood)).toBe(true);
    // Half the energy is saved for less than half a point: far more than the uniform settings of as few bits lose.
    const cheap = front.filter((row) => Number(row.accuracy) >= Number(eight.accuracy) - 0.005);
    expect(Math.min(...cheap.map((row) => Number(row.cost) / Number(eight.cost)))).toBeLessThan(0.6);
  }, 120_000);
});

describe("what cannot be", () => {
  test("a layer that fits nowhere ends with what to change", async () => {
    const words = ["mapping", "search", "--shape", "C=4 M=4 R=3 S=13 P=8 Q=8"];
    const { code, stdout } = await orrery(words, folder);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "no valid mapping: DummyBuffer: fan-out y: unrolls 13 ways, the mesh has 12 under every mapping the constraints allow. Fan DummyBuffer out to 13 along y (it has 12).",
    );
  });

  test("a mistake in a file is named by line and column, and nothing is run", async () => {
    writeFileSync(join(folder, "wrong.yaml"), "layers:\n  - {C: 8, M: 16, R: 3, S: 3, P: 8, Q: 8, strid: 2}\n");
    const { code, stdout, stderr } = await orrery(["mapping", "search", "wrong.yaml"], folder);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain("wrong.yaml:2:43 layers[0].strid: unknown key strid. Did you mean stride?");
  });
});
