import { numberArithmetic as m } from "./arithmetic.ts";
import { speedBounds } from "./artificial-dissipation.ts";
import { compileSystem, type Linearization } from "./dynamics.ts";
import { stencilRadius, upwind } from "./finite-differences.ts";
import { stateAt } from "./grid.ts";
import { hamiltonian, type Player } from "./hamiltonian.ts";
import { isActive, type PreparedProblem, writeField } from "./problem.ts";
import type { Scheme } from "./scheme.ts";
import type { Stepper } from "./stepper.ts";
import { rungeKutta, type Step } from "./time-integration.ts";
import { stencil } from "./value-function.ts";

/** The equations point by point in double precision: slow, and what the kernels are tested against. */
export class ScalarStepper implements Stepper {
  readonly #problem: PreparedProblem;
  readonly #scheme: Scheme;
  readonly #linearize: (x: readonly number[], t: number) => Linearization;
  #values: Float64Array;
  readonly #arrival: Float64Array;
  change = 0;

  constructor(problem: PreparedProblem, scheme: Scheme) {
    this.#problem = problem;
    this.#scheme = scheme;
    this.#linearize = compileSystem(problem.system);
    this.#values = Float64Array.from(problem.initial());
    this.#arrival = new Float64Array(problem.grid.size).fill(Number.POSITIVE_INFINITY);
    this.#recordArrival(this.#values, this.#values, { time: problem.times[0], end: problem.times[0], length: 0 });
  }

  speedBound(time: number): number {
    const { grid } = this.#problem;
    let bound = 0;
    for (let i = 0; i < grid.size; i++) {
      const at = this.#linearize(stateAt(grid, i), time);
      const alpha = speedBounds(m, at.drift, this.#players(at));
      bound = Math.max(
        bound,
        alpha.reduce((sum, a, k) => sum + a / grid.axes[k].spacing, 0),
      );
    }
    return bound;
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) this.#step(step);
  }

  read(): Float64Array {
    return this.#values.slice();
  }

  readArrival(): Float64Array | undefined {
    return this.#problem.arrival === undefined ? undefined : this.#arrival.slice();
  }

  write(values: ArrayLike<number>, arrival?: ArrayLike<number>): void {
    this.#values = Float64Array.from(values);
    if (arrival !== undefined) this.#arrival.set(Float64Array.from(arrival));
  }

  async close(): Promise<void> {}

  #step(step: Step): void {
    const before = this.#values;
    let stage = before;
    for (const { keep, mix, at } of rungeKutta[this.#scheme.integration]) {
      const rate = this.#rate(stage, step.time + at * (step.end - step.time));
      stage = stage.map((v, i) => keep * before[i] + mix * (v + step.length * rate[i]));
    }
    const field = new Float64Array(stage.length);
    for (const constraint of this.#problem.constraints) {
      if (!isActive(constraint, step.end)) continue;
      writeField(constraint.field, step.end, field);
      stage = stage.map((v, i) => (constraint.take === "min" ? Math.min(v, field[i]) : Math.max(v, field[i])));
    }
    const { lowest } = this.#problem;
    if (lowest !== undefined) stage = stage.map((v) => Math.max(v, lowest));
    this.change = stage.reduce((most, v, i) => Math.max(most, Math.abs(v - before[i])), 0);
    this.#recordArrival(before, stage, step);
    this.#values = stage;
  }

  /** `∂V/∂s` with `s` the time since the start, at every point. */
  #rate(values: Float64Array, time: number): Float64Array {
    const { grid, direction, evolution } = this.#problem;
    const global = this.#scheme.dissipation === "global" ? this.#largestSpeeds(time) : undefined;
    return values.map((_, index) => {
      const at = this.#linearize(stateAt(grid, index), time);
      const sides = grid.axes.map((axis, a) => {
        const i = Math.floor(index / grid.strides[a]) % axis.points;
        const place = { a, i, start: index - i * grid.strides[a], radius: stencilRadius[this.#scheme.derivative] };
        return upwind(m, this.#scheme.derivative, stencil(grid, values, place), axis.spacing);
      });
      const mean = sides.map(([left, right], a) => (left + right) / (2 * grid.axes[a].spacing));
      const halfJump = sides.map(([left, right], a) => (right - left) / (2 * grid.axes[a].spacing));
      const players = this.#players(at);
      const span = this.#scheme.dissipation === "local-local" ? { mean, halfJump } : undefined;
      const alpha = global ?? speedBounds(m, at.drift, players, span);
      const h = hamiltonian(m, at.drift, players, mean);
      const rate = alpha.reduce((sum, a, k) => sum + a * halfJump[k], -direction * h);
      return evolution === "free" ? rate : evolution === "nonincreasing" ? Math.min(rate, 0) : Math.max(rate, 0);
    });
  }

  #largestSpeeds(time: number): number[] {
    const { grid } = this.#problem;
    const largest = grid.axes.map(() => 0);
    for (let i = 0; i < grid.size; i++) {
      const at = this.#linearize(stateAt(grid, i), time);
      speedBounds(m, at.drift, this.#players(at)).forEach((a, k) => {
        largest[k] = Math.max(largest[k], a);
      });
    }
    return largest;
  }

  #players({ controlMatrix, disturbanceMatrix }: Linearization): Player<number>[] {
    const { system, modes } = this.#problem;
    return [
      { matrix: controlMatrix, sets: system.controls, mode: modes.control },
      { matrix: disturbanceMatrix, sets: system.disturbances, mode: modes.disturbance },
    ];
  }

  #recordArrival(before: Float64Array, after: Float64Array, step: Step): void {
    const { arrival, times } = this.#problem;
    if (arrival === undefined) return;
    const sign = arrival === "below" ? 1 : -1;
    const elapsed = Math.abs(step.time - times[0]);
    after.forEach((v, i) => {
      const [a, b] = [sign * before[i], sign * v];
      if (b > 0 || this.#arrival[i] !== Number.POSITIVE_INFINITY) return;
      this.#arrival[i] = elapsed + (a > 0 ? (step.length * a) / (a - b) : 0);
    });
  }
}
