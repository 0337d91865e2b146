import { loadavg } from "node:os";
import { Cells } from "../cells.ts";
import { type BenchResult, type BenchRow, median, rowOf } from "../result.ts";
import { type Measured, type Name, type PeerRun, type Precision, solveApart, solvePeer } from "./measure.ts";

const question =
  "How fast are Hamilton–Jacobi equations solved, and in how much memory, beside hj_reachability on JAX?";

/** What is solved, and with what. */
interface Job {
  readonly workload: Name;
  readonly precision: Precision;
  readonly threads: number;
}

/** One solution by one side. Both sides take turns, so that what else the machine does falls on both. */
type Cell = Omit<PeerRun, "version"> &
  Partial<Measured & PeerRun> &
  Job & {
    readonly side: "orrery" | "hj_reachability";
    readonly turn: number;
    /** Of the machine, when it began. */
    readonly load: number;
  };

interface Bench {
  readonly cells: Cells<Cell>;
  readonly rounds: number;
}

/** Our solution of a turn, measured unless it is kept. */
async function ours({ cells }: Bench, job: Job, turn: number): Promise<Cell> {
  const key = { ...job, turn, side: "orrery" } as const;
  const [known] = cells.of(key);
  if (known !== undefined) return known;
  const load = loadavg()[0];
  return await keep(cells, { ...key, load, ...solveApart(job.workload, job.precision, job.threads) });
}

/** The library's; undefined where it is not installed. */
async function theirs({ cells }: Bench, job: Job, turn: number, shape: readonly number[]): Promise<Cell | undefined> {
  const key = { ...job, turn, side: "hj_reachability" } as const;
  const [known] = cells.of(key);
  if (known !== undefined) return known;
  const load = loadavg()[0];
  const found = solvePeer(shape, "very-high", job.threads);
  return found === null ? undefined : await keep(cells, { ...key, load, ...found });
}

async function keep(cells: Cells<Cell>, cell: Cell): Promise<Cell> {
  console.error(JSON.stringify(cell));
  await cells.add(cell);
  return cell;
}

const spread = (values: readonly number[], digits = 3) =>
  `${Math.min(...values).toPrecision(digits)} to ${Math.max(...values).toPrecision(digits)}`;
const loads = (cells: readonly Cell[]) => `load ${spread(cells.map((cell) => cell.load))}`;
const perStage = ({ cpuSeconds, stages = 1, points = 1 }: Cell) => (1e9 * cpuSeconds) / (stages * points);

/** Nanoseconds of the processor that a point takes in a stage. */
async function timeStage(bench: Bench, workload: Name, precision: Precision): Promise<BenchRow> {
  const runs: Cell[] = [];
  for (let turn = 0; turn < bench.rounds; turn++)
    runs.push(await ours(bench, { workload, precision, threads: 1 }, turn));
  const target = workload === "air3d-very-high" && precision === "f32" ? "target 50, wish 30; " : "";
  const own = runs.map(perStage);
  return rowOf(`${workload} ${precision}: ns of one thread a point and stage`, median(own), null, {
    note: `${target}${spread(own)}; ${median(runs.map((run) => run.seconds)).toPrecision(3)} s on the clock; ${loads(runs)}`,
  });
}

interface Pair {
  readonly workload: Name;
  readonly shape: readonly number[];
  readonly threads: number;
  /** Seconds to reach on an idle machine. */
  readonly target: number;
}

/** The tube at `very-high` beside the library: on the clock, and of the processor, in which other work hardly tells. */
async function comparePair(bench: Bench, { workload, shape, threads, target }: Pair): Promise<BenchRow[]> {
  const job = { workload, precision: "f32", threads } as const;
  const own: Cell[] = [];
  const peer: Cell[] = [];
  for (let turn = 0; turn < bench.rounds; turn++) {
    own.push(await ours(bench, job, turn));
    const found = await theirs(bench, job, turn, shape);
    if (found !== undefined) peer.push(found);
  }
  const pick = (runs: readonly Cell[], key: "seconds" | "cpuSeconds") =>
    runs.length === 0 ? null : median(runs.map((run) => run[key]));
  const last = peer.at(-1);
  const agreement = `mean ${own[0].mean.toFixed(5)} and ${last?.mean.toFixed(5) ?? "–"}, inside ${own[0].inside} and ${last?.inside ?? "–"}`;
  const title = `Air3D ${shape.join("×")} very-high, ${threads} thread${threads === 1 ? "" : "s"}`;
  return [
    rowOf(`${title}: s`, pick(own, "seconds")!, pick(peer, "seconds"), {
      target: 0.5,
      note: `target ${target} s; ${spread(own.map((run) => run.seconds))}; ${loads([...own, ...peer])}`,
    }),
    rowOf(`${title}: s of the processor`, pick(own, "cpuSeconds")!, pick(peer, "cpuSeconds"), {
      target: 0.5,
      note: `${agreement}; ${last?.version ?? "no peer"}`,
    }),
  ];
}

/** Time and memory of a large grid on two threads. */
async function timeLarge(bench: Bench, workload: Name, title: string): Promise<BenchRow> {
  const run = await ours(bench, { workload, precision: "f32", threads: 2 }, 0);
  const megabytes = (bytes = 0) => `${(bytes / 1e6).toFixed(0)} MB`;
  const error = typeof run.error === "number" ? `mean error ${run.error.toExponential(1)}, target 7e-3; ` : "";
  return rowOf(`${title}, two threads: s`, run.seconds, null, {
    note: `${error}${run.cpuSeconds.toFixed(1)} s of the processor, ${perStage(run).toFixed(1)} ns a point and stage, ${run.stages} stages of ${run.points} points; ${run.buffers?.toFixed(2)} buffers, ${megabytes(run.bytes)}, target 5; process ${megabytes(run.residentBytes)}; ${loads([run])}`,
  });
}

const coarse = { workload: "air3d-very-high", shape: [51, 40, 50] } as const;

/** Parts in the order in which they are run. */
const parts: Readonly<Record<string, (bench: Bench) => Promise<BenchRow[]>>> = {
  stages: async (bench) => [
    await timeStage(bench, "air3d-low", "f32"),
    await timeStage(bench, "air3d-medium", "f32"),
    await timeStage(bench, "air3d-high", "f32"),
    await timeStage(bench, "air3d-very-high", "f32"),
    await timeStage(bench, "air3d-very-high", "f64"),
  ],
  air3d: async (bench) => [
    ...(await comparePair(bench, { ...coarse, threads: 1, target: 6 })),
    ...(await comparePair(bench, { ...coarse, threads: 2, target: 3.5 })),
  ],
  large: async (bench) => [
    await timeLarge(bench, "car-4d", "4-D car 31⁴ medium, tube with obstacle, 2 s"),
    await timeLarge(bench, "car-5d", "5-D car 21⁵ low, tube, 1 s"),
    await timeLarge(bench, "decoupled", "two double integrators 25⁴ very-high, 2.5 s"),
  ],
  fine: (bench) => comparePair(bench, { workload: "air3d-fine", shape: [101, 80, 100], threads: 2, target: 50 }),
};

/**
 * `npm run bench -- control [PART …] [--rounds 3]` with the parts `stages`, `air3d`, `large` and `fine`; all of them when none is named.
 * Solutions that `bench/results/control.json` holds are not repeated; each new one is added when it is finished.
 * The library is looked for in `ORRERY_PYTHON`, or else the system's and the path's Python.
 */
export async function bench(args: readonly string[]): Promise<BenchResult> {
  const place = args.indexOf("--rounds");
  const rounds = place === -1 ? 3 : Number(args[place + 1]);
  const named = args.filter((_, i) => place === -1 || (i !== place && i !== place + 1));
  const unknown = named.find((name) => !Object.hasOwn(parts, name));
  if (unknown !== undefined || !(rounds >= 1)) {
    const expected = `parts among ${Object.keys(parts).join(", ")} and --rounds N`;
    throw new Error(`bench control: expected ${expected}; got ${args.join(" ")}`);
  }
  const own = { cells: await Cells.open<Cell>("control", question), rounds };
  const rows: BenchRow[] = [];
  for (const [name, run] of Object.entries(parts)) {
    if (named.length === 0 || named.includes(name)) rows.push(...(await run(own)));
  }
  return { question, rows };
}
