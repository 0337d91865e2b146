import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { key, sampleUniform } from "../src/engine/index.ts";
import { decodeCheckpoint, fileCheckpoints } from "../src/nn/checkpoint-file.ts";
import { trainAt } from "./kit/training-run.ts";

const script = `
  import { trainAt } from ${JSON.stringify(new URL("kit/training-run.ts", import.meta.url).href)};
  await trainAt(process.argv[1], (event) => { if (event.kind === "step") process.stdout.write(event.step + "\\n"); });
`;

/** Trains in a child process, killed once it has told of step `killAt`; answers the last step heard of. */
function trainInChild(
  path: string,
  killAt = Number.POSITIVE_INFINITY,
): Promise<{ last: number; signal: string | null }> {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script, path]);
  let [text, errors] = ["", ""];
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  child.stdout.on("data", (chunk) => {
    text += chunk;
    if (Number(text.trimEnd().split("\n").at(-1)) >= killAt) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code, signal) => {
      if (code !== 0 && signal === null) reject(new Error(errors));
      else resolve({ last: Number(text.trimEnd().split("\n").at(-1)), signal });
    });
  });
}

describe("a training run that is killed", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "orrery-resume-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("at three random steps and resumed ends with the same bytes as one that was not", async () => {
    const [whole, broken] = [join(folder, "whole.safetensors"), join(folder, "broken.safetensors")];
    await trainAt(whole);
    // Each kill lies beyond the checkpoint of the one before, so that the run makes progress.
    const kills = Array.from(sampleUniform(key(5), 3), (u, i) => 4 + 11 * i + Math.floor(u * 8));
    for (const step of kills) {
      const { signal, last } = await trainInChild(broken, step);
      expect(signal).toBe("SIGKILL");
      expect(last).toBeGreaterThanOrEqual(step);
    }
    const saved = await fileCheckpoints(broken).load();
    expect(saved?.progress.step).toBeLessThan(40);
    expect(saved?.progress.step).toBeGreaterThan(0);
    expect(await trainInChild(broken)).toEqual({ last: 40, signal: null });
    const [expected, got] = await Promise.all([readFile(whole), readFile(broken)]);
    expect(decodeCheckpoint(got, broken)).toEqual(decodeCheckpoint(expected, whole));
    expect(got.equals(expected)).toBe(true);
    expect(await readdir(folder)).toEqual(["broken.safetensors", "whole.safetensors"]);
  }, 180_000);
});
