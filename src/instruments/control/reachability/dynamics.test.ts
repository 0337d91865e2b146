import { expect, test } from "vitest";
import {
  compileSystem,
  defineSystem,
  type SystemSpec,
  velocity,
  withDisturbanceScale,
  withDisturbanceState,
} from "./dynamics.ts";
import { ball, box } from "./sets.ts";
import {
  air3d,
  car4d,
  doubleIntegrator,
  dubinsCar,
  planarAuv,
  planarIntegrator,
  planarQuadrotor,
  singleIntegrator,
} from "./systems.ts";

/** `ẋ` of a system given as numbers. */
function rate(system: ReturnType<typeof air3d>, x: number[], u: number[], d: number[], t = 0): number[] {
  return velocity(compileSystem(system)(x, t), u, d);
}

test("the shipped systems have the equations of their documentation", () => {
  const [x, y, v, a] = [0.4, -1.3, 0.7, 2.2];
  const { sin, cos } = Math;
  expect(rate(singleIntegrator(), [x], [0.5], [0.1])).toEqual([0.6]);
  expect(rate(planarIntegrator(), [x, y], [0.5, 1], [0.1, 0])).toEqual([0.6, 1]);
  expect(rate(doubleIntegrator(), [x, v], [0.5], [0.25])).toEqual([v, 0.75]);
  expect(rate(dubinsCar({ speed: 2 }), [x, y, a], [0.5], [0.1, 0.2])).toEqual([
    2 * cos(a) + 0.1,
    2 * sin(a) + 0.2,
    0.5,
  ]);
  expect(rate(air3d(), [x, y, a], [0.5], [-1])).toEqual([-5 + 5 * cos(a) + 0.5 * y, 5 * sin(a) - 0.5 * x, -1.5]);
  expect(rate(car4d(), [x, y, v, a], [0.5, -1], [0, 0.3])).toEqual([v * cos(a), v * sin(a) + 0.3, 0.5, -1]);
  expect(rate(planarAuv({ current: [0.2, -0.1] }), [x, y, a], [0.3], [0.1, 0])).toEqual([
    cos(a) + 0.2 + 0.1,
    sin(a) - 0.1,
    0.3,
  ]);
  const quadrotor = rate(planarQuadrotor(), [x, v, y, v, a, 0.3], [5, 7], [0.1, 0.2]);
  const expected = [v, (-12 / 1.25) * sin(a) + 0.1, v, (12 / 1.25) * cos(a) - 9.81 + 0.2, 0.3, (-2 * 0.5) / 0.125];
  quadrotor.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 12);
  });
});

test("equations are taken apart into drift and input matrices", () => {
  const system = defineSystem({
    states: ["x", "y"],
    parameters: { k: 3, c: "2 m" },
    controls: [box({ a: [-1, 1] }), ball(["b", "c2"], 1)],
    disturbances: box({ d: [0, 1] }),
    derivatives: { x: "-(a*x - k*(b + y)/2) + t", y: "(x + c)*(2*d - a)*y - x^2*c2 + 1" },
  });
  const at = compileSystem(system)([5, 7], 11);
  expect(at).toEqual({
    drift: [-(-3 * 7) / 2 + 11, 1],
    controlMatrix: [
      [-5, 1.5, 0],
      [-49, 0, -25],
    ],
    disturbanceMatrix: [[0], [98]],
  });
  expect(system.isTimeVarying).toBe(true);
  expect(dubinsCar().isTimeVarying).toBe(false);
});

test("a scale or a state of their own makes disturbances larger", () => {
  const system = dubinsCar({ disturbance: 0.5 });
  expect(withDisturbanceScale(system, 3).disturbances).toEqual([ball(["dx", "dy"], 1.5)]);
  const raised = withDisturbanceState(system, "level");
  expect(raised.states).toEqual(["x", "y", "theta", "level"]);
  expect(compileSystem(raised)([0, 0, 0, 0.7], 0).disturbanceMatrix).toEqual([
    [0.7, 0],
    [0, 0.7],
    [0, 0],
    [0, 0],
  ]);
  expect(() => withDisturbanceState(system, "x")).toThrow(/expected a name of its own; got x twice/);
  expect(() => withDisturbanceState(planarQuadrotor())).toThrow(/expected at most five states/);
});

test("units are checked and converted; without them nothing is", () => {
  const spec: SystemSpec = {
    name: "boat",
    states: [
      { name: "x", unit: "km" },
      { name: "psi", unit: "deg" },
      { name: "v", unit: "m/s" },
    ],
    parameters: { current: "2 kn", radius: "50 m" },
    controls: box({ omega: [-0.1, 0.1], a: [-1, 1] }),
    derivatives: { x: "v*cos(psi) + current", psi: "v/radius + omega", v: "a - v/(10 s)" },
  };
  const at = compileSystem(defineSystem(spec))([3, 60, 4], 0);
  expect(at.drift[0]).toBeCloseTo((4 * Math.cos(Math.PI / 3) + (2 * 1852) / 3600) / 1000, 12);
  expect(at.drift[1]).toBeCloseTo(((4 / 50) * 180) / Math.PI, 12);
  expect(at.controlMatrix[1][0]).toBeCloseTo(180 / Math.PI, 12);
  expect(at.drift[2]).toBeCloseTo(-0.4, 12);
  const wrong = (derivatives: Record<string, string>) => () =>
    defineSystem({ ...spec, derivatives: { ...spec.derivatives, ...derivatives } });
  expect(wrong({ x: "v*cos(psi) + radius" })).toThrow("boat.x:1:12 expected equal units; got m/s and m");
  expect(wrong({ x: "radius" })).toThrow("boat.x: expected a rate in km/s; got m");
  expect(wrong({ v: "v*v/radius + sin(radius)*a" })).toThrow(
    "boat.v:1:14 expected equal units; got a plain number and m",
  );
  expect(wrong({ psi: "psi/(2 s) + 3 m" })).toThrow("boat.psi:1:11 expected equal units");
  expect(wrong({ x: "(x + 1)/(2 s)" })).toThrow("boat.x:1:4 expected a number with its unit beside a value in km");
});

const base: SystemSpec = {
  name: "car",
  states: ["x", "v"],
  controls: box({ u: [-1, 1] }),
  disturbances: box({ d: [-1, 1] }),
  parameters: { mass: 2 },
  derivatives: { x: "v", v: "u" },
};
const rejected: readonly (readonly [changes: Partial<SystemSpec>, message: string | RegExp])[] = [
  [
    { derivatives: { x: "v", v: "sin(u)" } },
    "car.v:1:1 expected controls and disturbances to enter affinely; got u inside sin",
  ],
  [
    { derivatives: { x: "v", v: "1 + u*d" } },
    "car.v:1:6 expected controls and disturbances to enter affinely; got the product of u and d",
  ],
  [
    { derivatives: { x: "v", v: "x/(1 + u)" } },
    "car.v:1:2 expected controls and disturbances to enter affinely; got u in a denominator",
  ],
  [
    { derivatives: { x: "v", v: "u^2" } },
    "car.v:1:2 expected controls and disturbances to enter affinely; got u in a power",
  ],
  [{ derivatives: { x: "v", v: "abs(x)*max(u, 0)" } }, /car.v:1:8 .* got u inside max/],
  [{ derivatives: { x: "v", v: "u + mas*x" } }, /car.v:1:5 expected a known name; got "mas"/],
  [{ derivatives: { x: "v", v: "\n u +" } }, "car.v:2:5 expected a number, a name or (; got the end"],
  [{ derivatives: { x: "v", v: "(u" } }, "car.v:1:3 expected ); got the end"],
  [{ derivatives: { x: "v", v: "2 u" } }, 'car.v:1:3 expected an operator or the end; got "u"'],
  [{ derivatives: { x: "v", v: "u $ 2" } }, 'car.v:1:3 expected an expression; got the character "$"'],
  [{ derivatives: { x: "v", v: "cosin(x)" } }, 'car.v:1:1 expected a function; got "cosin"'],
  [{ derivatives: { x: "v", v: "atan2(x)" } }, "car.v:1:1 expected 2 operands of atan2; got 1"],
  [{ derivatives: { x: "v" } }, "car: expected a derivative of every state; got none of v"],
  [{ derivatives: { x: "v", v: "u", w: "0" } }, 'car: expected derivatives of states; got one of "w"'],
  [{ states: ["x", "x"] }, /got x twice/],
  [{ states: ["x", "sin"] }, /got sin twice or a word that has a meaning/],
  [{ states: ["x", "1v"] }, 'expected names of letters, digits and _; got "1v"'],
  [{ states: ["a", "b", "c", "e", "f", "g", "h"] }, "expected one to six states; got 7"],
  [{ states: ["x", { name: "v", unit: "parsec" }] }, 'car.v: expected a unit such as m, m/s or rad; got "parsec"'],
  [{ controls: box({ u: [1, -1] }) }, "expected low <= high for u; got 1 and -1"],
  [{ controls: ball(["u"], -1) }, "expected a radius of at least 0; got -1"],
  [{ parameters: { mass: Number.NaN } }, "car.mass: expected a finite number; got NaN"],
];

test.each(rejected)("a mistake in a system is told with its place: %#", (changes, message) => {
  expect(() => defineSystem({ ...base, ...changes })).toThrow(message);
});

test("a name that is nearly right is suggested", () => {
  const define = (v: string) => () => defineSystem({ ...base, derivatives: { x: "v", v } });
  expect(define("u + mas*x")).toThrow(expect.objectContaining({ hint: 'Did you mean "mass"?' }));
  expect(define("cosh2(x)")).toThrow(expect.objectContaining({ hint: 'Did you mean "cosh"?' }));
});
