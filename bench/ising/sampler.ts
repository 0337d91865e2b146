import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { key } from "../../src/engine/index.ts";
import { sherringtonKirkpatrick } from "../../src/instruments/ising/index.ts";
import { annealNetwork } from "../../src/instruments/ising/neural/index.ts";
import { type BenchResult, type BenchRow, median, rowOf } from "../result.ts";

const script = fileURLToPath(new URL("../peers/torch_ising.py", import.meta.url));

interface Size {
  readonly spins: number;
  readonly depth: number;
  readonly width: number;
  readonly batch: number;
  /** Ratios to reach; undefined where none was set. */
  readonly targets: { readonly sample?: number; readonly step?: number };
  /** Draws of the peer in one round: it runs its network once for every spin. */
  readonly peerDraws: number;
}

const sizes: readonly Size[] = [
  { spins: 100, depth: 3, width: 4, batch: 1000, targets: { sample: 0.08, step: 1 }, peerDraws: 2 },
  { spins: 256, depth: 3, width: 4, batch: 1000, targets: { sample: 0.04 }, peerDraws: 1 },
];

/** Milliseconds of every draw and every step. */
interface Times {
  readonly sample: readonly number[];
  readonly step: readonly number[];
}

const milliseconds = (seconds: readonly number[]) => seconds.map((s) => 1000 * s);

function timePeer({ spins, depth, width, batch, peerDraws }: Size, threads: number): Times | undefined {
  for (const python of [process.env.ORRERY_PYTHON, "/usr/bin/python3", "python3"]) {
    if (python === undefined) continue;
    const numbers = [spins, depth, width, batch, threads, peerDraws, 5].map(String);
    const child = spawnSync(python, [script, ...numbers], {
      encoding: "utf8",
      env: { ...process.env, OMP_WAIT_POLICY: "passive" },
    });
    if (child.status !== 0) continue;
    const { sampleSeconds, stepSeconds } = JSON.parse(child.stdout) as Record<string, readonly number[]>;
    return { sample: milliseconds(sampleSeconds), step: milliseconds(stepSeconds) };
  }
  return undefined;
}

/** The plain masked network on both sides: no messages, no skip, no symmetry. Drawing counts the load of changed weights. */
async function timeOurs({ spins, depth, width, batch }: Size, threads: number): Promise<Times> {
  const [sample, step]: [number[], number[]] = [[], []];
  await annealNetwork(sherringtonKirkpatrick(key(1), spins), {
    ...{ key: key(2), batch, threads, samples: 1 },
    network: { depth, width, message: "none", hamiltonianSkip: false, symmetry: "none" },
    annealing: { from: 1, to: 1, levels: 1, stepsPerLevel: 12, warmUp: 0 },
    observer: (event) => {
      if (event.kind !== "step" || event.step <= 3) return;
      sample.push(event.drawMs);
      step.push(event.updateMs);
    },
  });
  return { sample, step };
}

const least = (lists: readonly (readonly number[])[]) => Math.min(...lists.flat());

/** Best of all rounds on each side: what a machine that others use, too, says of the work itself. */
async function compare(size: Size, rounds: number): Promise<BenchRow[]> {
  const ours: Times[] = [];
  const peers: Times[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await timeOurs(size, 2));
    for (const threads of [1, 2]) {
      const peer = timePeer(size, threads);
      if (peer !== undefined) peers.push(peer);
    }
  }
  const { spins, depth, width, batch, targets } = size;
  return (["sample", "step"] as const).map((what) => {
    const all = (list: readonly Times[]) => list.map((times) => times[what]);
    const name = what === "sample" ? "draw a batch" : "training step";
    const peer = peers.length === 0 ? null : least(all(peers));
    const medians = [ours, peers].map((list) => (list.length === 0 ? "–" : median(all(list).flat()).toFixed(1)));
    return rowOf(`${name}, ms: N=${spins}, depth ${depth}, width ${width}, batch ${batch}`, least(all(ours)), peer, {
      ...(targets[what] === undefined ? {} : { target: targets[what] }),
      note: `best of ${rounds} rounds, the peer's of one and of two threads; medians ${medians[0]} and ${medians[1]}`,
    });
  });
}

/** Milliseconds to draw and to train beside a network in PyTorch that is run once for every spin. The argument is the number of rounds, 2 when left out. */
export async function benchSampler(args: readonly string[]): Promise<BenchResult> {
  const rounds = Number(args[0] ?? 2);
  const rows: BenchRow[] = [];
  for (const size of sizes) rows.push(...(await compare(size, rounds)));
  return { question: "how fast does an autoregressive network draw and learn beside a plain one in PyTorch?", rows };
}
