import { type Key, sampleIntegers, sampleUniform } from "../../../engine/index.ts";
import { defineSystem, type System } from "../reachability/dynamics.ts";
import { createGrid } from "../reachability/grid.ts";
import { ball, box } from "../reachability/sets.ts";
import { parseFormula } from "../stl/parser.ts";
import type { ControlTask } from "./task.ts";

/** A random question of the soundness test. */
export interface RandomProblem {
  readonly text: string;
  readonly task: ControlTask;
  readonly start: readonly number[];
}

/** Draws with a key, one number after the other. */
class Draws {
  #count = 0;

  constructor(readonly key: Key) {}

  /** To two decimals, so that problems can be read. */
  number(low: number, high: number): number {
    const [u] = sampleUniform(this.key.fold(this.#count++), 1, "float64");
    return Math.round(100 * (low + u * (high - low))) / 100;
  }

  pick<T>(items: readonly T[]): T {
    return items[sampleIntegers(this.key.fold(this.#count++), 1, 0, items.length)[0]];
  }
}

/** A random problem on a line or in a plane with a formula of the sound fragment. */
export function randomProblem(key: Key, dimension: 1 | 2, points: number): RandomProblem {
  const draw = new Draws(key);
  const grid = createGrid(
    Array.from({ length: dimension }, (_, i) => ({
      name: ["x", "y"][i],
      low: -4,
      high: 4,
      points,
      boundary: "linear" as const,
    })),
  );
  const system = dimension === 1 ? lineSystem(draw) : planeSystem(draw);
  const text = randomFormula(draw, dimension);
  const start = Array.from({ length: dimension }, () => draw.number(-2, 2));
  return { text, task: { system, grid, formula: parseFormula(text) }, start };
}

function lineSystem(draw: Draws): System {
  return defineSystem({
    name: "line",
    states: ["x"],
    parameters: { a: draw.pick([0, 0, draw.number(-0.3, 0.2)]), c: draw.number(-0.2, 0.2) },
    controls: box({ u: [-draw.number(0.7, 1.2), draw.number(0.7, 1.2)] }),
    disturbances: box({ d: [-1, 1] }),
    derivatives: { x: "a*x + c + u + d" },
  });
}

function planeSystem(draw: Draws): System {
  const disturbances = ball(["dx", "dy"], 1);
  if (draw.pick([true, false])) {
    const controls = draw.pick([ball(["ux", "uy"], 1), box({ ux: [-1, 1], uy: [-0.8, 0.8] })]);
    return defineSystem({
      name: "plane",
      states: ["x", "y"],
      controls,
      disturbances,
      derivatives: { x: "ux + dx", y: "uy + dy" },
    });
  }
  const parameters = { a: draw.number(0, 0.4), b: draw.number(0, 0.4) };
  const derivatives = { x: "y + 0.3*dx", y: "u - a*x - b*y + dy" };
  return defineSystem({
    name: "oscillator",
    states: ["x", "y"],
    parameters,
    controls: box({ u: [-1.5, 1.5] }),
    disturbances,
    derivatives,
  });
}

function randomFormula(draw: Draws, dimension: 1 | 2): string {
  const name = () => (dimension === 1 ? "x" : draw.pick(["x", "x", "y"]));
  const region = () => `abs(x - ${draw.number(-2, 2)}) <= ${draw.number(0.5, 1)}`.replace("- -", "+ ");
  const goal = () =>
    dimension === 1 || draw.pick([true, false])
      ? draw.pick([region(), `${name()} >= ${draw.number(-0.5, 2)}`, `${name()} <= ${draw.number(-2, 0.5)}`])
      : `norm(x - ${draw.number(0, 2)}, y - ${draw.number(0, 1)}) <= ${draw.number(0.6, 1.2)}`;
  const safe = () =>
    draw.pick([`x <= ${draw.number(1, 3)}`, `x >= -${draw.number(1, 3)}`, `abs(x) <= ${draw.number(1.5, 3.5)}`]);
  const span = () => {
    const from = draw.pick([0, 0, 0.5, 1]);
    return `[${from}, ${from + draw.pick([0.5, 1.5, 2.5])}]`;
  };
  return draw.pick([
    () => `F${span()} (${goal()})`,
    () => `G${span()} (${safe()})`,
    () => `G[0, 3] (${safe()}) and F${span()} (${goal()})`,
    () => `F${span()} (${goal()}) and F${span()} (${goal()})`,
    () => `(${safe()}) U${span()} (${goal()})`,
    () => `F${span()} G[0, 1] (${goal()})`,
    () => `G[0, 2] (${safe()}) and F${span()} G[0, 0.5] (${goal()})`,
    () => `F${span()} (${goal()}) or G${span()} (${goal()})`,
    () => `(${goal()}) release${span()} (${safe()})`,
    () => `F${span()} ((${goal()}) and F${span()} (${goal()}))`,
    () => `((${safe()}) U${span()} (${goal()})) and F${span()} (${goal()})`,
  ])();
}
