import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Run } from "../../lab/index.ts";
import { SeriesReader } from "./run-series.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-series-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const runBegun = (created: string) => ({ id: "a", folder, record: { created } }) as Run;
const log = () => join(folder, "metrics.ndjson");
const line = (step: number, loss: number | string) => `${JSON.stringify({ step, values: { loss } })}\n`;

describe("SeriesReader", () => {
  const begun = "2026-01-01T00:00:00.000Z";

  it("goes on where it stopped, and leaves a line that is not whole for the next time", () => {
    const reader = new SeriesReader();
    expect(reader.read(runBegun(begun), 100)).toEqual({ next: 0, series: [] });
    const begin = line(1, 0.5) + line(2, 0.25);
    writeFileSync(log(), `${begin}{"step":3,`);
    expect(reader.read(runBegun(begun), 100)).toEqual({
      next: begin.length,
      series: [
        {
          name: "loss",
          count: 2,
          points: [
            [1, 0.5],
            [2, 0.25],
          ],
        },
      ],
    });
    appendFileSync(log(), '"values":{"loss":0.125}}\n');
    const { next, series } = reader.read(runBegun(begun), 100);
    expect(next).toBe(begin.length + line(3, 0.125).length);
    expect(series[0].points.at(-1)).toEqual([3, 0.125]);
    expect(new SeriesReader().read(runBegun(begun), 100)).toEqual({ next, series });
  });

  it("keeps first, last and peaks within the limit, counts all, and leaves out what is no finite number", () => {
    const values = Array.from({ length: 5000 }, (_, i) => (i === 2500 ? 9 : i === 4000 ? "NaN" : Math.sin(i)));
    writeFileSync(log(), values.map((value, step) => line(step, value)).join(""));
    const [{ count, points }] = new SeriesReader().read(runBegun(begun), 64).series;
    expect(count).toBe(5000);
    expect(points.length).toBeLessThanOrEqual(64);
    expect([points[0][0], points.at(-1)?.[0]]).toEqual([0, 4999]);
    expect(points).toContainEqual([2500, 9]);
    expect(points.every(([, value]) => Number.isFinite(value))).toBe(true);
  });

  it("does not take a run for another one that had its name", () => {
    const reader = new SeriesReader();
    writeFileSync(log(), line(1, 0.5) + line(2, 0.5));
    reader.read(runBegun(begun), 100);
    writeFileSync(log(), line(1, 0.75));
    expect(reader.read(runBegun("2026-02-02T00:00:00.000Z"), 100).series[0].points).toEqual([[1, 0.75]]);
  });
});
