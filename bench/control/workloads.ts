import {
  type Accuracy,
  air3d,
  box,
  car4d,
  createGrid,
  defineSystem,
  type Problem,
  reachProblem,
  sample,
} from "../../src/instruments/control/reachability/index.ts";

/** One solution that is timed. */
export interface Workload {
  readonly problem: Problem;
  readonly scheme: Accuracy;
}

const full = { low: 0, high: 2 * Math.PI, periodic: true } as const;

/** Two aircraft for 2.8 s, as the reference library's tube: values may only fall. */
export function airWorkload(shape: readonly number[], scheme: Accuracy): Workload {
  const grid = createGrid([
    { low: -6, high: 20, points: shape[0] },
    { low: -10, high: 10, points: shape[1] },
    { ...full, points: shape[2] },
  ]);
  const target = sample(grid, ([x, y]) => Math.hypot(x, y) - 5);
  const question = { system: air3d(), grid, target, aim: "avoid", mode: "set", times: [0, -2.8] } as const;
  return { problem: { ...reachProblem(question), evolution: "nonincreasing" }, scheme };
}

/** A car that accelerates reaches a disc around a disc within 2 s: a tube with target and obstacle. */
export function car4dWorkload(): Workload {
  const side = { low: -3, high: 3, points: 31 };
  const grid = createGrid([side, side, { low: -1, high: 2, points: 31 }, { ...full, points: 31 }]);
  const target = sample(grid, ([x, y]) => Math.hypot(x - 1, y) - 0.5);
  const obstacle = sample(grid, ([x, y]) => Math.hypot(x, y) - 0.4);
  const question = {
    system: car4d({ disturbance: 0.1 }),
    grid,
    target,
    obstacle,
    aim: "reach",
    mode: "tube",
    times: [0, -2],
  } as const;
  return { problem: reachProblem(question), scheme: "medium" };
}

/** The same with the curvature of the path as a state, for 1 s. */
export function car5dWorkload(): Workload {
  const system = defineSystem({
    name: "5-D car",
    states: ["x", "y", "theta", "v", "kappa"],
    controls: box({ a: [-1, 1], rate: [-1, 1] }),
    disturbances: box({ dx: [-0.1, 0.1], dy: [-0.1, 0.1] }),
    derivatives: { x: "v*cos(theta) + dx", y: "v*sin(theta) + dy", theta: "v*kappa", v: "a", kappa: "rate" },
  });
  const side = { low: -3, high: 3, points: 21 };
  const grid = createGrid([
    side,
    side,
    { ...full, points: 21 },
    { low: -1, high: 2, points: 21 },
    { low: -1, high: 1, points: 21 },
  ]);
  const target = sample(grid, ([x, y]) => Math.hypot(x - 1, y) - 0.5);
  return { problem: reachProblem({ system, grid, target, aim: "reach", mode: "tube", times: [0, -1] }), scheme: "low" };
}

const axis = { low: -2, high: 2, points: 25 };

/** Two double integrators side by side that both stay below 1 for 2.5 s, whose exact value is the least of the two. */
export function decoupledWorkload(): Workload {
  const grid = createGrid([axis, axis, axis, axis]);
  const system = defineSystem({
    states: ["x", "v", "y", "w"],
    controls: box({ a: [-1, 1], b: [-1, 1] }),
    derivatives: { x: "v", v: "a", y: "w", w: "b" },
  });
  const margin = sample(grid, ([x, , y]) => Math.min(1 - x, 1 - y));
  const constraints = [{ take: "min" as const, field: margin }];
  return {
    problem: { system, grid, initial: margin, times: [0, -2.5], control: "max", constraints },
    scheme: "very-high",
  };
}

/** Mean error of that solution where all states are within 1.2. */
export function decoupledError({ problem }: Workload, values: ArrayLike<number>): number {
  const exact = ([x, v]: readonly number[]) => 1 - x - Math.max(v, 0) ** 2 / 2;
  const wanted = sample(problem.grid, (s) => Math.min(exact(s), exact(s.slice(2))));
  const isInside = sample(problem.grid, (s) => (s.every((value) => Math.abs(value) <= 1.2) ? 1 : 0));
  const errors = Array.from(wanted).flatMap((v, i) => (isInside[i] === 1 ? [Math.abs(v - values[i])] : []));
  return errors.reduce((a, b) => a + b) / errors.length;
}
