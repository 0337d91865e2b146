import type { Values } from "./grid.ts";
import { type Field, isStatic, type Problem, writeField } from "./problem.ts";

/** A question about a target `{ l ≤ 0 }` and perhaps an obstacle `{ o ≤ 0 }`. */
export interface ReachQuestion extends Pick<Problem, "system" | "grid" | "disturbanceScale" | "arrival"> {
  /** `reach`: the control steers into the target whatever the disturbance does; `avoid`: it stays out while the disturbance pushes in. */
  readonly aim: "reach" | "avoid";
  /** `set`: in the target at the end time; `tube`: at some time up to it. */
  readonly mode: "set" | "tube";
  /** Not above 0 in the target, such as a signed distance; may move with time. */
  readonly target: Field;
  /** Not above 0 in the obstacle; a state that enters it before the target counts as outside. */
  readonly obstacle?: Field;
  /** Decreasing: the end time, then the times at which the set is wanted, such as `[0, −2]`. */
  readonly times: readonly number[];
}

/**
 * The problem whose solution is not above 0 exactly in the backward reachable set or tube of the question:
 * `V = l` at the end, `V ← min(V, l)` for a tube, `V ← max(V, −o)` beside an obstacle.
 */
export function reachProblem({ aim, mode, target, obstacle, ...rest }: ReachQuestion): Problem {
  const { grid, times } = rest;
  const initial = new Float64Array(grid.size);
  writeField(target, times[0], initial);
  const constraints: Problem["constraints"] = [
    ...(mode === "tube" ? [{ take: "min" as const, field: target }] : []),
    ...(obstacle === undefined ? [] : [{ take: "max" as const, field: negated(obstacle) }]),
  ];
  return { ...rest, initial, constraints, control: aim === "reach" ? "min" : "max" };
}

function negated(field: Field): Field {
  if (isStatic(field)) return field.map((v) => -v) as Values;
  return (time, values) => {
    writeField(field, time, values);
    for (let i = 0; i < values.length; i++) values[i] = -values[i];
  };
}
