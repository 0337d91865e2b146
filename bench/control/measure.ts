import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Accuracy, estimateSolve, solve } from "../../src/instruments/control/reachability/index.ts";
import {
  airWorkload,
  car4dWorkload,
  car5dWorkload,
  decoupledError,
  decoupledWorkload,
  type Workload,
} from "./workloads.ts";

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
/** What is solved. */
export type Name = keyof typeof workloads;
export type Precision = "f32" | "f64";

/** What one solution took, in a process of its own. */
export interface Measured {
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

/** A workload solved in a process of its own, by its main thread alone or by some workers. */
export function solveApart(name: Name, precision: Precision, threads: number): Measured {
  const workers = threads === 1 ? 0 : threads;
  const code = `import(${JSON.stringify(self)}).then(({ runWorkload }) => runWorkload(...${JSON.stringify([name, precision, workers])}))`;
  const child = spawnSync(process.execPath, ["--import", "tsx", "--eval", code], { encoding: "utf8" });
  if (child.status !== 0) throw new Error(`bench control ${name}: ${child.stderr}`);
  return JSON.parse(child.stdout) as Measured;
}

/** What the process of its own does: prints the measurement of a workload. @public */
export async function runWorkload(name: Name, precision: Precision, workers: number): Promise<void> {
  console.log(JSON.stringify(await measure(workloads[name](), name, precision, workers)));
}

/** What the library took. */
export type PeerRun = Pick<Measured, "seconds" | "cpuSeconds" | "mean" | "inside"> & { readonly version: string };
const script = fileURLToPath(new URL("../peers/jax_reachability.py", import.meta.url));

/**
 * hj_reachability on JAX with the first Python that has it; null when none has.
 * @throws Error with what the Python of `ORRERY_PYTHON` said, when one is named.
 */
export function solvePeer(shape: readonly number[], scheme: Accuracy, threads: number): PeerRun | null {
  const named = process.env.ORRERY_PYTHON;
  for (const python of named === undefined ? ["/usr/bin/python3", "python3"] : [named]) {
    const child = spawnSync(python, [script, ...shape.map(String), scheme, String(threads)], { encoding: "utf8" });
    if (child.status === 0) return JSON.parse(child.stdout) as PeerRun;
    if (named !== undefined) throw new Error(`bench control: ${named}: ${child.stderr ?? child.error}`);
  }
  return null;
}
