import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { JobContext } from "../../../lab/index.ts";
import { fileCheckpoints } from "../../../nn/index.ts";
import { reachJob } from "./reach.ts";
import { simulateJob } from "./simulate.ts";
import { synthesizeJob } from "./synthesize.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-control-resume-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A run in a folder of its own, which is stopped after so many checkpoints of one name. */
function contextIn(name: string, stop?: { readonly checkpoint: string; readonly count: number }) {
  const abort = new AbortController();
  const saves: string[] = [];
  const figures: unknown[] = [];
  const context = {
    ...{ signal: abort.signal, folder: join(folder, name), resumed: false },
    ...{ progress: () => {}, metrics: () => {}, note: () => {}, warn: () => {} },
    figure: (figure: unknown) => figures.push(figure),
    artifact: async (file: string, content: Uint8Array | string) => {
      writeFileSync(join(folder, `${name}-${file}`), content);
      return file;
    },
    checkpoints: (checkpoint: string) => {
      const store = fileCheckpoints(join(folder, name, `${checkpoint}.safetensors`));
      return {
        load: () => store.load(),
        save: async (state: never) => {
          await store.save(state);
          saves.push(checkpoint);
          if (stop !== undefined && saves.filter((s) => s === stop.checkpoint).length === stop.count) abort.abort();
        },
      };
    },
  } as unknown as JobContext;
  return { context, saves, figures, abort, bytes: (file: string) => readFileSync(join(folder, `${name}-${file}`)) };
}

test("the map of a synthesis goes on level by level and ends with the same bytes", async () => {
  const given = synthesizeJob.options.parse({
    ...{ problem: "brake", detail: 0.3, scheme: "low", tolerance: 0.1, mapLevels: 5, segments: 0, rollouts: 0 },
  });
  const whole = contextIn("whole");
  const outcome = await synthesizeJob.run(given, whole.context);
  const stopped = contextIn("stopped", { checkpoint: "map", count: 2 });
  await expect(synthesizeJob.run(given, stopped.context)).rejects.toMatchObject({ code: "cancelled" });
  const resumed = contextIn("stopped");
  expect(await synthesizeJob.run(given, resumed.context)).toEqual(outcome);
  expect(resumed.saves).toEqual(["map", "map", "map"]);
  expect(resumed.figures).toEqual(whole.figures);
  for (const file of ["disturbance-map.csv", "certificate.json", "controller.npz"]) {
    expect(resumed.bytes(file).equals(whole.bytes(file)), file).toBe(true);
  }
});

test("a reachable set goes on from its checkpoint and ends with the same bytes", async () => {
  const given = reachJob.options.parse({ detail: 0.5, scheme: "very-high", seconds: 4 });
  const whole = contextIn("reached");
  const outcome = await reachJob.run(given, whole.context);
  const stopped = contextIn("reach-stopped");
  const progress: JobContext["progress"] = ({ done }) => done > 0 && stopped.abort.abort();
  await expect(reachJob.run(given, { ...stopped.context, progress })).rejects.toMatchObject({ code: "cancelled" });
  expect(new Set(stopped.saves)).toEqual(new Set(["solution"]));
  const resumed = contextIn("reach-stopped");
  expect(await reachJob.run(given, resumed.context)).toEqual(outcome);
  expect(resumed.figures).toEqual(whole.figures);
  expect(resumed.bytes("values.npz").equals(whole.bytes("values.npz"))).toBe(true);
});

test("runs of the closed loop stop between two of them", async () => {
  const given = simulateJob.options.parse({ problem: "order", detail: 0.2, scheme: "low", rollouts: 2000 });
  const stopped = contextIn("simulated");
  let runs = 0;
  const progress: JobContext["progress"] = ({ unit }) => {
    if (unit === "runs" && ++runs === 3) stopped.abort.abort();
  };
  await expect(simulateJob.run(given, { ...stopped.context, progress })).rejects.toMatchObject({ code: "cancelled" });
  expect(runs).toBe(3);
});
