import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataPath } from "../../src/data/index.ts";
import { key } from "../../src/engine/index.ts";
import {
  betaRange,
  edwardsAnderson,
  type IsingModel,
  readInstance,
  sherringtonKirkpatrick,
  solve,
} from "../../src/instruments/ising/index.ts";
import { type BenchResult, type BenchRow, median, rowOf } from "../result.ts";

/** Both sides take turns this often, so that what else the machine does falls on both. */
const defaultRounds = 3;

interface Workload {
  readonly name: string;
  readonly reads: number;
  readonly sweeps: number;
  readonly model: () => Promise<IsingModel> | IsingModel;
}

const workloads: readonly Workload[] = [
  { name: "±J 10×10×10", reads: 20, sweeps: 1000, model: () => edwardsAnderson(key(1), [10, 10, 10]) },
  { name: "SK N=100", reads: 100, sweeps: 1000, model: () => sherringtonKirkpatrick(key(1), 100) },
  { name: "G1 N=800", reads: 20, sweeps: 1000, model: () => readInstance(dataPath("ising", "gset", "G1.txt")) },
];

/** What one side took for all reads, and what it found. */
interface Annealed {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly energies: readonly number[];
}

async function annealOurs(
  model: IsingModel,
  beta: readonly [number, number],
  { reads, sweeps }: Workload,
  seed: number,
) {
  const method = { name: "annealing", sweeps, beta, schedule: "geometric" } as const;
  const before = process.cpuUsage();
  const { seconds, restarts } = await solve(model, { key: key(seed), method, restarts: reads });
  const { user, system } = process.cpuUsage(before);
  const energies = restarts.map(({ energy }) => energy - model.offset);
  return { seconds, cpuSeconds: (user + system) / 1e6, energies };
}

const script = fileURLToPath(new URL("../peers/dwave_annealing.py", import.meta.url));
type PeerRun = Annealed & { readonly version: string };

/** dwave-samplers with the first Python that has it; null when none has. */
function annealPeer(path: string, { reads, sweeps }: Workload, seed: number): PeerRun | null {
  for (const python of [process.env.ORRERY_PYTHON, "/usr/bin/python3", "python3"]) {
    if (python === undefined) continue;
    const child = spawnSync(python, [script, path, ...[reads, sweeps, seed].map(String)], { encoding: "utf8" });
    if (child.status === 0) return JSON.parse(child.stdout) as PeerRun;
  }
  return null;
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

async function compare(workload: Workload, rounds: number, folder: string): Promise<BenchRow> {
  const model = await workload.model();
  const { hot, cold } = betaRange(model, key(1));
  const { from, to, weight } = model.edges();
  const path = join(folder, "model.json");
  const content = { spins: model.spins, from: [...from], to: [...to], weight: [...weight], beta: [hot, cold] };
  await writeFile(path, JSON.stringify(content));
  const [ours, theirs]: [Annealed[], PeerRun[]] = [[], []];
  await annealOurs(model, [hot, cold], { ...workload, reads: 2 }, 0);
  for (let round = 0; round < rounds; round++) {
    ours.push(await annealOurs(model, [hot, cold], workload, round));
    const peer = annealPeer(path, workload, round);
    if (peer !== null) theirs.push(peer);
  }
  const visits = model.spins * workload.sweeps * workload.reads;
  const perVisit = (runs: readonly Annealed[]) => runs.map(({ cpuSeconds }) => (1e9 * cpuSeconds) / visits);
  const [mine, peer] = [median(perVisit(ours)), theirs.length === 0 ? null : median(perVisit(theirs))];
  const energy = (runs: readonly Annealed[]) =>
    runs.length === 0 ? "–" : mean(runs.flatMap((r) => r.energies)).toFixed(2);
  const rate = (ns: number | null) => (ns === null ? "–" : (1000 / ns).toPrecision(3));
  const row = rowOf(`${workload.name}: ns of the processor a spin and sweep`, mine, peer, {
    target: 1,
    note: [
      `${workload.reads} reads of ${workload.sweeps} sweeps, ${rounds} rounds`,
      `million spins a second ${rate(mine)} and ${rate(peer)}, ${peer === null ? "–" : (peer / mine).toPrecision(3)} times as many`,
      `mean energy ${energy(ours)} and ${energy(theirs)}`,
      `${theirs.at(-1)?.version ?? "no peer"}; load ${loadavg()[0].toFixed(1)}`,
    ].join("; "),
  });
  console.error(JSON.stringify(row));
  return row;
}

/**
 * Simulated annealing beside dwave-samplers (C++): the same instance, temperatures, reads and sweeps, one thread each, in turns. Our side
 * counts greedy descent after each read and keeping the best state of all sweeps, which the peer has not. The argument is the
 * number of rounds, 3 when left out; the library is looked for in `ORRERY_PYTHON`, the system's and the path's Python.
 */
export async function benchAnnealing(args: readonly string[]): Promise<BenchResult> {
  const rounds = Number(args[0] ?? defaultRounds);
  const folder = await mkdtemp(join(tmpdir(), "orrery-bench-"));
  const rows: BenchRow[] = [];
  try {
    for (const workload of workloads) rows.push(await compare(workload, rounds, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return {
    question: "how much of the processor does a sweep of simulated annealing take beside dwave-samplers?",
    rows,
  };
}
