import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Run } from "./run-folder.ts";
import { logSystemUse, readSystemUse } from "./system-use.ts";

let folder: string;
beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-01-02T03:04:05Z") });
  folder = mkdtempSync(join(tmpdir(), "orrery-system-"));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

/** A process that keeps two processors busy and holds a byte more every millisecond. */
const meter = () => {
  const start = Date.now();
  return {
    now: () => Date.now(),
    processorMs: () => 2 * (Date.now() - start),
    memoryBytes: () => 1000 + Date.now() - start,
  };
};
const read = () => readSystemUse({ folder } as Run);

describe("system use", () => {
  it("is noted every second, and at the end", () => {
    const stop = logSystemUse(folder, meter());
    vi.advanceTimersByTime(2500);
    stop();
    vi.advanceTimersByTime(5000);
    expect(read()).toEqual([
      { time: "2026-01-02T03:04:06.000Z", processors: 2, memoryBytes: 2000 },
      { time: "2026-01-02T03:04:07.000Z", processors: 2, memoryBytes: 3000 },
      { time: "2026-01-02T03:04:07.500Z", processors: 2, memoryBytes: 3500 },
    ]);
  });

  it("is noted more seldom the longer a run takes, and goes on in a resumed one", () => {
    logSystemUse(folder, meter())();
    const stop = logSystemUse(folder, meter());
    vi.advanceTimersByTime(24 * 3600 * 1000);
    stop();
    const samples = read();
    expect(samples[0].processors).toBe(0);
    expect(samples.length).toBeGreaterThan(2500);
    expect(samples.length).toBeLessThan(3500);
    expect(samples.every(({ time }, i) => i === 0 || samples[i - 1].time <= time)).toBe(true);
  });

  it("is nothing where nobody noted it", () => {
    expect(read()).toEqual([]);
  });
});
