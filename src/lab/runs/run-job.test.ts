import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ndarray } from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import { defineJob } from "../job.ts";
import { requestCancel } from "./cancel-request.ts";
import { readMetrics } from "./metric-log.ts";
import type { RunEvent } from "./run-event.ts";
import { findRun, listRuns, readFigures, readRun, runFiles } from "./run-folder.ts";
import { runJob } from "./run-job.ts";
import { lockRun } from "./run-lock.ts";

type State = { readonly step: number; readonly arrays: { readonly sum: unknown } };

/** Adds numbers, one a step; dies where it is told to, as a killed process would between two writes. */
const walk = defineJob({
  name: "test walk",
  summary: "Adds pseudo-random numbers.",
  options: z.strictObject({
    steps: z.int().min(1).default(20).describe("How many."),
    dieAt: z.int().default(-1).describe("Where to die."),
    seed: z.int().default(3).describe("Seed."),
  }),
  presets: { quick: { summary: "few", options: { steps: 5 } } },
  metrics: { sum: { label: "sum", direction: "higher" }, odd: { label: "odd", direction: "lower" } },
  async run({ steps, dieAt, seed }, context) {
    const store = context.checkpoints<State>();
    const saved = await store.load();
    let sum = saved === undefined ? seed : Number((saved.arrays.sum as { data: Float64Array }).data[0]);
    for (let step = saved?.step ?? 0; step < steps; step++) {
      if (context.signal.aborted) throw new OrreryError("cancelled", "test walk: cancelled");
      if (step === dieAt && saved === undefined) throw new Error("out of memory");
      sum = (sum * 1103515245 + 12345) % 65536;
      context.metrics(step + 1, { sum });
      if (sum % 2 === 1) context.metrics(step + 1, { "worst/odd": sum });
      context.progress({ done: step + 1, total: steps, unit: "steps" });
      if (step % 7 === 6) await store.save({ step: step + 1, arrays: { sum: ndarray([sum], "float64") } });
    }
    context.figure({
      ...{ name: "walk", title: "The walk", summary: `It ends at ${sum}.` },
      ...{ drawing: { kind: "table" }, table: { rows: [{ sum }] } },
    });
    await context.artifact("sum.txt", String(sum), "the sum");
    return { summary: `The sum is ${sum}.`, headlines: [{ label: "sum", value: sum }] };
  },
});

describe("runJob", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "orrery-run-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const textOf = (run: string, file: string) => readFileSync(join(root, run, file), "utf8");

  it("leaves a folder that tells everything: record, recipe, events, metrics, figures, artifacts", async () => {
    const events: RunEvent[] = [];
    const end = await runJob(
      walk,
      { steps: 9 },
      { folder: join(root, "a"), name: "first", observer: (e) => events.push(e) },
    );
    expect(end.state).toBe("done");
    const run = readRun(join(root, "a"));
    expect(run.state).toBe("done");
    expect(run.record.metrics.sum.last.step).toBe(9);
    expect(run.record.metrics.sum.best.value).toBeGreaterThanOrEqual(run.record.metrics.sum.last.value);
    expect(run.record.metrics["worst/odd"].direction).toBe("lower");
    expect(readFigures(run)[0].title).toBe("The walk");
    expect(run.record.artifacts).toEqual([
      { name: "sum.txt", description: "the sum", bytes: textOf("a", "artifacts/sum.txt").length },
    ]);
    expect(textOf("a", runFiles.recipe)).toMatchInlineSnapshot(`
      "job: test walk
      name: first
      options:
        steps: 9 # given
        dieAt: -1 # default
        seed: 3 # default
      "
    `);
    expect(
      textOf("a", runFiles.events)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).kind),
    ).toEqual(expect.arrayContaining(["start", "progress", "checkpoint", "figure", "artifact", "end"]));
    expect(events.at(-1)).toMatchObject({ kind: "end", end: { state: "done" } });
  });

  it("goes on after a death with the same bytes of metrics as a run that never stopped", async () => {
    await runJob(walk, {}, { folder: join(root, "whole") });
    for (const dieAt of [0, 3, 7, 12, 19]) {
      const name = `dead-${dieAt}`;
      const first = await runJob(walk, { dieAt }, { folder: join(root, name) });
      expect(first.state).toBe("failed");
      const second = await runJob(walk, { dieAt: dieAt < 7 ? -1 : dieAt }, { folder: join(root, name) });
      expect(second.state).toBe("done");
      expect(textOf(name, runFiles.metrics)).toBe(textOf("whole", runFiles.metrics));
      expect(textOf(name, "artifacts/sum.txt")).toBe(textOf("whole", "artifacts/sum.txt"));
      const { attempts, metrics } = readRun(join(root, name)).record;
      expect(attempts.length).toBe(2);
      expect(metrics).toEqual(readRun(join(root, "whole")).record.metrics);
    }
  });

  it("warns where a resumed run measures something else, and keeps what was there", async () => {
    await runJob(walk, { dieAt: 3 }, { folder: join(root, "a") });
    const before = readMetrics(join(root, "a", runFiles.metrics));
    await runJob(walk, { seed: 4 }, { folder: join(root, "a") });
    const after = readMetrics(join(root, "a", runFiles.metrics));
    expect(after.slice(0, before.length)).toEqual(before);
    expect(readRun(join(root, "a")).record.warnings[0]).toContain("other values");
  });

  it("stops after a step when it is asked through the folder, and goes on later", async () => {
    const folder = join(root, "a");
    const slow = {
      ...walk,
      run: async (options: never, context: never) => {
        requestCancel(folder);
        await new Promise((done) => setTimeout(done, 700));
        return walk.run(options, context);
      },
    };
    expect((await runJob(slow as typeof walk, {}, { folder })).state).toBe("cancelled");
    expect(readRun(folder).state).toBe("cancelled");
    expect((await runJob(walk, {}, { folder })).state).toBe("done");
  });

  it("lets one process write a run at a time", async () => {
    const folder = join(root, "a");
    await runJob(walk, {}, { folder });
    const unlock = lockRun(folder);
    await expect(runJob(walk, {}, { folder })).rejects.toThrow(/process \d+ on .* is writing this run/);
    unlock();
  });

  it("refuses a metric that the job does not declare", async () => {
    const job = {
      ...walk,
      run: async (_: never, context: { metrics(step: number, values: object): void }) =>
        context.metrics(1, { summ: 2 }),
    };
    const end = await runJob(job as unknown as typeof walk, {}, { folder: join(root, "a") });
    expect(end.state === "failed" && end.error).toMatchInlineSnapshot(`
      {
        "code": "argument",
        "hint": "Did you mean "sum"?",
        "message": "metrics: "summ" is not declared by the job",
      }
    `);
  });

  it("finds runs by id, its beginning, name and last", async () => {
    await runJob(walk, {}, { folder: join(root, "test-walk-1"), name: "one" });
    await runJob(walk, {}, { folder: join(root, "test-walk-2"), name: "two" });
    expect(listRuns(root).map(({ id }) => id)).toEqual(["test-walk-2", "test-walk-1"]);
    for (const wanted of ["test-walk-2", "two", "last"]) expect(findRun(root, wanted).id).toBe("test-walk-2");
    expect(() => findRun(root, "test-walk")).toThrow("2 runs fit");
    expect(() => findRun(root, "test-walk-3")).toThrow(/not in/);
  });

  it("tells all problems of options at once", async () => {
    const wrong = { stepps: 3, dieAt: "x", seed: 1.5 } as never;
    await expect(runJob(walk, wrong, { folder: join(root, "a") })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [OrreryError: given dieAt: expected a number; got "x"
      given seed: expected a whole number; got 1.5
      given stepps: unknown option. Did you mean "steps"?]
    `);
    await expect(
      runJob(walk, {}, { folder: join(root, "a"), preset: "quik" }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(`[OrreryError: test walk: no preset "quik"]`);
  });
});
