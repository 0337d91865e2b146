import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { compile, ndarray, type Tensor } from "../../src/engine/index.ts";
import { type BenchResult, type BenchRow, median, rowOf } from "../result.ts";
import { TorchPeer } from "./peer.ts";
import { type PreparedStep, type Workload, workloads } from "./workloads.ts";

const threads = 2;
const rounds = 5;

/** Milliseconds of some steps. */
async function timeSteps(step: PreparedStep, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await step.run();
    times.push(performance.now() - start);
  }
  return times;
}

/** Both sides in turns, so that a change of the machine's speed meets both alike. */
async function comparePair({ name, make, target, steps }: Workload, peer: TorchPeer | undefined): Promise<BenchRow> {
  const step = await make();
  await timeSteps(step, 3);
  await peer?.run(name, 1, threads);
  const [ours, theirs]: [number[], number[]] = [[], []];
  let variant = "";
  for (let round = 0; round < rounds; round++) {
    ours.push(...(await timeSteps(step, steps)));
    const answer = await peer?.run(name, steps, threads);
    theirs.push(...(answer?.times ?? []));
    variant = answer?.variant ?? variant;
  }
  await step.release();
  const least =
    peer === undefined ? "" : `, least ${Math.min(...ours).toFixed(2)} and ${Math.min(...theirs).toFixed(2)}`;
  return rowOf(`${name} ms`, median(ours), peer === undefined ? null : median(theirs), {
    target,
    note: `${variant}${least}`,
  });
}

/** The second peer, where it runs: jax-js on WebAssembly, in a process of its own between two turns of ours. */
async function compareJaxJs(): Promise<BenchRow> {
  const workload = workloads.find(({ name }) => name === "mlp-sgd") as Workload;
  const step = await workload.make();
  await timeSteps(step, 3);
  const before = await timeSteps(step, workload.steps);
  const script = fileURLToPath(new URL("../peers/jax-js.mjs", import.meta.url));
  const child = spawnSync(process.execPath, [script], { encoding: "utf8", timeout: 120_000 });
  const after = await timeSteps(step, workload.steps);
  await step.release();
  const peer = child.status === 0 ? median((JSON.parse(child.stdout) as { times: number[] }).times) : null;
  return rowOf("mlp-sgd ms, jax-js", median([...before, ...after]), peer, { note: "WebAssembly, one thread" });
}

/** Milliseconds from the function to the first result of the ResNet-20 training graph, compiled anew. */
async function timeCompilation(): Promise<BenchRow> {
  const workload = workloads.find(({ name }) => name === "resnet20") as Workload;
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const step = await workload.make();
    const start = performance.now();
    await step.run();
    const first = performance.now() - start;
    times.push(first - median(await timeSteps(step, 3)));
    await step.release();
  }
  return rowOf("compile resnet20 ms", median(times), null, { note: "target < 1500 ms" });
}

/** Microseconds of one call of a compiled function that does next to nothing. */
async function timeCall(): Promise<BenchRow> {
  const increment = compile((x: Tensor) => x.add(1), { threads });
  const x = ndarray([1, 2, 3]);
  const times: number[] = [];
  for (let i = 0; i < 3000; i++) {
    const start = performance.now();
    await increment(x);
    if (i >= 500) times.push(performance.now() - start);
  }
  await increment.release();
  return rowOf("one call µs", median(times) * 1000, null, { note: "target < 60 µs" });
}

/** Peak memory of a process that trains ResNet-20, in MB. */
async function compareMemory(peer: TorchPeer | undefined): Promise<BenchRow> {
  const child = spawnSync(
    process.execPath,
    [...process.execArgv, fileURLToPath(new URL("memory.ts", import.meta.url))],
    { encoding: "utf8" },
  );
  const answer = await peer?.run("resnet20", 10, threads, { memory: true });
  return rowOf("resnet20 peak MB", Number(child.stdout.trim()), answer?.peakRssMb ?? null, { target: 1.3 });
}

/** How long does one full training step take (forward, backward, update, the loss read), and what else does the engine cost? */
export async function bench(args: readonly string[]): Promise<BenchResult> {
  const isWanted = (name: string) => args.length === 0 || args.includes(name);
  const peer = await TorchPeer.start();
  const rows: BenchRow[] = [];
  const report = (row: BenchRow) => {
    rows.push(row);
    console.log(
      `${row.workload}: ours ${row.ours}, the peer ${row.peer ?? "not installed"}, ratio ${row.ratio ?? "–"} ${row.note ?? ""}`,
    );
  };
  for (const workload of workloads) if (isWanted(workload.name)) report(await comparePair(workload, peer));
  if (isWanted("jax-js")) report(await compareJaxJs());
  if (isWanted("compile")) report(await timeCompilation());
  if (isWanted("call")) report(await timeCall());
  if (isWanted("memory")) report(await compareMemory(peer));
  peer?.stop();
  return { question: "How long is one full training step, against PyTorch on the same two threads?", rows };
}
