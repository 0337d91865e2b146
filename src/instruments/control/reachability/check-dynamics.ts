import { OrreryError } from "../../../errors.ts";
import { compileSystem } from "./dynamics.ts";
import { stateAt } from "./grid.ts";
import type { PreparedProblem } from "./problem.ts";

/**
 * Looks for the point where the dynamics are not finite, given that their speed bound is not.
 * @throws OrreryError `argument` naming the state, its equation and the point.
 */
export function requireFiniteDynamics({ grid, system }: PreparedProblem, speedBound: number, time: number): void {
  if (Number.isFinite(speedBound)) return;
  const linearize = compileSystem(system);
  for (let i = 0; i < grid.size; i++) {
    const x = stateAt(grid, i);
    const { drift, controlMatrix, disturbanceMatrix } = linearize(x, time);
    const rows = drift.map((f, a) => [f, ...controlMatrix[a], ...disturbanceMatrix[a]]);
    const row = rows.findIndex((entries) => !entries.every(Number.isFinite));
    if (row < 0) continue;
    const got = rows[row].find((entry) => !Number.isFinite(entry));
    const at = system.states.map((name, a) => `${name} = ${Number(x[a].toPrecision(6))}`).join(", ");
    throw new OrreryError(
      "argument",
      `${system.name}.${system.states[row]}: expected finite rates on the whole grid; got ${got} at ${at}`,
      { hint: "Move the grid so that no point lies where the equation divides by zero or leaves a function's domain." },
    );
  }
  throw new OrreryError("argument", `${system.name}: expected speeds that f32 can hold; got ${speedBound}`, {
    hint: "Solve with precision f64, or in other units.",
  });
}
