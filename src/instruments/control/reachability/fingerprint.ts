import { createHash } from "node:crypto";
import type { Kernel } from "./kernel/kernel.ts";
import { isStatic } from "./problem.ts";

/**
 * Names a problem and how it is solved: equal for equal equations, grids, times, schemes, precisions and constant constraints.
 * The values at the start and functions of time are not looked at.
 */
export function fingerprintOf({ problem, scheme, layout }: Kernel): string {
  const { system, grid, times, modes, evolution, constraints, lowest, arrival } = problem;
  const axes = grid.axes.map(({ low, high, points, boundary }) => [low, high, points, boundary]);
  const { name, drift, controlMatrix, disturbanceMatrix, controls, disturbances } = system;
  const equations = [drift, controlMatrix, disturbanceMatrix, controls, disturbances];
  const windows = constraints.map(({ take, from, to }) => [take, from, to]);
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([equations, axes, times, modes, evolution, windows, lowest, arrival, scheme, layout.precision]),
  );
  for (const { field } of constraints) {
    if (isStatic(field)) hash.update(new Uint8Array(field.buffer, field.byteOffset, field.byteLength));
  }
  return `${name} ${grid.shape.join("×")} ${hash.digest("hex").slice(0, 16)}`;
}
