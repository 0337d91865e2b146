import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { measuredTraining } from "./advisor.ts";

interface Cell {
  readonly setting: string;
  readonly method: string;
  readonly last: number;
}

const kept = JSON.parse(
  readFileSync(new URL("../../../../bench/results/labels-methods.json", import.meta.url), "utf8"),
) as { readonly cells: readonly Cell[] };

it.each(Object.values(measuredTraining))("advises by what was measured on $data", ({ setting, accuracy }) => {
  for (const [method, percents] of Object.entries(accuracy)) {
    const own = kept.cells.filter((cell) => cell.setting === setting && cell.method === method);
    expect(own.length).toBeGreaterThanOrEqual(3);
    const mean = own.reduce((sum, { last }) => sum + last / own.length, 0);
    expect(Math.abs(percents - mean), method).toBeLessThan(0.051);
  }
});
