import { expect, test } from "vitest";
import { defineSystem } from "./dynamics.ts";
import { estimateSolve } from "./estimate.ts";
import { createGrid, sample } from "./grid.ts";
import type { Problem } from "./problem.ts";
import { type ReachQuestion, reachProblem } from "./reach.ts";
import { box } from "./sets.ts";
import type { SolveCheckpoint, SolveEvent, SolveOptions } from "./solve-options.ts";
import { solve } from "./solver.ts";
import { air3d, doubleIntegrator, planarQuadrotor, singleIntegrator } from "./systems.ts";

const airGrid = createGrid([
  { name: "x", low: -6, high: 20, points: 21 },
  { name: "y", low: -10, high: 10, points: 20 },
  { name: "psi", low: 0, high: 2 * Math.PI, points: 18, periodic: true },
]);
const target = sample(airGrid, ([x, y]) => Math.hypot(x, y) - 5);
const air: Problem = reachProblem({
  system: air3d(),
  grid: airGrid,
  target,
  aim: "avoid",
  mode: "tube",
  times: [0, -0.5, -1],
  arrival: "below",
});
const line = createGrid([{ name: "x", low: -2, high: 2, points: 41 }]);
const onLine: Problem = {
  system: singleIntegrator(),
  grid: line,
  initial: sample(line, ([x]) => Math.abs(x) - 0.5),
  times: [0, -1],
  control: "min",
};

test("more constraints than a kernel can tell apart are refused", async () => {
  const grid = createGrid([{ low: -1, high: 1, points: 11 }]);
  const field = new Float64Array(11);
  const constraints = Array.from({ length: 31 }, () => ({ take: "min" as const, field }));
  const problem = { system: singleIntegrator(), grid, initial: field, times: [0, -1], control: "max" as const };
  await expect(solve({ ...problem, constraints })).rejects.toThrow("constraints: expected at most 30; got 31");
  expect((await solve({ ...problem, constraints: constraints.slice(1) })).end).toBe("reached");
});

test("a solution that was interrupted and resumed has the same bits as one that was not", async () => {
  for (const scheme of ["low", "very-high"] as const) {
    const whole = await solve(air, { scheme });
    const checkpoints: SolveCheckpoint[] = [];
    const abort = new AbortController();
    const interrupted = solve(air, {
      scheme,
      signal: abort.signal,
      checkpointEverySeconds: 0,
      onCheckpoint: (checkpoint) => {
        checkpoints.push(checkpoint);
        if (checkpoint.time <= -0.5) abort.abort();
      },
    });
    await expect(interrupted).rejects.toMatchObject({ code: "cancelled" });
    for (const resume of [checkpoints[0], checkpoints[checkpoints.length - 1]]) {
      const resumed = await solve(air, { scheme, resume: structuredClone(resume) });
      expect(resumed.values).toEqual(whole.values);
      expect(resumed.arrival).toEqual(whole.arrival);
      expect(resumed.steps).toBe(whole.steps);
    }
  }
});

test("a checkpoint of another problem is refused", async () => {
  let checkpoint: SolveCheckpoint | undefined;
  await solve(onLine, { checkpointEverySeconds: 0, onCheckpoint: (c) => (checkpoint = c) });
  for (const changed of [
    { ...onLine, times: [0, -2] },
    { ...onLine, system: singleIntegrator({ speed: 2 }) },
    { ...onLine, initial: sample(line, ([x]) => x - 1) },
  ]) {
    await expect(solve(changed, { resume: checkpoint! })).rejects.toThrow(
      /checkpoint: expected one of single integrator 41 /,
    );
  }
  await expect(solve(onLine, { scheme: "low", resume: checkpoint! })).rejects.toThrow("checkpoint: expected one of");
});

test("an observer learns the estimate, the progress and the slices; the estimate counts the steps", async () => {
  const events: SolveEvent[] = [];
  const { steps, times } = await solve(air, { scheme: "low", observer: (event) => events.push(event) });
  const [first] = events;
  expect(first.kind === "estimate" && first.estimate.steps).toBe(steps);
  expect(first.kind === "estimate" && first.estimate.stages).toBe(steps);
  expect(estimateSolve(air, { scheme: "low" })).toEqual(first.kind === "estimate" ? first.estimate : undefined);
  expect(events.flatMap((e) => (e.kind === "slice" ? [e.time] : []))).toEqual([0, -0.5, -1]);
  expect(times).toEqual([0, -0.5, -1]);
  const last = events.filter((e) => e.kind === "progress").at(-1);
  expect(last).toMatchObject({ time: -1, step: steps, fraction: 1, secondsLeft: 0 });
});

test("memory stays below five buffers and a grid that does not fit is refused with one that does", async () => {
  const estimate = estimateSolve(air, { scheme: "medium" });
  expect(estimate.points).toBe(21 * 20 * 18);
  const axis = (name: string) => ({ name, low: -1, high: 1, points: 31 });
  const big = createGrid(["x", "vx", "z", "vz", "phi", "omega"].map(axis));
  const problem: Problem = { system: planarQuadrotor(), grid: big, initial: () => 0, times: [0, -1], control: "max" };
  await expect(solve(problem, { memoryLimitBytes: 1e9 })).rejects.toMatchObject({
    code: "argument",
    message: expect.stringMatching(/4 GiB; got 1[0-9.]+ GB for 31×31×31×31×31×31 points/),
    hint: expect.stringMatching(/A grid of about (\d+×){5}\d+ points fits/),
  });
  await expect(solve(air, { memoryLimitBytes: 1e5 })).rejects.toThrow(
    /expected at most 0.0001.* GB; got 0.00.*21×20×18/,
  );
});

test("a solution ends early when it has settled or when it is told to", async () => {
  const settled = await solve(
    { ...onLine, times: [0, -100], evolution: "nonincreasing" },
    { settledBelow: 1e-9, keep: "last" },
  );
  expect(settled.end).toBe("settled");
  expect(Math.abs(settled.times[0])).toBeLessThan(20);
  const stopped = await solve({ ...onLine, times: [0, -1, -2, -3] }, { onSlice: ({ time }) => time <= -2 });
  expect(stopped).toMatchObject({ end: "stopped", times: [0, -1, -2] });
  const last = await solve({ ...onLine, times: [0, -1, -2, -3] }, { keep: "last" });
  expect(last).toMatchObject({ end: "reached", times: [-3] });
  expect(last.values).toHaveLength(1);
});

test("constraints act from their first to their last moment, where steps end exactly", async () => {
  const field = sample(line, () => -3);
  const wall = { take: "max" as const, field: sample(line, () => 0.25) };
  const problem: Problem = {
    ...onLine,
    times: [0, -0.31, -0.33, -0.5, -1],
    constraints: [
      { take: "min", field, from: -0.32, to: -0.32 },
      { ...wall, from: -0.6 },
    ],
  };
  const { values } = await solve(problem);
  expect(Math.min(...values[1])).toBe(0.25);
  expect(Math.max(...values[2])).toBeCloseTo(0.25, 6);
  expect(Math.min(...values[3])).toBe(0.25);
  // From −0.32 on all is −3 but for the wall, which ends at −0.6 and leaves a value that is the same everywhere.
  expect(Math.max(...values[4])).toBeCloseTo(0.25, 6);
});

const cases: readonly (readonly [why: string, problem: Partial<Problem>, options: SolveOptions, message: RegExp])[] = [
  ["times that turn", { times: [0, -1, -0.5] }, {}, /times: expected at least two, strictly monotone; got 0, -1, -0.5/],
  ["one time", { times: [0] }, {}, /times: expected at least two/],
  [
    "a grid for another system",
    { system: doubleIntegrator() },
    {},
    /expected an axis for each of 2 states; got 1 axes for x, v/,
  ],
  ["too few values", { initial: new Float32Array(40) }, {}, /initial: expected 41 values for 41 points; got 40/],
  ["NaN", { initial: ([x]) => Math.sqrt(x) }, {}, /initial: expected finite values; got NaN at x = -2/],
  ["infinity", { initial: ([x]) => 1 / x }, {}, /initial: expected finite values; got Infinity at x = 0/],
  [
    "a field of another grid",
    { constraints: [{ take: "min", field: new Float32Array(3) }] },
    {},
    /constraints\[0\]: expected 41 values; got 3/,
  ],
  [
    "an empty window",
    { constraints: [{ take: "min", field: () => {}, from: 1, to: 0 }] },
    {},
    /expected from <= to; got 1 and 0/,
  ],
  ["a negative disturbance", { disturbanceScale: -1 }, {}, /expected a disturbance scale of at least 0; got -1/],
  ["an unknown scheme", {}, { scheme: "hihg" as "high" }, /scheme: expected one of .*; got "hihg"/],
  ["an unknown derivative", {}, { scheme: { derivative: "weno7" as "weno5" } }, /scheme.derivative: expected one of/],
  ["a CFL number above 1", {}, { scheme: { cfl: 1.5 } }, /scheme.cfl: expected a number in \(0, 1\]; got 1.5/],
  ["half a worker", {}, { workers: 0.5 }, /expected a number of workers; got 0.5/],
];

test.each(cases)("%s is refused before any work", async (_, problem, options, message) => {
  await expect(solve({ ...onLine, ...problem }, options)).rejects.toThrow(message);
});

test("dynamics that are not finite on the grid are refused with the point", async () => {
  const system = defineSystem({
    name: "pole",
    states: ["x"],
    controls: box({ u: [-1, 1] }),
    derivatives: { x: "u/x" },
  });
  await expect(solve({ ...onLine, system })).rejects.toThrow(
    /pole.x: expected finite rates on the whole grid; got Infinity at x = 0/,
  );
});

test("too few points for a scheme's stencil are refused", async () => {
  const grid = createGrid([{ low: 0, high: 1, points: 3 }]);
  const problem = { ...onLine, grid, initial: () => 0 };
  await expect(solve(problem, { scheme: "very-high" })).rejects.toThrow(
    /grid axis x0: expected at least 4 points for weno5; got 3/,
  );
});

test("a reaching set, avoiding sets and an obstacle are on a line what they are by hand", async () => {
  const question: ReachQuestion = {
    ...{ system: singleIntegrator({ disturbance: 0.5 }), grid: line, times: [0, -1] },
    ...{ target: sample(line, ([x]) => Math.abs(x) - 0.5), aim: "reach" as const, mode: "set" as const },
  };
  /** The ends of the set, from its value function. */
  const ends = async (changed: Partial<ReachQuestion>): Promise<number[]> => {
    const { last } = await solve(reachProblem({ ...question, ...changed }), { scheme: "very-high", precision: "f64" });
    const inside = line.axes[0].coordinates.filter((_, i) => last[i] <= 1e-3);
    return [inside[0], inside[inside.length - 1]].map((x) => Number(x.toFixed(9)));
  };
  expect(await ends({})).toEqual([-1, 1]);
  expect(await ends({ aim: "avoid", system: singleIntegrator({ speed: 0.5, disturbance: 1 }) })).toEqual([-1, 1]);
  expect(await ends({ aim: "avoid", mode: "tube" })).toEqual([-0.5, 0.5]);
  const obstacle = sample(line, ([x]) => Math.abs(x + 0.8) - 0.1);
  expect(await ends({ mode: "tube", obstacle })).toEqual([-0.7, 1]);
});
