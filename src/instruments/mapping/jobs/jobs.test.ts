import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkFigure, type Figure, runJob } from "../../../lab/index.ts";
import { jobs } from "../jobs.ts";
import { convertJob } from "./convert.ts";
import { evaluateJob } from "./evaluate.ts";
import { exploreJob } from "./explore.ts";
import { networkJob } from "./network.ts";
import { searchJob } from "./search.ts";
import { verifyJob } from "./verify.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mapping-jobs-"));
});
afterAll(() => rmSync(root, { recursive: true }));

/** What a finished run left, its figures checked. */
function left(folder: string) {
  const read = (...path: string[]) => readFileSync(join(folder, ...path), "utf8");
  const figures = readdirSync(join(folder, "figures")).map((name) =>
    checkFigure(JSON.parse(read("figures", name)) as Figure),
  );
  return { read, figures, names: figures.map((f) => f.name).sort() };
}

async function run(
  ...[job, options, name]: [...Parameters<typeof runJob>, string] extends never ? never : [unknown, object, string]
) {
  const folder = join(root, name);
  const finished = await runJob(job as typeof searchJob, options as never, { folder });
  if (finished.state !== "done") throw finished.cause ?? new Error(finished.state);
  return { outcome: finished.outcome, folder, ...left(folder) };
}

const classifier = fileURLToPath(new URL("../../../engine/onnx/reference/torch-classifier.onnx", import.meta.url));

const file = (name: string, text: string | Uint8Array) => {
  const path = join(root, name);
  writeFileSync(path, text);
  return path;
};

describe("jobs", () => {
  test("every job has a quick preset and nothing that must be given", () => {
    for (const job of jobs) {
      expect(job.presets?.quick, job.name).toBeDefined();
      expect(job.options.safeParse({}).success, job.name).toBe(true);
    }
  });

  test("search writes the best mapping so that evaluate gives the same costs, and draws everything", async () => {
    const options = { shape: "C=16 M=16 R=3 S=3 P=14 Q=14", weights: 4, activations: 8, threads: 0 };
    const found = await run(searchJob, options, "search");
    expect(found.names).toEqual([
      "coverage",
      "energy",
      "front-mappings",
      "invalid",
      "loop-nest",
      "mapping",
      "pareto",
      "roofline",
      "utilisation",
    ]);
    expect(found.outcome.headlines.find((h) => h.label === "optimality gap")!.value).toBe(0);
    const given = await run(evaluateJob, { files: [join(found.folder, "artifacts", "mapping.yaml")] }, "evaluate");
    const costs = ["energy", "cycles", "energy × cycles", "utilisation"];
    const of = (o: typeof given.outcome) => o.headlines.filter((h) => costs.includes(h.label));
    expect(of(given.outcome)).toEqual(of(found.outcome));
    expect(given.read("artifacts", "counts.csv")).toBe(found.read("artifacts", "counts.csv"));
    expect(found.read("artifacts", "front.csv").split("\n").length).toBeGreaterThan(5);
  });

  test("search on Simba bounds a large space with few steps and tells the gap", async () => {
    const options = { accelerator: "simba-16", shape: "C=64 M=64 R=3 S=3 P=28 Q=28", maxSteps: 20_000, threads: 0 };
    const { outcome } = await run(searchJob, options, "bounded");
    const gap = outcome.headlines.find((h) => h.label === "optimality gap")!;
    expect(gap.value).toBeGreaterThan(0);
    expect(outcome.summary).toMatch(/at most [\d.]+ % above the bound/);
  });

  test("without a mapping it is told why and what to change, with the picture of why", async () => {
    const { outcome, names } = await run(searchJob, { shape: "C=4 M=4 R=3 S=13 P=8 Q=8" }, "nothing");
    expect(outcome.summary).toMatch(/no valid mapping: DummyBuffer.*Fan DummyBuffer out to 13 along y/);
    expect(names).toEqual(["coverage", "invalid"]);
  });

  test("network takes a CSV of layers and one of widths, and leaves out what does not fit", async () => {
    const layers = file(
      "layers.csv",
      "name,C,M,R,S,P,Q,groups,repeat\nfirst,3,8,3,3,8,8,,2\ndepth,8,8,3,3,8,8,8,\ntall,4,4,3,13,8,8,,\n",
    );
    const widths = file("widths.csv", "layer,activations,weights\ndepth,4,2\nfirst,8,8\ntall,8,8\n");
    const { outcome, figures, names, read } = await run(networkJob, { files: [layers], widths, threads: 0 }, "network");
    expect(names).toEqual(["cycles", "energy", "layers", "roofline", "unmapped", "widths"]);
    expect(outcome.summary).toContain("1 layer does not fit and is left out");
    const rows = figures.find((f) => f.name === "layers")!.table.rows;
    expect(rows.map((r) => [r.layer, r.times, r.bits])).toEqual([
      ["first", 2, "8/8/4"],
      ["depth", 1, "4/2/8"],
      ["total", 3, ""],
    ]);
    const total = rows[2];
    expect(total.microjoules).toBeCloseTo(Number(rows[0].microjoules) + Number(rows[1].microjoules), 9);
    expect(read("metrics.ndjson").trim().split("\n").length).toBe(2);
  });

  test("explore compares measured settings, or searches all by a model of them", async () => {
    const layers = file(
      "two.yaml",
      "layers:\n  - {name: a, C: 4, M: 8, R: 3, S: 1, P: 8, Q: 1}\n  - {name: b, C: 8, M: 4, R: 3, S: 1, P: 8, Q: 1}\n",
    );
    const rows = ["8/8 8/8,0.9", "4/4 4/4,0.88", "8/4 8/8,0.9", "2/2 2/2,0.5", "8/8 4/2,0.86"];
    const accuracies = file("measured.csv", `setting,accuracy\n${rows.join("\n")}\n`);
    const common = { files: [layers], accuracies, threads: 0, cost: "energy" };
    const table = await run(exploreJob, { ...common, evaluator: "table" }, "table");
    const settings = table.figures
      .find((f) => f.name === "front")!
      .table.rows.filter((r) => r.kind === "front")
      .map((r) => r.setting);
    expect(settings[0]).toBe("8/4 8/8");
    expect(settings).not.toContain("8/8 8/8");
    const model = await run(exploreJob, { ...common, populationSize: 12, generations: 4 }, "model");
    expect(model.names).toEqual(["bits", "front", "hypervolume"]);
    const volumes = model
      .read("metrics.ndjson")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).values.hypervolume as number);
    expect(volumes.length).toBe(5);
    for (let i = 1; i < volumes.length; i++) expect(volumes[i]).toBeGreaterThanOrEqual(volumes[i - 1]);
    expect(model.read("artifacts", "widths", readdirSync(join(model.folder, "artifacts", "widths"))[0])).toMatch(
      /^layer,activations,weights\na,/,
    );
  });

  test("convert takes a network to Timeloop's files, which map to the same costs", async () => {
    const options = { network: "alexnet", accelerator: "eyeriss-16", paperCompatible: true };
    const { folder, names } = await run(convertJob, options, "convert");
    expect(names).toEqual(["files"]);
    const artifacts = join(folder, "artifacts");
    expect(readdirSync(artifacts).sort()).toEqual(["accelerator.yaml", "constraints-CMRSNPQ.yaml", "problems"]);
    const files = ["accelerator.yaml", "constraints-CMRSNPQ.yaml", "problems/1-conv1.yaml"].map((name) =>
      join(artifacts, name),
    );
    const { outcome } = await run(searchJob, { files, threads: 0 }, "converted");
    expect(outcome.headlines.find((h) => h.label === "energy × cycles")!.value).toBeCloseTo(511.3406, 4);
    const compact = await run(convertJob, { ...options, to: "compact" }, "compact");
    const short = ["accelerator.yaml", "constraints.yaml", "layers.yaml"].map((name) =>
      join(compact.folder, "artifacts", name),
    );
    const again = await run(searchJob, { files: short, layer: "conv1", threads: 0 }, "compacted");
    expect(again.outcome.headlines).toEqual(outcome.headlines);
  });

  test("verify says in its last words how many of the shipped runs agree", async () => {
    const { outcome } = await run(verifyJob, {}, "verify");
    expect(outcome).toEqual({ summary: "12 passed, 0 failed", headlines: [] });
  });
});

describe("mistakes are named with their place", () => {
  let wrongRuns = 0;
  const message = async (job: unknown, options: object) => {
    try {
      await run(job, options, `wrong-${++wrongRuns}`);
    } catch (error) {
      return String(error).replaceAll(root, "");
    }
    return "no error";
  };
  test.each<[string, unknown, () => object]>([
    [
      "a size that is no number",
      networkJob,
      () => ({ files: [file("a.csv", "name,C,M,R,S,P,Q\nx,3,many,3,3,8,8\n")] }),
    ],
    ["a table without layers", networkJob, () => ({ files: [file("none.csv", "name,C,M,R,S,P,Q\n")] })],
    ["a missing column", networkJob, () => ({ files: [file("b.csv", "name,C,M,R,S,P\nx,3,8,3,3,8\n")] })],
    [
      "a misspelt column",
      networkJob,
      () => ({ files: [file("c.csv", "name,C,M,R,S,P,Q,strides\nx,3,8,3,3,8,8,1\n")] }),
    ],
    [
      "groups that do not divide the channels",
      networkJob,
      () => ({ files: [file("d.csv", "C,M,R,S,P,Q,groups\n6,8,3,3,8,8,4\n")] }),
    ],
    [
      "a width of no layer",
      networkJob,
      () => ({ network: "alexnet", widths: file("e.csv", "layer,activations,weights\nconv9,8,8\n") }),
    ],
    [
      "a layer without a width",
      networkJob,
      () => ({ network: "alexnet", widths: file("f.csv", "layer,activations,weights\nconv1,8,8\n") }),
    ],
    [
      "a width of 0 bits",
      networkJob,
      () => ({ network: "alexnet", widths: file("g.csv", "layer,activations,weights\nconv1,8,0\n") }),
    ],
    [
      "two accelerators",
      searchJob,
      () => ({
        files: [file("h.yaml", "accelerator: {levels: [{name: DRAM}], mac: {mesh: 2}}")],
        accelerator: "simba-8",
      }),
    ],
    ["two sources of layers", searchJob, () => ({ shape: "C=1 M=1 R=1 S=1 P=1 Q=1", network: "vgg16" })],
    ["a layer of another name", searchJob, () => ({ network: "alexnet", layer: "conv22" })],
    ["a shape without a size", searchJob, () => ({ shape: "C=1 M=1 R=1 S=1 P=1" })],
    ["a model that is none", networkJob, () => ({ files: [file("o.onnx", "hello")] })],
    [
      "a size that the model does not name",
      networkJob,
      () => ({ files: [file("p.onnx", readFileSync(classifier))], sizes: { bacth: 1 } }),
    ],
    ["a file of another kind", searchJob, () => ({ files: [file("i.txt", "")] })],
    [
      "no mapping to evaluate",
      evaluateJob,
      () => ({ shape: "C=1 M=1 R=1 S=1 P=1 Q=1", files: [file("j.yaml", "mapper: {timeout: 3}")] }),
    ],
    [
      "a mapping that does not fit",
      evaluateJob,
      () => ({
        shape: "C=4 M=64 R=1 S=1 P=1 Q=1",
        files: [
          file(
            "k.yaml",
            "mapping:\n  - {target: psum_spad, type: temporal, factors: M=64}\n  - {target: DRAM, type: temporal, factors: C=4}\n",
          ),
        ],
      }),
    ],
    [
      "a setting of too few layers",
      exploreJob,
      () => ({ network: "alexnet", accuracies: file("l.csv", "setting,accuracy\n8/8 8/8,0.9\n") }),
    ],
    [
      "an accuracy in per cent",
      exploreJob,
      () => ({ shape: "C=1 M=1 R=1 S=1 P=1 Q=1", accuracies: file("m.csv", "setting,accuracy\n8/8,93\n") }),
    ],
    ["a network without measurements", exploreJob, () => ({ network: "alexnet" })],
    [
      "measurements without their network",
      exploreJob,
      () => ({ accuracies: file("n.csv", "setting,accuracy\n8/8,0.9\n") }),
    ],
    ["no such file", verifyJob, () => ({ cases: join(root, "nowhere.jsonl") })],
  ])("%s", async (_, job, options) => {
    const text = await message(job, options());
    expect(text).not.toBe("no error");
    // What else lies in the folder depends on the tests before.
    expect(text.replace(/ holds: .*/, " holds: …")).toMatchSnapshot();
  });
});
