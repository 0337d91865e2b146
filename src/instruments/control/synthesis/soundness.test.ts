import { expect, test } from "vitest";
import { encodeNpz } from "../../../data/index.ts";
import { key, NdArray } from "../../../engine/index.ts";
import { namesOf, withDisturbanceScale } from "../reachability/dynamics.ts";
import { parseFormula } from "../stl/parser.ts";
import { printFormula } from "../stl/printer.ts";
import { decodeController, encodeController } from "./controller-file.ts";
import {
  type Disturbance,
  randomDisturbance,
  steadyDisturbance,
  userDisturbance,
  worstDisturbance,
} from "./disturbance.ts";
import { largestDisturbance } from "./largest-disturbance.ts";
import { compilePlan, type Plan } from "./plan.ts";
import { readProblem } from "./problem.ts";
import { problems } from "./problems.ts";
import { type RandomProblem, randomProblem } from "./random-problem.ts";
import { rollOut, samplingStep } from "./rollout.ts";
import { solvePlan } from "./solve-plan.ts";
import { gridMargin } from "./task.ts";
import { planValue } from "./value-tree.ts";

/** The least robustness over all disturbances tried at the certified bound; undefined where no disturbance is survived. */
async function leastRobustness({ task, start }: RandomProblem, seed: number): Promise<number | undefined> {
  const compiled = compilePlan(task.formula);
  const margin = gridMargin(task);
  const options = {
    margin,
    tolerance: 0.03,
    most: 1,
    sliceEvery: 0.1,
    scheme: "medium",
    hasCoarseStart: false,
  } as const;
  const { delta } = await largestDisturbance(compiled, task, start, options);
  if (!(delta > 0)) return undefined;
  const tree = await solvePlan(compiled.plan, task, { ...options, delta });
  const system = withDisturbanceScale(task.system, delta);
  const size = namesOf(system.disturbances).length;
  const swing: Disturbance["at"] = ({ time }) =>
    steadyDisturbance(
      system,
      Array.from({ length: size }, (_, i) => Math.cos(2 * time + i)),
    ).at({ time, x: [], worst: [] });
  const disturbances = [
    worstDisturbance,
    randomDisturbance(system, key(seed).fold(0), { longest: 0.3 }),
    randomDisturbance(system, key(seed).fold(1), { longest: 2 }),
    steadyDisturbance(system, [1, 0.5]),
    steadyDisturbance(system, [-1, 0.3]),
    steadyDisturbance(system, [0, -1]),
    userDisturbance(system, swing),
  ];
  const step = samplingStep(task.formula, 0.02);
  return Math.min(
    ...disturbances.map((disturbance) => rollOut(task, tree, { start, delta, disturbance, step }).robustness),
  );
}

test("no disturbance within the certified bound violates any of 200 random problems on a line and in a plane", async () => {
  const counts = { line: 0, plane: 0 };
  for (let k = 0; counts.line < 120; k++) {
    const problem = randomProblem(key(1).fold(k), 1, 81);
    const least = await leastRobustness(problem, k);
    if (least === undefined) continue;
    counts.line++;
    expect(least, problem.text).toBeGreaterThanOrEqual(0);
  }
  for (let k = 0; counts.plane < 80; k++) {
    const problem = randomProblem(key(2).fold(k), 2, 33);
    const least = await leastRobustness(problem, k);
    if (least === undefined) continue;
    counts.plane++;
    expect(least, problem.text).toBeGreaterThanOrEqual(0);
  }
}, 300_000);

test("steep conditions get a margin as many times larger, and keep what they promise", async () => {
  const margins = ["x >= 1", "20*x >= 20", "x^3 >= 8", "abs(x) <= 1", "1/x <= 2"].map((text) => {
    const { task } = readProblem({ ...problems.order, formula: `F[0, 1] (${text})` }, { detail: 0.25 });
    return gridMargin(task);
  });
  // Cells of 0.1; at 2 the slope of x³ is 12; beside a pole only what is finite counts.
  expect(margins.map((margin) => Number(margin.toFixed(2)))).toEqual([0.05, 1, 0.63, 0.05, expect.any(Number)]);
  expect(margins.every(Number.isFinite)).toBe(true);
  // Without the steepness this one is violated.
  const { task } = randomProblem(key(12).fold(52), 1, 81);
  const steep = "G[0, 2] (20*abs(x) <= 31) and F[0, 2.5] G[0, 0.5] (20*x <= -31)";
  const least = await leastRobustness(
    { text: steep, start: [-0.46], task: { ...task, formula: parseFormula(steep) } },
    52,
  );
  expect(least === undefined || least >= 0).toBe(true);
});

test("what the fragment refuses is labelled when it is allowed", () => {
  const refused = [
    "G[0,5] F[0,1] x",
    "G[0,4] (x or F[0,1] y)",
    "F[0,2] G[0,1] x and F[0,3] G[0,1] y",
    "(F[0,1] x) U[0,3] y",
  ];
  const said = refused.map((text) => {
    try {
      compilePlan(parseFormula(text));
      return `${text}: accepted`;
    } catch (error) {
      return `${text}: ${error}`;
    }
  });
  expect(said.join("\n")).toMatchInlineSnapshot(`
    "G[0,5] F[0,1] x: synthesis: expected a formula of the sound fragment; got G[0 s, 5 s] F[0 s, 1 s] x: that something can be done at every moment does not mean that it is done. Rewrite it, or allow { outside: "approximate" } for a value without a guarantee.
    G[0,4] (x or F[0,1] y): synthesis: expected a formula of the sound fragment; got G[0 s, 4 s] (x or F[0 s, 1 s] y): that something can be done at every moment does not mean that it is done. Rewrite it, or allow { outside: "approximate" } for a value without a guarantee.
    F[0,2] G[0,1] x and F[0,3] G[0,1] y: synthesis: expected a formula of the sound fragment; got F[0 s, 2 s] G[0 s, 1 s] x and F[0 s, 3 s] G[0 s, 1 s] y: two nested goals cannot both come last. Rewrite it, or allow { outside: "approximate" } for a value without a guarantee.
    (F[0,1] x) U[0,3] y: synthesis: expected a formula of the sound fragment; got F[0 s, 1 s] x U[0 s, 3 s] y: the left side of until must be a condition on the state. Rewrite it, or allow { outside: "approximate" } for a value without a guarantee."
  `);
  for (const text of refused) {
    const { isGuaranteed, remarks } = compilePlan(parseFormula(text), "approximate");
    expect(isGuaranteed).toBe(false);
    expect(remarks.some((remark) => remark.startsWith("not guaranteed"))).toBe(true);
  }
});

test("formulas become the plans that are sound for them", () => {
  const plan = (text: string) => compilePlan(parseFormula(text));
  const outline = (p: Plan): unknown =>
    p.kind === "state"
      ? printFormula(p.formula)
      : p.kind === "choice"
        ? p.options.map(outline)
        : p.kind === "tasks"
          ? {
              ...(p.holds.length === 0 ? {} : { holds: p.holds.map((h) => [outline(h.condition), h.from, h.to]) }),
              ...(p.goals.length === 0 ? {} : { goals: p.goals.map((g) => [outline(g.target), g.from, g.to]) }),
            }
          : p.kind;
  expect(outline(plan("G[1,2] G[0,3] x").plan)).toEqual({ holds: [["x", 1, 5]] });
  expect(outline(plan("G[0,3] (x and y)").plan)).toEqual({
    holds: [["x and y", 0, 3]],
  });
  expect(outline(plan("not F[0,3] x").plan)).toEqual({ holds: [["x < 0", 0, 3]] });
  expect(outline(plan("x and (F[0,1] y or G[0,2] y)").plan)).toEqual([
    { holds: [["x", 0, 0]], goals: [["y", 0, 1]] },
    {
      holds: [
        ["x", 0, 0],
        ["y", 0, 2],
      ],
    },
  ]);
  const nested = plan("F[1,4] G[0,1] x and G[0,5] y");
  expect(outline(nested.plan)).toEqual({
    holds: [["y", 0, 5]],
    goals: [
      [
        {
          holds: [
            ["x", 0, 1],
            ["y", 0, 4],
          ],
        },
        1,
        4,
      ],
    ],
  });
  expect(nested.isGuaranteed).toBe(true);
  expect(nested.remarks.length).toBe(1);
});

test("a controller's file gives the same decisions, and preferred controls are overruled only where they must", async () => {
  const before = { kind: "box", states: ["x"], low: [Number.NEGATIVE_INFINITY], high: [1] } as const;
  const problem = readProblem({ ...problems.brake, regions: { before }, formula: "G[0, 3 s] before" }, { detail: 0.4 });
  const delta = 0.3;
  const tree = await solvePlan(problem.plan, problem.task, { delta, sliceEvery: 0.1, scheme: "high" });
  const saved = decodeController(
    encodeController({ problem, tree, delta, margin: 0.05, detail: 0.4, isGuaranteed: true }),
  );
  expect(saved.problem.spec.regions).toEqual({ before });
  expect(saved.problem.task.grid.shape).toEqual(problem.task.grid.shape);
  expect(planValue(saved.tree, problem.task.grid, [0.1, 0.4])).toBeCloseTo(
    planValue(tree, problem.task.grid, [0.1, 0.4]),
    5,
  );
  const shared = { start: problem.start, delta, disturbance: worstDisturbance, step: 0.05 };
  const [first, second] = [rollOut(problem.task, tree, shared), rollOut(saved.problem.task, saved.tree, shared)];
  expect(second.states).toEqual(first.states.map((x) => x.map((v) => expect.closeTo(v, 4))));
  expect(first.robustness).toBeGreaterThanOrEqual(0);
  const free = rollOut(problem.task, tree, { ...shared, preferred: () => [1], margin: 0.05 });
  expect(free.robustness).toBeGreaterThanOrEqual(0);
  expect(free.interventions).toBeGreaterThan(0);
  expect(free.interventions).toBeLessThan(free.times.length);
  expect(free.states.at(-1)![0]).toBeGreaterThan(first.states.at(-1)![0]);
});

test("controllers of another format, and npz files that are none, are refused", () => {
  const file = (outline: string) => encodeNpz({ outline: new NdArray(new TextEncoder().encode(outline)) });
  const refused = (bytes: Uint8Array) => expect(() => decodeController(bytes, "c.npz"));
  refused(file('{"format":"orrery controller 0"}')).toThrow('got "orrery controller 0"');
  refused(file("[1, 2")).toThrow("got text that is no JSON");
  refused(file("null")).toThrow('got "no format"');
  refused(encodeNpz({ x: new NdArray(new Float64Array(2)) })).toThrow('an array "outline"; got x');
});

test("a disturbance of one's own that leaves its set is refused", async () => {
  const problem = readProblem(problems.order, { detail: 0.2 });
  const tree = await solvePlan(problem.plan, problem.task, { delta: 0.1, sliceEvery: 0.5, scheme: "low" });
  const system = withDisturbanceScale(problem.task.system, 0.1);
  const disturbance = userDisturbance(system, () => [0.5]);
  expect(() =>
    rollOut(problem.task, tree, { start: [0], delta: 0.1, disturbance, step: 0.5 }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: disturbance given at 0 s: expected a point of the disturbance set; got 0.5]`,
  );
});
