import { defineSystem, type System } from "./dynamics.ts";
import { ball, box } from "./sets.ts";

const symmetric = (limit: number): readonly [number, number] => [-limit, limit];

/** A point on a line whose speed is chosen: `x' = u + d`. */
export function singleIntegrator({ speed = 1, disturbance = 0 } = {}): System {
  return defineSystem({
    name: "single integrator",
    states: ["x"],
    controls: box({ u: symmetric(speed) }),
    disturbances: box({ d: symmetric(disturbance) }),
    derivatives: { x: "u + d" },
  });
}

/** A point in the plane whose velocity is chosen: `p' = u + d`, `‖u‖ ≤ speed`, `‖d‖ ≤ disturbance`. */
export function planarIntegrator({ speed = 1, disturbance = 0 } = {}): System {
  return defineSystem({
    name: "planar integrator",
    states: ["x", "y"],
    controls: ball(["ux", "uy"], speed),
    disturbances: ball(["dx", "dy"], disturbance),
    derivatives: { x: "ux + dx", y: "uy + dy" },
  });
}

/** A point on a line whose acceleration is chosen: `x' = v`, `v' = u + d`. */
export function doubleIntegrator({ acceleration = 1, disturbance = 0 } = {}): System {
  return defineSystem({
    name: "double integrator",
    states: ["x", "v"],
    controls: box({ u: symmetric(acceleration) }),
    disturbances: box({ d: symmetric(disturbance) }),
    derivatives: { x: "v", v: "u + d" },
  });
}

/** A car of constant speed that turns: `x' = v cos θ + dx`, `y' = v sin θ + dy`, `θ' = ω`. */
export function dubinsCar({ speed = 1, turnRate = 1, disturbance = 0 } = {}): System {
  return defineSystem({
    name: "Dubins car",
    states: ["x", "y", "theta"],
    parameters: { speed },
    controls: box({ omega: symmetric(turnRate) }),
    disturbances: ball(["dx", "dy"], disturbance),
    derivatives: { x: "speed*cos(theta) + dx", y: "speed*sin(theta) + dy", theta: "omega" },
  });
}

/**
 * Two aircraft seen from the evader, which steers by `u`, the pursuer by `d`:
 * `x' = −va + vb cos ψ + u y`, `y' = vb sin ψ − u x`, `ψ' = d − u`.
 */
export function air3d({ evaderSpeed = 5, pursuerSpeed = 5, evaderTurnRate = 1, pursuerTurnRate = 1 } = {}): System {
  return defineSystem({
    name: "Air3D",
    states: ["x", "y", "psi"],
    parameters: { va: evaderSpeed, vb: pursuerSpeed },
    controls: box({ u: symmetric(evaderTurnRate) }),
    disturbances: box({ d: symmetric(pursuerTurnRate) }),
    derivatives: { x: "-va + vb*cos(psi) + u*y", y: "vb*sin(psi) - u*x", psi: "d - u" },
  });
}

/** A car that accelerates and turns: `x' = v cos θ + dx`, `y' = v sin θ + dy`, `v' = a`, `θ' = ω`. */
export function car4d({ acceleration = 1, turnRate = 1, disturbance = 0 } = {}): System {
  return defineSystem({
    name: "4-D car",
    states: ["x", "y", "v", "theta"],
    controls: box({ a: symmetric(acceleration), omega: symmetric(turnRate) }),
    disturbances: ball(["dx", "dy"], disturbance),
    derivatives: { x: "v*cos(theta) + dx", y: "v*sin(theta) + dy", v: "a", theta: "omega" },
  });
}

/**
 * A quadrotor in a vertical plane, steered by the thrusts of its two rotors: position, pitch φ and their rates, with wind as an
 * acceleration: `vx' = −(T₁+T₂)/m sin φ + wx`, `vz' = (T₁+T₂)/m cos φ − g + wz`, `ω' = (T₁−T₂) l/I`.
 */
export function planarQuadrotor({ mass = 1.25, arm = 0.5, inertia = 0.125, maxThrust = 18.4, wind = 0 } = {}): System {
  return defineSystem({
    name: "planar quadrotor",
    states: ["x", "vx", "z", "vz", "phi", "omega"],
    parameters: { m: mass, l: arm, I: inertia, g: 9.81 },
    controls: box({ T1: [0, maxThrust], T2: [0, maxThrust] }),
    disturbances: ball(["wx", "wz"], wind),
    derivatives: {
      x: "vx",
      vx: "-(T1 + T2)/m*sin(phi) + wx",
      z: "vz",
      vz: "(T1 + T2)/m*cos(phi) - g + wz",
      phi: "omega",
      omega: "(T1 - T2)*l/I",
    },
  });
}

/**
 * An underwater vehicle in a horizontal plane that keeps its speed through the water and turns, carried by a current, with an
 * unknown part of at most `disturbance` in any direction: `x' = v cos ψ + cx + dx`, `y' = v sin ψ + cy + dy`, `ψ' = ω`.
 */
export function planarAuv({
  speed = 1,
  turnRate = 1,
  current = [0, 0],
  disturbance = 1,
}: PlanarAuvOptions = {}): System {
  return defineSystem({
    name: "planar AUV",
    states: ["x", "y", "psi"],
    parameters: { speed, cx: current[0], cy: current[1] },
    controls: box({ omega: symmetric(turnRate) }),
    disturbances: ball(["dx", "dy"], disturbance),
    derivatives: { x: "speed*cos(psi) + cx + dx", y: "speed*sin(psi) + cy + dy", psi: "omega" },
  });
}

/** The numbers of a planar AUV: m/s and rad/s. */
export interface PlanarAuvOptions {
  readonly speed?: number;
  readonly turnRate?: number;
  readonly current?: readonly [number, number];
  readonly disturbance?: number;
}
