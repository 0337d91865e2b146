import { join } from "node:path";
import { expect, test } from "vitest";
import type { AnyJob } from "../../lab/index.ts";
import { describeEnd } from "./describe-end.ts";

test("what to do next names files of the run as they are to be typed", () => {
  const outcome = {
    summary: "A controller was made.",
    headlines: [],
    next: [{ command: "orrery control simulate --controller RUN/artifacts/controller.npz", why: "More runs." }],
  };
  const text = describeEnd({ name: "control synthesize" } as AnyJob, join("runs", "first"), { state: "done", outcome });
  expect(text).toContain(`simulate --controller ${join("runs", "first")}/artifacts/controller.npz\n`);
  expect(text).not.toContain("RUN");
});
