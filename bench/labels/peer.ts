import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Dataset, dataPath, readIdxDataset } from "../../src/data/index.ts";
import { key, NdArray, sampleUniform } from "../../src/engine/index.ts";
import { trainRobust } from "../../src/instruments/labels/training/index.ts";
import { type BenchResult, type BenchRow, median, rowOf } from "../result.ts";

const methods = ["cross-entropy", "elr", "co-teaching"] as const;
const threadCounts = [1, 2] as const;
const script = fileURLToPath(new URL("../peers/torch_noisy_labels.py", import.meta.url));

/** Both sides take turns this often, so that what else the machine does falls on both. */
const rounds = 3;

interface Epochs {
  readonly epochMs: readonly number[];
  /** Of the processor: what else the machine does hardly tells in it. */
  readonly cpuMs: readonly number[];
}

interface PeerRun extends Epochs {
  readonly accuracy: number;
  /** Of a product of two 512 × 512 matrices: tells whether it found a fast BLAS. */
  readonly gigaflops: number;
}

/** USPS standardised, with 40 % symmetric noise: the very numbers that both sides train on. */
async function noisyUsps(): Promise<{ readonly train: Dataset; readonly test: Dataset }> {
  const read = async (part: string): Promise<Dataset> => {
    const { inputs, labels, classNames } = await readIdxDataset(
      dataPath("images", `usps-${part}-images-idx3-ubyte.gz`),
      dataPath("images", `usps-${part}-labels-idx1-ubyte.gz`),
    );
    const data = Float32Array.from(inputs.data as Uint8Array, (value) => value / 127.5 - 1);
    return { inputs: new NdArray(data, [inputs.shape[0], 256]), labels, classNames };
  };
  const [train, test] = await Promise.all([read("train"), read("test")]);
  const draws = sampleUniform(key(7), 2 * train.labels.size, "float64");
  const labels = train.labels.data.map((label, i) =>
    draws[2 * i] < 0.4 ? (label + 1 + Math.floor(9 * draws[2 * i + 1])) % 10 : label,
  );
  return { train: { ...train, labels: new NdArray(labels) }, test };
}

type Options = { readonly epochs: number; readonly threads: number };

const noise = { rate: 0.4, kind: "symmetric" } as const;

/** Milliseconds of each epoch. Nothing is held out and nothing measured between epochs: the other side only trains, too. */
async function timeOurs(method: (typeof methods)[number], dataset: Dataset, options: Options): Promise<Epochs> {
  const epochs = { epochMs: [] as number[], cpuMs: [] as number[] };
  let before = process.cpuUsage();
  await trainRobust({
    ...{ method, dataset, validation: { fraction: 0 }, key: key(0) },
    options: { ...options, standardize: "none", noise },
    observer: (event) => {
      if (event.kind === "phase") before = process.cpuUsage();
      if (event.kind !== "epoch") return;
      const { user, system } = process.cpuUsage(before);
      before = process.cpuUsage();
      epochs.epochMs.push(event.durationMs);
      epochs.cpuMs.push((user + system) / 1000);
    },
  });
  return epochs;
}

/** Test accuracy of the last epoch. */
async function measureOurs(
  method: (typeof methods)[number],
  { train, test }: { readonly train: Dataset; readonly test: Dataset },
  options: Options,
): Promise<number> {
  const { last } = await trainRobust({
    ...{ method, dataset: train, validation: { fraction: 0 }, test, key: key(0) },
    options: { ...options, standardize: "none", noise },
  });
  return last.record.test?.accuracy ?? 0;
}

interface PeerOutput extends Omit<PeerRun, keyof Epochs> {
  readonly epochSeconds: readonly number[];
  readonly cpuSeconds: readonly number[];
}

function timePeer(folder: string, method: string, { epochs, threads }: Options): PeerRun | undefined {
  for (const python of [process.env.ORRERY_PYTHON, "/usr/bin/python3", "python3"]) {
    if (python === undefined) continue;
    const child = spawnSync(python, [script, folder, method, String(epochs), String(threads)], {
      encoding: "utf8",
      env: { ...process.env, OMP_WAIT_POLICY: "passive" },
    });
    if (child.status !== 0) continue;
    const { epochSeconds, cpuSeconds, ...rest } = JSON.parse(child.stdout) as PeerOutput;
    const inMs = (seconds: readonly number[]) => seconds.map((value) => 1000 * value);
    return { epochMs: inMs(epochSeconds), cpuMs: inMs(cpuSeconds), ...rest };
  }
  return undefined;
}

/** A method's row: both sides on so many threads. */
async function compare(
  method: (typeof methods)[number],
  { data, folder }: { readonly data: Awaited<ReturnType<typeof noisyUsps>>; readonly folder: string },
  options: Options,
): Promise<BenchRow> {
  const ours: Epochs[] = [];
  const theirs: PeerRun[] = [];
  for (let round = 0; round < rounds; round++) {
    const peer = timePeer(folder, method, options);
    if (peer !== undefined) theirs.push(peer);
    ours.push(await timeOurs(method, data.train, options));
  }
  const accuracy = await measureOurs(method, data, options);
  const percent = (part: number | undefined) => (part === undefined ? "–" : (100 * part).toFixed(1));
  const all = (runs: readonly Epochs[], name: keyof Epochs) => runs.flatMap((run) => run[name]);
  const fixed = (values: readonly number[], pick: (values: readonly number[]) => number) =>
    values.length === 0 ? "–" : pick(values).toFixed(1);
  const both = (name: keyof Epochs, pick: (values: readonly number[]) => number) =>
    `${fixed(all(ours, name), pick)} and ${fixed(all(theirs, name), pick)}`;
  const peerMs = all(theirs, "epochMs");
  const name = `${method}: epoch, ms, ${options.threads} thread${options.threads === 1 ? "" : "s"}`;
  const row = rowOf(name, median(all(ours, "epochMs")), peerMs.length === 0 ? null : median(peerMs), {
    note: [
      `least ${both("epochMs", (values) => Math.min(...values))}`,
      `of the processor ${both("cpuMs", median)}`,
      `test accuracy ${percent(accuracy)} and ${percent(theirs.at(-1)?.accuracy)}`,
      `the peer multiplies matrices at ${theirs.at(-1)?.gigaflops.toFixed(0) ?? "–"} GFLOP/s`,
    ].join("; "),
  });
  console.error(JSON.stringify(row));
  return row;
}

/**
 * Milliseconds an epoch of the same method at the same sizes beside PyTorch: USPS 7,291 × 256, dense 256-128-128-10, batches of 128.
 * The argument is the number of epochs, 40 when left out.
 */
export async function benchPeer(args: readonly string[]): Promise<BenchResult> {
  const epochs = Number(args[0] ?? 40);
  const data = await noisyUsps();
  const folder = await mkdtemp(join(tmpdir(), "orrery-bench-"));
  const rows: BenchRow[] = [];
  try {
    const bytesOf = ({ data: values }: NdArray) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    await writeFile(join(folder, "inputs.f32"), bytesOf(data.train.inputs));
    await writeFile(join(folder, "labels.i32"), bytesOf(data.train.labels));
    await writeFile(join(folder, "test-inputs.f32"), bytesOf(data.test.inputs));
    await writeFile(join(folder, "test-labels.i32"), bytesOf(data.test.labels));
    await writeFile(join(folder, "sizes.json"), JSON.stringify({ features: 256, classes: 10, hidden: [128, 128] }));
    for (const threads of threadCounts) {
      for (const method of methods) rows.push(await compare(method, { data, folder }, { epochs, threads }));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { question: "how long does an epoch of robust training take beside PyTorch?", rows };
}
