import { join } from "node:path";
import { downSample } from "../../lab/report/down-sample.ts";
import { readLinesFrom } from "../../lab/runs/json-lines.ts";
import { parsePoint } from "../../lab/runs/metric-log.ts";
import { type Run, runFiles } from "../../lab/runs/run-folder.ts";
import type { Measurement } from "../../nn/index.ts";
import type { RunSeries } from "../api.ts";

/** Points that are kept between requests, of the runs that were asked for last. */
const keptPoints = 1_500_000;

/** What was read of a run's metrics so far. */
interface ReadSeries {
  readonly byMetric: Map<string, Measurement[]>;
  points: number;
  next: number;
}

function readOn(read: ReadSeries, path: string): void {
  const { lines, next } = readLinesFrom(path, read.next);
  for (const line of lines) {
    const { step, values } = parsePoint(line);
    for (const name in values) {
      const list = read.byMetric.get(name);
      if (list === undefined) read.byMetric.set(name, [{ step, value: values[name] }]);
      else list.push({ step, value: values[name] });
      read.points++;
    }
  }
  read.next = next;
}

/** The series of runs: of each file only what is new is read. It is a cache in memory; the files are the truth. */
export class SeriesReader {
  #runs = new Map<string, ReadSeries>();

  /** The series of a run with at most `limit` points each, values that are no finite numbers left out. */
  read({ id, folder, record }: Run, limit: number): RunSeries {
    // A run that was removed and another that has its name are two.
    const key = `${id} ${record.created}`;
    const read = this.#runs.get(key) ?? { byMetric: new Map(), points: 0, next: 0 };
    readOn(read, join(folder, runFiles.metrics));
    this.#runs.delete(key);
    this.#runs.set(key, read);
    this.#forget();
    const series = [...read.byMetric].map(([name, points]) => ({
      name,
      count: points.length,
      points: downSample(points, limit).map(({ step, value }) => [step, value] as const),
    }));
    return { next: read.next, series };
  }

  /** Lets go of what was asked for longest ago, but not of the last one. */
  #forget(): void {
    let points = [...this.#runs.values()].reduce((sum, read) => sum + read.points, 0);
    for (const [key, read] of [...this.#runs].slice(0, -1)) {
      if (points <= keptPoints) return;
      this.#runs.delete(key);
      points -= read.points;
    }
  }
}
