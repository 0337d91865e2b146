import type { ProblemSpec } from "./problem.ts";

const ball = (names: readonly string[], radius: number) =>
  ({ kind: "ball", names, center: names.map(() => 0), radius }) as const;

/**
 * An underwater vehicle that cannot stop inspects a pipe and goes home around a reef, in a steady current whose changes are
 * the disturbance. Its numbers are ours: the parameters of the paper's vehicle could not be had.
 */
const auv: ProblemSpec = {
  system: {
    name: "planar AUV",
    states: [
      { name: "x", unit: "m" },
      { name: "y", unit: "m" },
      { name: "psi", unit: "rad" },
    ],
    parameters: { speed: "1 m/s", current: "0.1 m/s" },
    controls: { kind: "box", names: ["turn"], low: [-1], high: [1] },
    disturbances: ball(["wx", "wy"], 1),
    derivatives: { x: "speed*cos(psi) + current + wx", y: "speed*sin(psi) + wy", psi: "turn" },
  },
  grid: [
    { name: "x", low: -5, high: 5, points: 51, boundary: "linear" },
    { name: "y", low: -4, high: 4, points: 41, boundary: "linear" },
    { name: "psi", low: -Math.PI, high: Math.PI, points: 30, periodic: true },
  ],
  formula: "F[0, 9 s] inspect and F[0, 12 s] dock and G[0, 12 s] (not reef and water)",
  regions: {
    inspect: { kind: "ball", states: ["x", "y"], center: [-0.5, 2.2], radius: 1 },
    dock: { kind: "ball", states: ["x", "y"], center: [3, -0.5], radius: 1.1 },
    reef: { kind: "ball", states: ["x", "y"], center: [0.4, -0.4], radius: 1 },
    water: { kind: "box", states: ["x", "y"], low: [-4.7, -3.7], high: [4.7, 3.7] },
  },
  start: { x: -3.5, y: -1.5, psi: 0.8 },
};

/** A point in the plane reaches a disc behind a disc that it must not touch: `δ* = 0.41634719…` is known exactly. */
const reachAvoid: ProblemSpec = {
  system: {
    name: "planar integrator",
    states: ["x", "y"],
    controls: ball(["ux", "uy"], 1),
    disturbances: ball(["dx", "dy"], 1),
    derivatives: { x: "ux + dx", y: "uy + dy" },
  },
  grid: [
    { name: "x", low: -5, high: 5, points: 81, boundary: "linear" },
    { name: "y", low: -5, high: 5, points: 81, boundary: "linear" },
  ],
  formula: "G[0, 10] (norm(x, y) >= 1) and F[0, 10] (norm(x - 3, y) <= 0.5)",
  start: { x: -3, y: 0 },
};

/** Two places on a line in two times, in an order that is not given: `δ* = 0.4`, where the smaller of the two bounds is 0.75. */
const order: ProblemSpec = {
  system: {
    name: "single integrator",
    states: ["x"],
    controls: { kind: "box", names: ["u"], low: [-1], high: [1] },
    disturbances: { kind: "box", names: ["d"], low: [-1], high: [1] },
    derivatives: { x: "u + d" },
  },
  grid: [{ name: "x", low: -4, high: 4, points: 321, boundary: "linear" }],
  formula: "F[0,4] (x >= 1) and F[0,5] (x <= -1)",
  start: { x: 0 },
};

/** A cart brakes before a wall: `δ* = 0.5`. */
const brake: ProblemSpec = {
  system: {
    name: "double integrator",
    states: [
      { name: "x", unit: "m" },
      { name: "v", unit: "m/s" },
    ],
    controls: { kind: "box", names: ["u"], low: [-1], high: [1] },
    disturbances: { kind: "box", names: ["d"], low: [-1], high: [1] },
    derivatives: { x: "v", v: "u + d" },
  },
  grid: [
    { name: "x", low: -3, high: 2, points: 101, boundary: "linear" },
    { name: "v", low: -2.5, high: 2.5, points: 101, boundary: "linear" },
  ],
  formula: "G[0, 3 s] x <= 1 m",
  start: { x: 0, v: 1 },
};

/** The shipped problems. */
export const problems = { auv, "reach-avoid": reachAvoid, order, brake } as const;
