import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { JobContext } from "../../../lab/index.ts";
import { checkOptions } from "../../../lab/recipes/option-problems.ts";
import { encodeController } from "../synthesis/controller-file.ts";
import { requireMemory } from "../synthesis/memory.ts";
import { type ProblemSpec, readProblem } from "../synthesis/problem.ts";
import { problems } from "../synthesis/problems.ts";
import { solvePlan } from "../synthesis/solve-plan.ts";
import { monitorJob } from "./monitor.ts";
import { reachJob } from "./reach.ts";
import { simulateJob } from "./simulate.ts";
import { synthesizeJob } from "./synthesize.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-control-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A context that takes no work: a job that gets as far as telling progress or drawing has begun too early. */
const idle = new Proxy({ signal: new AbortController().signal, folder } as JobContext, {
  get: (target, name) => {
    if (name === "signal" || name === "folder") return target[name];
    return () => {
      throw new Error(`work began: ${String(name)}`);
    };
  },
});

const { brake, order } = problems;
const withSystem = (change: object) => ({
  system: { ...brake.system, ...change },
  grid: brake.grid,
  formula: brake.formula,
  start: brake.start,
});

test("bad input is refused by name before any work", async () => {
  const mistakes: Readonly<Record<string, object>> = {
    "unknown state": { problem: "brake", formula: "G[0, 3] (x <= 1 and velocty <= 2)" },
    "nearly a region": { problem: "auv", formula: "F[0, 9] dok" },
    "empty interval": { problem: "auv", formula: "F[9, 2] dock" },
    "unit mismatch": { problem: "brake", formula: "G[0, 3 s] x <= 1 m/s" },
    "no time": { problem: "brake", formula: "G[0, 3 m] x <= 1 m" },
    "no end": { problem: "brake", formula: "G x <= 1 m" },
    "outside the fragment": { problem: "auv", formula: "G[0, 9] F[0, 3] dock" },
    "not affine": withSystem({ derivatives: { x: "v", v: "u^2 + d" } }),
    "unknown name in an equation": withSystem({ derivatives: { x: "v", v: "uu + d" } }),
    "rate in the wrong unit": withSystem({ derivatives: { x: "x", v: "u + d" } }),
    "NaN in the formula": { problem: "order", formula: "F[0,4] (sqrt(x) >= 1)" },
    "start off the grid": { problem: "brake", start: { x: 7, v: 0 } },
    "no axis": { problem: "brake", grid: [brake.grid[0]] },
    "two axes of one state": { problem: "brake", grid: [...brake.grid, brake.grid[0]] },
    "a system alone": { system: brake.system },
    "a unit that there is not": withSystem({ parameters: { drag: "2 parsec" }, derivatives: { x: "v", v: "u + d" } }),
    "more points than addresses": {
      problem: "brake",
      grid: brake.grid.map((axis) => ({ ...axis, points: 1_000_000 })),
    },
    "a push without 0": withSystem({ disturbances: { kind: "box", names: ["d"], low: [0.1], high: [1] } }),
    "steps without end": { problem: "brake", stepSeconds: 1e-9 },
    "a region that is a word of formulas": {
      problem: "brake",
      regions: { until: { kind: "ball", states: ["x"], center: [0], radius: 1 } },
    },
    "two mistakes": { problem: "brake", formula: "G[3, 0] x <= 1", start: { x: 0, speed: 1 } },
  };
  const said: string[] = [];
  for (const [name, options] of Object.entries(mistakes)) {
    const found = await synthesizeJob.run(synthesizeJob.options.parse(options), idle).then(
      () => "accepted",
      (error: unknown) => String(error),
    );
    said.push(`${name}: ${found}`);
  }
  expect(said.join("\n")).toMatchInlineSnapshot(`
    "unknown state: formula:1:21 expected the name of a state, a region or a function; got "velocty". Known names: "x", "v", "abs", "sqrt", "exp", "log", "sin", "cos" and 5 more.
    nearly a region: formula:1:9 expected the name of a state, a region or a function; got "dok". Did you mean "dock"?
    empty interval: formula:1:2 the interval is empty: expected from <= to; got [9, 2]. The second bound must not be before the first.
    unit mismatch: formula:1:13 units around <=: expected m; got m/s. Write both sides in units of the same kind, or give the number no unit.
    no time: formula:1:3 expected a unit of time; got m
    no end: synthesis: expected every interval to have an end; got G x <= 1 m. Give it an interval such as [0, 12 s].
    outside the fragment: synthesis: expected a formula of the sound fragment; got G[0 s, 9 s] F[0 s, 3 s] dock: that something can be done at every moment does not mean that it is done. Rewrite it, or allow { outside: "approximate" } for a value without a guarantee.
    not affine: double integrator.v:1:2 expected controls and disturbances to enter affinely; got u in a power. The optimal input has a closed form only for f(x) + G(x)·u + D(x)·d: make the input's rate the input and the input a state, or give the nonlinear term a name and its own bounds as an input.
    unknown name in an equation: double integrator.v:1:1 expected a known name; got "uu". Names: "t", "x", "v", "u", "d", "pi".
    rate in the wrong unit: double integrator.x: expected a rate in m/s; got m
    NaN in the formula: formula: expected sqrt(x) >= 1 to be a number on the grid; got NaN at x = -4. Look for the root or the logarithm of a negative number, or 0 / 0.
    start off the grid: start: expected x to be a number in [-3, 2]; got 7
    no axis: grid: expected an axis for every state; got none for v
    two axes of one state: grid: expected one axis for every state; got two for x
    a system alone: grid: expected an axis for every state; got none for x, v
    formula: expected what must hold; it is missing
    start: expected a value for every state; got none for x
    a unit that there is not: double integrator.drag:1:3 expected an operator or the end; got "parsec". Units: "m", "km", "cm", "mm", "nmi", "kg", "g", "s" and 12 more.
    more points than addresses: grid: expected at most 4294967296 points; got 1.00e+12 of 1000000×1000000. 65536×65536 points are that many; memory and time may ask for fewer.
    a push without 0: double integrator: expected disturbance sets that hold 0, so that a larger bound allows all that a smaller one does; got [0.1] to [1] for d. Write the steady part into the equations, as a parameter, and what is unknown of it as a set around 0.
    steps without end: sampling step: expected at least 0.000015 s; got 1e-9 s
    a region that is a word of formulas: vocabulary: expected a name that formulas can use; got "until". Letters, digits, _ and dots, and none of the words of formulas, such as F, G, U or H: give it another name.
    two mistakes: formula:1:2 the interval is empty: expected from <= to; got [3, 0]. The second bound must not be before the first.
    start: expected values of states; got "speed". States: "x", "v"."
  `);
});

test("a kind of set that there is not is told with those that there are", () => {
  const controls = { kind: "bal", names: ["u"], low: [-1], high: [1] };
  const found = checkOptions(synthesizeJob, withSystem({ controls }));
  expect(found).toEqual({
    problems: [
      {
        path: ["system", "controls", "kind"],
        message: 'expected one of "box", "ball"; got "bal". Did you mean "ball"?',
      },
    ],
  });
  const regions = { dock: { kind: "circle", states: ["x", "y"], center: [0, 0], radius: 1 } };
  expect(checkOptions(synthesizeJob, { regions })).toEqual({
    problems: [
      {
        path: ["regions", "dock", "kind"],
        message: 'expected one of "ball", "box", "halfspace", "polygon"; got "circle"',
      },
    ],
  });
});

test("a start that is no number and a grid that does not fit memory are refused", () => {
  const large: ProblemSpec = { ...order, grid: [{ name: "x", low: -4, high: 4, points: 10_000_001 }] };
  const problem = readProblem(large);
  expect(() => readProblem({ ...order, start: { x: Number.NaN } })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: start: expected x to be a number in [-4, 4]; got NaN]`,
  );
  expect(() => requireMemory(problem, { sliceEvery: 0.25 }, 1e9)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: synthesis: expected values that fit into 1.00 GB; got 10.6 GB for 10000001 points]`,
  );
});

test("a trace that cannot be monitored is refused by row", async () => {
  const traces: Readonly<Record<string, readonly (readonly string[])[]>> = {
    "a gap": [
      ["0", "1"],
      ["1", ""],
      ["2", "3"],
    ],
    "uneven times": [
      ["0", "1"],
      ["1", "2"],
      ["2.5", "3"],
      ["3.5", "3"],
    ],
    "times that go back": [
      ["0", "1"],
      ["2", "2"],
      ["1", "3"],
    ],
    "a word": [
      ["0", "1"],
      ["1", "n/a"],
      ["2", "3"],
    ],
    "a row too short": [["0", "1"], ["1"], ["2", "3"]],
    "uneven times since 1970": [
      ["1700000000", "1"],
      ["1700000001", "2"],
      ["1700000002.5", "3"],
      ["1700000003.5", "3"],
    ],
  };
  const said: string[] = [];
  for (const [name, rows] of Object.entries(traces)) {
    const trace = join(folder, "trace.csv");
    writeFileSync(trace, `time,height\n${rows.map((row) => row.join(",")).join("\n")}\n`);
    const options = monitorJob.options.parse({ trace, formula: "F[0,1] height >= 2" });
    const found = await monitorJob.run(options, idle).catch(String);
    said.push(`${name}: ${String(found).replaceAll(`${folder}/`, "")}`);
  }
  expect(said.join("\n")).toMatchInlineSnapshot(`
    "a gap: trace.csv, row 2 (1 s), height: expected a number; got none. Fill or cut the gap: a formula has no value there.
    uneven times: trace: expected equally spaced times; got 1.5 s between rows 2 and 3 where most are 1 s apart. Use --mode dense for samples at any times.
    times that go back: trace.csv, row 3, time: expected a time after 2 s; got 1 s. Sort the rows by time and keep one for each.
    a word: trace.csv, row 2 (1 s), height: expected a number; got "n/a". Fill or cut the gap: a formula has no value there.
    a row too short: trace.csv, row 2: expected 2 cells; got 1. Mend or remove it: a trace without it would hold the values before it for longer.
    uneven times since 1970: trace: expected equally spaced times; got 1.5 s between rows 2 and 3 where most are 1 s apart. Use --mode dense for samples at any times."
  `);
});

test("headers may have units, columns that cannot be named are told, and cut windows warned of", async () => {
  const trace = join(folder, "flight.csv");
  const warnings: string[] = [];
  const context = new Proxy(idle, {
    get: (target, name) => {
      if (name === "warn") return (message: string) => warnings.push(message);
      return name === "signal" ? target.signal : () => {};
    },
  });
  const heard = async (formula: string) =>
    await monitorJob.run(monitorJob.options.parse({ trace, formula }), context).then(
      ({ headlines }) => headlines?.[0].value,
      (error: unknown) => String(error),
    );
  // From 1970 on and ten a second, with a column called as an operator is.
  const rows = [3, 7, 5, 6].map((h, k) => `${1.7e9 + k / 10},${h},0,${h}`);
  writeFileSync(trace, `time,height [m],F,air speed\n${rows.join("\n")}\n`);
  expect(await heard("F[0, 0.3] height >= 400 cm")).toBe(3);
  expect(warnings).toEqual([]);
  expect(await heard("G[0, 500 ms] height <= 10 m")).toBe(3);
  expect(warnings).toEqual([
    "the formula looks 0.5 s ahead and the trace lasts 0.3 s: what would come later counts as nothing",
  ]);
  writeFileSync(trace, "time [ms],height\n0,1\n500,2\n1000,3\n");
  expect(await heard("F[1 s, 1 s] height >= 0")).toBe(3);
  writeFileSync(trace, `time,height [m],F,air speed\n${rows.join("\n")}\n`);
  expect(await heard("F >= 2")).toMatchInlineSnapshot(
    `"formula:1:3 expected a predicate or an operator such as G, F, not or (; got ">=". Give columns that formulas cannot name another name: "F", "air speed"."`,
  );
  expect(await heard("height >= 4 kg")).toContain("expected m; got kg");
  expect(await heard("true")).toMatchInlineSnapshot(`"formula: expected one that reads a column; got true"`);
});

test("a trace of 200,000 rows is monitored in both times", async () => {
  const trace = join(folder, "long.csv");
  writeFileSync(trace, `time,x\n${Array.from({ length: 200_000 }, (_, k) => `${k / 100},${k % 7}`).join("\n")}\n`);
  const context = new Proxy(idle, { get: (target, name) => (name === "signal" ? target.signal : () => {}) });
  for (const mode of ["discrete", "dense"]) {
    const given = monitorJob.options.parse({ trace, mode, formula: "G[0, 1900] (x >= -1)" });
    expect((await monitorJob.run(given, context)).headlines?.[0].value).toBe(1);
  }
});

test("what comes beside a controller's file, and starts off its grid, are refused before its runs", async () => {
  const problem = readProblem(order, { detail: 0.1 });
  const tree = await solvePlan(problem.plan, problem.task, { delta: 0.1, sliceEvery: 1, scheme: "low" });
  const saved = { problem, tree, delta: 0.1, margin: 0, detail: 0.1, isGuaranteed: true };
  const controller = join(folder, "controller.npz");
  writeFileSync(controller, encodeController(saved));
  const said = async (options: object) =>
    await simulateJob.run(simulateJob.options.parse({ controller, ...options }), idle).catch(String);
  expect(await said({ formula: "G[0, 1] (x <= 1)" })).toMatchInlineSnapshot(
    `"controller: expected its own problem; got formula beside it. Leave them out, or leave the controller out and have one computed."`,
  );
  expect(await said({ start: { y: 1 } })).toMatchInlineSnapshot(
    `"start: expected values of states; got "y". States: "x"."`,
  );
  expect(await said({ start: { x: 40 } })).toMatchInlineSnapshot(
    `"start: expected x to be a number in [-4, 4]; got 40"`,
  );
});

test("inputs that are in no equation, and lengths of two units, are warned of", async () => {
  const warnings: string[] = [];
  const context = new Proxy(idle, {
    get: (target, name) => (name === "warn" ? (message: string) => warnings.push(message) : target[name as "signal"]),
  });
  const options = synthesizeJob.options.parse(withSystem({ derivatives: { x: "v", v: "u" } }));
  await expect(synthesizeJob.run(options, context)).rejects.toThrow("work began");
  const states = [
    { name: "x", unit: "km" },
    { name: "v", unit: "m" },
  ];
  const mixed = withSystem({ states, derivatives: { x: "(u + d)*(1 m/s)", v: "u*(1 m/s)" } });
  const formula = "G[0, 3 s] (x <= 1 km and v <= 500 m)";
  await expect(synthesizeJob.run(synthesizeJob.options.parse({ ...mixed, formula }), context)).rejects.toThrow(
    "work began",
  );
  expect(warnings.pop()).toBe(
    "v is in m and x in km: robustness is the smaller number of both, so a margin of 0.025 counts for either; give both one unit",
  );
  expect(warnings).toEqual([
    "double integrator: d: in no equation",
    "double integrator: no disturbance enters the equations, so a bound on it says nothing",
  ]);
});

test("a reachable set is refused for what it asks for before any work", async () => {
  const said = async (options: object) => await reachJob.run(reachJob.options.parse(options), idle).catch(String);
  expect(await said({ problem: "order", target: "sqrt(x) >= 1" })).toMatchInlineSnapshot(
    `"target: expected sqrt(x) >= 1 to be a number on the grid; got NaN at x = -4. Look for the root or the logarithm of a negative number, or 0 / 0."`,
  );
  expect(await said({ problem: "order", target: "x >= 1", obstacle: "log(x) >= 1" })).toMatchInlineSnapshot(
    `"obstacle: expected log(x) >= 1 to be a number on the grid; got NaN at x = -4. Look for the root or the logarithm of a negative number, or 0 / 0."`,
  );
  expect(await said({ problem: "order", target: "G x >= 1" })).toMatchInlineSnapshot(
    `"target: expected a condition on the state; got G x >= 1. Temporal formulas are for control synthesize."`,
  );
  const grid = order.grid.map((axis) => ({ ...axis, points: 2 ** 24 + 1 }));
  expect(await said({ problem: "order", grid, target: "x >= 1" })).toMatchInlineSnapshot(
    `"grid axis x: expected at most 16777216 points; got 16777217"`,
  );
});

test("a target that speaks of time is refused", async () => {
  const options = reachJob.options.parse({ problem: "auv", target: "F[0,3] dock" });
  await expect(reachJob.run(options, idle)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: target: expected a condition on the state; got F[0,3] dock]`,
  );
});
