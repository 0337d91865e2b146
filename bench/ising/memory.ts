import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { key } from "../../src/engine/index.ts";
import { sherringtonKirkpatrick } from "../../src/instruments/ising/index.ts";
import { annealNetwork } from "../../src/instruments/ising/neural/index.ts";
import { type BenchResult, type BenchRow, rowOf } from "../result.ts";

const question = "does training of a thousand spins stay within 4 GB?";

/** Trains for a few steps and tells the peak memory of this process. */
async function train([spins, depth, width, batch]: readonly number[]): Promise<BenchRow> {
  const durations: number[] = [];
  await annealNetwork(sherringtonKirkpatrick(key(1), spins), {
    ...{ key: key(2), batch, samples: batch, network: { depth, width } },
    annealing: { from: 0.5, to: 1, levels: 2, stepsPerLevel: 3, warmUp: 0 },
    observer: (event) => {
      if (event.kind === "step") durations.push(event.durationMs);
    },
  });
  const workload = `peak MB of training: N=${spins}, depth ${depth}, width ${width}, batch ${batch}`;
  return rowOf(workload, process.resourceUsage().maxRSS / 1024, 4096, {
    target: 1,
    note: `the peer is the bound; ${(Math.min(...durations) / 1000).toFixed(2)} s a step`,
  });
}

/**
 * Peak memory of training, each network in a process of its own. Arguments: spins, depth, width and batch of one network, trained in this
 * process; without them a thousand spins, batches of 256, widths 1, 2 and 4.
 */
export async function benchMemory(args: readonly string[]): Promise<BenchResult> {
  if (args.length > 0) return { question, rows: [await train(args.map(Number))] };
  const script = fileURLToPath(new URL("../run.ts", import.meta.url));
  const rows = [1, 2, 4].map((width) => {
    const child = spawnSync(
      process.execPath,
      ["--import", "tsx", script, "ising", "memory", "1000", "3", String(width), "256"],
      { encoding: "utf8" },
    );
    if (child.status !== 0) throw new Error(child.stderr);
    const result = JSON.parse(child.stdout.trim().split("\n").at(-1) ?? "") as BenchResult;
    return result.rows[0];
  });
  return { question, rows };
}
