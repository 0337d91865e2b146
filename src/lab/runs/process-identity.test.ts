import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { isAlive, ownProcess } from "./process-identity.ts";

test("this process is alive, one of its number that began at another time is not, one elsewhere may be", () => {
  const own = ownProcess();
  expect(isAlive(own)).toBe(true);
  expect(isAlive({ ...own, host: `not-${hostname()}` })).toBeUndefined();
  if (own.startTicks !== undefined) expect(isAlive({ ...own, startTicks: own.startTicks + 1 })).toBe(false);
});

test.runIf(existsSync("/proc/self/stat"))(
  "a process that has ended is not alive though its parent has not asked for it",
  async () => {
    // The shell becomes `sleep`, which asks for no child.
    const parent = spawn("sh", ["-c", "sh -c 'echo $$' & exec sleep 60"]);
    try {
      const pid = Number(await new Promise((done) => parent.stdout.once("data", done)));
      const fields = () => readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
      await expect.poll(() => fields()[0], { timeout: 20_000 }).toBe("Z");
      expect(isAlive({ pid, host: hostname(), startTicks: Number(fields()[19]) })).toBe(false);
    } finally {
      parent.kill();
    }
  },
);
