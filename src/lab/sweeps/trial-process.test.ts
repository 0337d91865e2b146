import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineJob } from "../job.ts";
import { findRunIn } from "../runs/run-folder.ts";
import { runJob } from "../runs/run-job.ts";
import { isHeld } from "../runs/run-lock.ts";
import { runTrial } from "./trial-process.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-trial-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A job that ends when it is told to. */
function gatedJob() {
  let open = () => {};
  const gate = new Promise<void>((done) => {
    open = done;
  });
  const job = defineJob({
    name: "test gate",
    summary: "Waits.",
    options: z.strictObject({}),
    run: async () => {
      await gate;
      return { summary: "Done.", headlines: [] };
    },
  });
  return { job, open };
}

const noCommand = [join(tmpdir(), "orrery-no-such-program")];

test("a trial that another process runs is waited for, not started again", async () => {
  const { job, open } = gatedJob();
  const running = runJob(job, {}, { folder });
  await expect.poll(() => findRunIn(folder)?.state).toBe("running");
  expect(isHeld(folder)).toBe(true);
  const trial = runTrial(folder, noCommand);
  open();
  await running;
  expect(await trial).toBe("done");
  expect(existsSync(join(folder, "output.txt"))).toBe(false);
  expect(isHeld(folder)).toBe(false);
});

test("who waits for it lets go when asked to", async () => {
  const { job, open } = gatedJob();
  const running = runJob(job, {}, { folder });
  await expect.poll(() => findRunIn(folder)?.state).toBe("running");
  const control = new AbortController();
  const trial = runTrial(folder, noCommand, control.signal);
  control.abort();
  expect(await trial).toBe("running");
  open();
  await running;
});

test("a trial whose process cannot be started has failed", async () => {
  expect(await runTrial(folder, noCommand)).toBe("failed");
});
