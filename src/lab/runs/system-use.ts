import { join } from "node:path";
import { LineWriter, readLines } from "./json-lines.ts";
import { type Run, runFiles } from "./run-folder.ts";

/** What the process of a run used of the machine up to a moment. */
export interface SystemSample {
  readonly time: string;
  /** Processors kept busy since the sample before, all threads together: 1.5 is one and a half. */
  readonly processors: number;
  /** Memory that the process holds, bytes. */
  readonly memoryBytes: number;
}

/** A second apart at first, then a five-hundredth of the time so far: some 500 samples for each time it gets e times longer. */
const waitMs = (elapsedMs: number) => Math.max(1000, elapsedMs / 500);

/** What a clock and a process say, in milliseconds and bytes; tests bring their own. */
export interface Meter {
  now(): number;
  processorMs(): number;
  memoryBytes(): number;
}

const ownMeter: Meter = {
  now: () => Date.now(),
  processorMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
  memoryBytes: () => process.memoryUsage.rss(),
};

/**
 * Notes what this process uses into the run's `system.ndjson` from now on: apart from the metrics, which are the same whenever and wherever
 * a job runs. Work that does not let the event loop go delays a sample; the next one covers the time all the same.
 * @returns what ends it, with a last sample
 */
export function logSystemUse(folder: string, meter: Meter = ownMeter): () => void {
  const writer = new LineWriter(join(folder, runFiles.system));
  const start = meter.now();
  let before = { at: start, processorMs: meter.processorMs() };
  let timer: NodeJS.Timeout;
  const note = () => {
    const [at, processorMs] = [meter.now(), meter.processorMs()];
    const processors = (processorMs - before.processorMs) / Math.max(1, at - before.at);
    before = { at, processorMs };
    const sample: SystemSample = {
      time: new Date(at).toISOString(),
      processors: Math.round(1000 * processors) / 1000,
      memoryBytes: meter.memoryBytes(),
    };
    writer.append(JSON.stringify(sample));
  };
  const wait = () => {
    timer = setTimeout(
      () => {
        note();
        wait();
      },
      waitMs(meter.now() - start),
    );
    timer.unref();
  };
  wait();
  return () => {
    clearTimeout(timer);
    note();
    writer.close();
  };
}

/** What a run used of its machine, in the order of time; nothing for runs that did not note it. */
export function readSystemUse(run: Run): SystemSample[] {
  return readLines(join(run.folder, runFiles.system)).map((line) => JSON.parse(line) as SystemSample);
}
