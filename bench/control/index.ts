import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { type Accuracy, estimateSolve, solve } from "../../src/instruments/control/reachability/index.ts";
import { type BenchResult, type BenchRow, median, rowOf } from "../result.ts";
import {
  airWorkload,
  car4dWorkload,
  car5dWorkload,
  decoupledError,
  decoupledWorkload,
  type Workload,
} from "./workloads.ts";

/** Both sides take turns this often, so that what else the machine does falls on both. */
const rounds = 3;

const workloads = {
  "air3d-low": () => airWorkload([51, 40, 50], "low"),
  "air3d-medium": () => airWorkload([51, 40, 50], "medium"),
  "air3d-high": () => airWorkload([51, 40, 50], "high"),
  "air3d-very-high": () => airWorkload([51, 40, 50], "very-high"),
  "air3d-fine": () => airWorkload([101, 80, 100], "very-high"),
  "car-4d": car4dWorkload,
  "car-5d": car5dWorkload,
  decoupled: decoupledWorkload,
} as const;
type Name = keyof typeof workloads;
type Precision = "f32" | "f64";

/** What one solution took, in a process of its own. */
interface Measured {
  readonly seconds: number;
  /** Of the processor, compiling and starting threads included. */
  readonly cpuSeconds: number;
  readonly stages: number;
  readonly points: number;
  readonly buffers: number;
  /** Of memory, in bytes: by the solution alone, and by the whole process. */
  readonly bytes: number;
  readonly residentBytes: number;
  readonly mean: number;
  readonly inside: number;
  readonly error: number | null;
}

async function measure(workload: Workload, name: Name, precision: Precision, workers: number): Promise<Measured> {
  const { problem, scheme } = workload;
  const options = { scheme, precision, workers, keep: "last" } as const;
  const { stages, points, bytes, buffers } = estimateSolve(problem, options);
  const before = process.cpuUsage();
  const { last, seconds } = await solve(problem, options);
  const { user, system } = process.cpuUsage(before);
  const values = Array.from(last);
  return {
    ...{ seconds, cpuSeconds: (user + system) / 1e6, stages, points, buffers, bytes },
    residentBytes: process.resourceUsage().maxRSS * 1024,
    mean: values.reduce((a, b) => a + b) / points,
    inside: values.filter((v) => v <= 0).length,
    error: name === "decoupled" ? decoupledError(workload, last) : null,
  };
}

const self = fileURLToPath(import.meta.url);

/** A workload solved in a process of its own. */
function solveApart(name: Name, precision: Precision, workers: number): Measured {
  const code = `import(${JSON.stringify(self)}).then(({ runWorkload }) => runWorkload(...${JSON.stringify([name, precision, workers])}))`;
  const child = spawnSync(process.execPath, ["--import", "tsx", "--eval", code], { encoding: "utf8" });
  if (child.status !== 0) throw new Error(`bench control ${name}: ${child.stderr}`);
  return JSON.parse(child.stdout) as Measured;
}

/** What the process of its own does: prints the measurement of a workload. */
export async function runWorkload(name: Name, precision: Precision, workers: number): Promise<void> {
  console.log(JSON.stringify(await measure(workloads[name](), name, precision, workers)));
}

type PeerRun = Pick<Measured, "seconds" | "cpuSeconds" | "mean" | "inside"> & { readonly version: string };
const script = fileURLToPath(new URL("../peers/jax_reachability.py", import.meta.url));

/** hj_reachability on JAX with the first Python that has it; null when none has. */
function solvePeer(shape: readonly number[], scheme: Accuracy, threads: number): PeerRun | null {
  for (const python of [process.env.ORRERY_PYTHON, "/usr/bin/python3", "python3"]) {
    if (python === undefined) continue;
    const child = spawnSync(python, [script, ...shape.map(String), scheme, String(threads)], { encoding: "utf8" });
    if (child.status === 0) return JSON.parse(child.stdout) as PeerRun;
  }
  return null;
}

const middle = (values: readonly number[]) => median(values).toPrecision(3);
const load = () => `load ${loadavg()[0].toFixed(1)}`;
const perStage = ({ cpuSeconds, stages, points }: Measured) => (1e9 * cpuSeconds) / (stages * points);

function report(row: BenchRow): BenchRow {
  console.error(JSON.stringify(row));
  return row;
}

/** Nanoseconds of the processor that a point takes in a stage. */
function timeStage(name: Name, precision: Precision): BenchRow {
  const runs = Array.from({ length: rounds }, () => solveApart(name, precision, 0));
  const target = name === "air3d-very-high" && precision === "f32" ? " target 50, wish 30;" : "";
  const seconds = runs.map((run) => run.seconds);
  return report(
    rowOf(`${name} ${precision}: ns of one thread a point and stage`, median(runs.map(perStage)), null, {
      note: `${target} least ${Math.min(...runs.map(perStage)).toFixed(1)}; ${middle(seconds)} s on the clock; ${load()}`.trim(),
    }),
  );
}

interface Pair {
  readonly name: Name;
  readonly shape: readonly number[];
  readonly threads: number;
  readonly rounds: number;
  /** Seconds to reach on an idle machine. */
  readonly target: number;
}

/** The tube at `very-high` beside the library: on the clock, and of the processor, in which other work hardly tells. */
function comparePair({ name, shape, threads, rounds: turns, target }: Pair): BenchRow[] {
  const ours: Measured[] = [];
  const theirs: PeerRun[] = [];
  for (let turn = 0; turn < turns; turn++) {
    ours.push(solveApart(name, "f32", threads === 1 ? 0 : threads));
    const peer = solvePeer(shape, "very-high", threads);
    if (peer !== null) theirs.push(peer);
  }
  const pick = (runs: readonly PeerRun[], key: "seconds" | "cpuSeconds") =>
    runs.length === 0 ? null : median(runs.map((r) => r[key]));
  const last = theirs.at(-1);
  const agreement = `mean ${ours[0].mean.toFixed(5)} and ${last?.mean.toFixed(5) ?? "–"}, inside ${ours[0].inside} and ${last?.inside ?? "–"}`;
  const title = `Air3D ${shape.join("×")} very-high, ${threads} thread${threads === 1 ? "" : "s"}`;
  return [
    report(
      rowOf(`${title}: s`, median(ours.map((run) => run.seconds)), pick(theirs, "seconds"), {
        target: 0.5,
        note: `target ${target} s on an idle machine, least ${Math.min(...ours.map((run) => run.seconds)).toFixed(2)}; ${load()}`,
      }),
    ),
    report(
      rowOf(`${title}: s of the processor`, median(ours.map((run) => run.cpuSeconds)), pick(theirs, "cpuSeconds"), {
        target: 0.5,
        note: `${agreement}; ${last?.version ?? "no peer"}`,
      }),
    ),
  ];
}

/** Time and memory of a large grid. */
function timeLarge(name: Name, title: string): BenchRow {
  const run = solveApart(name, "f32", 2);
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  const error = run.error === null ? "" : `mean error ${run.error.toExponential(1)}, target 7e-3; `;
  return report(
    rowOf(`${title}, two threads: s`, run.seconds, null, {
      note: `${error}${run.cpuSeconds.toFixed(1)} s of the processor, ${perStage(run).toFixed(1)} ns a point and stage, ${run.stages} stages of ${run.points} points; ${run.buffers.toFixed(2)} buffers, ${megabytes(run.bytes)}, target 5; process ${megabytes(run.residentBytes)}; ${load()}`,
    }),
  );
}

/**
 * `npm run bench -- control [fine]`: with `fine` also the grid of 808,000 points, minutes beside the library.
 * The library is looked for in `ORRERY_PYTHON`, the system's and the path's Python.
 */
export async function bench(args: readonly string[]): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  for (const name of ["air3d-low", "air3d-medium", "air3d-high", "air3d-very-high"] as const)
    rows.push(timeStage(name, "f32"));
  rows.push(timeStage("air3d-very-high", "f64"));
  const coarse = { name: "air3d-very-high", shape: [51, 40, 50], rounds } as const;
  rows.push(
    ...comparePair({ ...coarse, threads: 1, target: 6 }),
    ...comparePair({ ...coarse, threads: 2, target: 3.5 }),
  );
  rows.push(
    timeLarge("car-4d", "4-D car 31⁴ medium, tube with obstacle, 2 s"),
    timeLarge("car-5d", "5-D car 21⁵ low, tube, 1 s"),
  );
  rows.push(timeLarge("decoupled", "two double integrators 25⁴ very-high, 2.5 s"));
  if (args.includes("fine")) {
    rows.push(...comparePair({ name: "air3d-fine", shape: [101, 80, 100], threads: 2, rounds: 1, target: 50 }));
  }
  return {
    question: "How fast are Hamilton–Jacobi equations solved, and in how much memory, beside hj_reachability on JAX?",
    rows,
  };
}
