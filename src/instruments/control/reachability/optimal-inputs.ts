import { compileSystem, type Linearization, type System, velocity } from "./dynamics.ts";
import type { Mode } from "./hamiltonian.ts";
import { extremePoint, type InputSet } from "./sets.ts";

/** The players' choices at a state, in the order of the system's inputs. */
export interface OptimalInputs {
  readonly control: number[];
  readonly disturbance: number[];
  /** `ẋ` under both. */
  readonly velocity: number[];
  /** `H = p·ẋ`. */
  readonly hamiltonian: number;
}

/** Who wants what. */
export interface Modes {
  readonly control: Mode;
  /** The opposite of the control's unless given. */
  readonly disturbance?: Mode;
}

/** The other aim. */
export function opposite(mode: Mode): Mode {
  return mode === "min" ? "max" : "min";
}

/**
 * The inputs that realise the Hamiltonian at a state with gradient `p`: the corner of a box by the signs of `pᵀG`, the point
 * `c ± r·σ/‖σ‖` of a ball; the middle of the set where it makes no difference. Returns a function `(x, p, t) → inputs`.
 */
export function optimalInputs(
  system: System,
  modes: Modes,
): (x: readonly number[], p: readonly number[], t?: number) => OptimalInputs {
  const linearize = compileSystem(system);
  return (x, p, t = 0) => {
    const at = linearize(x, t);
    const control = choose(system.controls, at.controlMatrix, p, modes.control);
    const disturbance = choose(
      system.disturbances,
      at.disturbanceMatrix,
      p,
      modes.disturbance ?? opposite(modes.control),
    );
    return withVelocity(at, control, disturbance, p);
  };
}

function withVelocity(
  at: Linearization,
  control: number[],
  disturbance: number[],
  p: readonly number[],
): OptimalInputs {
  const rate = velocity(at, control, disturbance);
  return { control, disturbance, velocity: rate, hamiltonian: rate.reduce((sum, v, i) => sum + v * p[i], 0) };
}

function choose(
  sets: readonly InputSet[],
  matrix: readonly (readonly number[])[],
  p: readonly number[],
  mode: Mode,
): number[] {
  const sign = mode === "max" ? 1 : -1;
  let input = 0;
  return sets.flatMap((set) => {
    const direction = set.names.map(() => {
      const j = input++;
      return sign * matrix.reduce((sum, row, i) => sum + row[j] * p[i], 0);
    });
    return extremePoint(set, direction);
  });
}
