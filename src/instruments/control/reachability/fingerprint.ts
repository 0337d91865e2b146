import { createHash } from "node:crypto";
import type { Values } from "./grid.ts";
import type { Kernel } from "./kernel/kernel.ts";
import { isStatic } from "./problem.ts";

/**
 * Names a problem and how it is solved: equal for equal equations, grids, times, schemes, precisions, values at the start and
 * constant constraints. Functions of time and of one's own are not looked at.
 */
export function fingerprintOf({ problem, scheme, layout }: Kernel, initial: Values): string {
  const { system, grid, times, modes, evolution, constraints, lowest, arrival } = problem;
  const axes = grid.axes.map(({ low, high, points, boundary }) => [low, high, points, boundary]);
  const { name, drift, controlMatrix, disturbanceMatrix, controls, disturbances } = system;
  const equations = [drift, controlMatrix, disturbanceMatrix, controls, disturbances];
  const windows = constraints.map(({ take, from, to }) => [take, from, to]);
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([equations, axes, times, modes, evolution, windows, lowest, arrival, scheme, layout.precision]),
  );
  const fields = constraints.map(({ field }) => field).filter(isStatic);
  for (const { buffer, byteOffset, byteLength } of [initial, ...fields]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return `${name} ${grid.shape.join("×")} ${hash.digest("hex").slice(0, 16)}`;
}
