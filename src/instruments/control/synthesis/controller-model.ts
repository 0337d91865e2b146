import {
  add,
  cast,
  clip,
  divide,
  expandDims,
  exportModel,
  floor,
  gather,
  greaterEqual,
  input,
  minimum,
  multiply,
  NdArray,
  stack,
  subtract,
  sum,
  type Tensor,
  takeAlongAxis,
  tensor,
} from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { namesOf, type System, timeName, withDisturbanceScale } from "../reachability/dynamics.ts";
import type { Expression } from "../reachability/expression.ts";
import type { Grid } from "../reachability/grid.ts";
import type { TimeSlices } from "../reachability/value-function.ts";
import { activityOf } from "./controller.ts";
import type { SavedController } from "./controller-file.ts";
import { expressEquation, expressExtremes } from "./input-expression.ts";
import { type LookupTable, lookupTable, tableLayout, tableOrigin } from "./lookup-table.ts";
import { countSolves } from "./plan-shape.ts";
import type { ControlProblem } from "./problem.ts";
import type { ValueTree } from "./value-tree.ts";

/** What a controller may be doing, with the values that it climbs meanwhile. */
export interface ControllerMode {
  /** The goals that are pending, or `holding`. */
  readonly activity: string;
  readonly slices: TimeSlices;
}

/** Everything a controller may be doing, in the order of its plan: of a task all sets of pending goals, then what comes after a goal. */
export function controllerModes(tree: ValueTree): ControllerMode[] {
  switch (tree.kind) {
    case "state":
      return [];
    case "release":
      return [{ activity: activityOf(tree, 0, false), slices: tree.slices }];
    case "choice":
      return tree.options.flatMap(controllerModes);
    case "naive":
      return tree.parts.flatMap(controllerModes);
    case "tasks": {
      const own = [...tree.pending].map(([set, slices]) => ({ activity: activityOf(tree, set, false), slices }));
      return [...own, ...tree.goals.flatMap((goal) => controllerModes(goal.target))];
    }
  }
}

/**
 * A controller as an ONNX model that looks values up, multilinear in the states and linear in time, with central differences for the
 * gradient, as `PlanController` does it. Inputs: `state [batch, d]` in the order of the states, `time [batch]` in seconds since what is being done began,
 * `mode [batch]` (int32) as numbered by `controllerModes`. Outputs: `value [batch]`, `gradient [batch, d]`, and the inputs `control [batch, m]`
 * and `disturbance [batch, k]` that are best and worst for it (those without components are left out). Any control may be used that leaves the value afterwards
 * at least the margin; the modes, what they mean, and the margin are in the model's metadata `controller`, as JSON. Outside of the grid and of the
 * times the nearest place counts.
 * @throws OrreryError `unsupported` for equations of the inputs' effect with `atan2` or functions of one's own.
 */
export function exportController(saved: SavedController): Uint8Array {
  const { problem, tree, delta, margin, isGuaranteed } = saved;
  const { grid } = problem.task;
  const system = withDisturbanceScale(problem.task.system, delta);
  const modes = controllerModes(tree);
  const tables = modes.map(({ slices }) => lookupTable(grid, slices));
  const description = {
    system: system.name,
    states: system.states,
    controls: namesOf(system.controls),
    disturbances: namesOf(system.disturbances),
    formula: problem.spec.formula,
    ...{ delta, margin, isGuaranteed },
    modes: modes.map(({ activity }, i) => ({ activity, from: tables[i].times[0], to: tables[i].times.at(-1) })),
  };
  const decide = (p: Parameters, { state, time, mode }: Situation) => express(p, { state, time, mode }, grid, system);
  return exportModel(decide, [{ state: input([2, grid.axes.length]), time: input([2]), mode: input([2], "int32") }], {
    parameters: parametersOf(grid, tables),
    dynamicBatch: true,
    name: "controller",
    metadata: { controller: JSON.stringify(description) },
  });
}

/** @throws OrreryError `unsupported` for a plan without equations, or a system whose controllers `exportController` cannot write. */
export function checkExport({ plan, task }: Pick<ControlProblem, "plan" | "task">): void {
  if (countSolves(plan) === 0) {
    throw new OrreryError("unsupported", "exportController: expected a formula of the future; got one of the present", {
      hint: "It asks nothing of a controller: leave --onnx out.",
    });
  }
  const { states, controlMatrix, disturbanceMatrix } = task.system;
  const variables = Object.fromEntries([...states, timeName].map((name) => [name, input([1])]));
  for (const entry of [controlMatrix, disturbanceMatrix].flat(2)) expressEquation(entry, variables);
}

interface Situation {
  readonly state: Tensor;
  readonly time: Tensor;
  readonly mode: Tensor;
}

/** What the model stores. */
interface Parameters<T = Tensor> {
  /** All slices of all modes one after the other, `[slices · points]`. */
  readonly values: T;
  /** `[modes, most slices]`, filled up with a time that never comes. */
  readonly times: T;
  /** The number of a mode's first slice, and how many it has, `[modes]`. */
  readonly first: T;
  readonly count: T;
}

const never = 1e30;

function parametersOf(grid: Grid, tables: readonly LookupTable[]): Parameters<NdArray> {
  const { size } = tableLayout(grid);
  const counts = tables.map(({ times }) => times.length);
  const most = Math.max(...counts);
  const values = new Float32Array(counts.reduce((a, b) => a + b, 0) * size);
  tables
    .flatMap(({ slices }) => slices)
    .forEach((slice, i) => {
      values.set(slice, i * size);
    });
  const times = tables.flatMap((table) => Array.from({ length: most }, (_, i) => table.times[i] ?? never));
  const first = counts.map((_, m) => counts.slice(0, m).reduce((a, b) => a + b, 0));
  return {
    values: new NdArray(values),
    times: new NdArray(Float32Array.from(times), [tables.length, most]),
    first: new NdArray(Int32Array.from(first)),
    count: new NdArray(Int32Array.from(counts)),
  };
}

function express(p: Parameters, { state, time, mode }: Situation, grid: Grid, system: System) {
  const columns = grid.axes.map((_, a) => gather(state, tensor(a, "int32"), 1));
  const { base, weights } = expressCell(grid, columns);
  const moments = expressMoments(p, time, mode);
  const read = (offset: number) =>
    moments
      .map(({ slice, share }) => {
        const corner = add(
          expandDims(add(multiply(slice, tableLayout(grid).size), base), 1),
          cornerOffsets(grid, offset),
        );
        return multiply(share, sum(multiply(weights, gather(p.values, corner)), { axes: 1 }));
      })
      .reduce((a, b) => add(a, b));
  const gradient = tableLayout(grid).strides.map((stride, a) =>
    divide(subtract(read(stride), read(-stride)), 2 * grid.axes[a].spacing),
  );
  const variables = Object.fromEntries([...system.states.map((name, a) => [name, columns[a]]), [timeName, time]]);
  const along = (matrix: readonly (readonly Expression[])[], count: number, aim: 1 | -1) =>
    Array.from({ length: count }, (_, j) =>
      matrix
        .map((row, i) => multiply(multiply(expressEquation(row[j], variables), gradient[i]), aim))
        .reduce((a, b) => add(a, b)),
    );
  const control = expressExtremes(system.controls, along(system.controlMatrix, namesOf(system.controls).length, 1));
  const disturbance = expressExtremes(
    system.disturbances,
    along(system.disturbanceMatrix, namesOf(system.disturbances).length, -1),
  );
  return {
    value: read(0),
    gradient: stack(gradient, 1),
    ...(control.length === 0 ? {} : { control: stack(control, 1) }),
    ...(disturbance.length === 0 ? {} : { disturbance: stack(disturbance, 1) }),
  };
}

/** Where the corners of a cell lie in a table, from its lowest one, all moved by `offset`: `[2ᵈ]`. */
function cornerOffsets(grid: Grid, offset: number): Tensor {
  const { strides } = tableLayout(grid);
  const corners = Array.from({ length: 1 << strides.length }, (_, corner) =>
    strides.reduce((place, stride, a) => place + ((corner >> a) & 1) * stride, offset),
  );
  return tensor(corners, "int32");
}

/** The place of the lowest corner of each state's cell `[n]`, and the weights of its corners `[n, 2ᵈ]`. */
function expressCell(grid: Grid, columns: readonly Tensor[]): { readonly base: Tensor; readonly weights: Tensor } {
  const { strides } = tableLayout(grid);
  const along = grid.axes.map(({ low, spacing, points, boundary }, a) => {
    const at = divide(subtract(columns[a], low), spacing);
    const isPeriodic = boundary === "periodic";
    const inside = isPeriodic ? subtract(at, multiply(floor(divide(at, points)), points)) : clip(at, 0, points - 1);
    const cell = minimum(floor(inside), isPeriodic ? points - 1 : points - 2);
    return { cell, fraction: subtract(inside, cell) };
  });
  const base = along
    .map(({ cell }, a) => multiply(cast(cell, "int32"), strides[a]))
    .reduce((a, b) => add(a, b), tensor(tableOrigin(grid), "int32"));
  const corners = Array.from({ length: 1 << along.length }, (_, corner) =>
    along
      .map(({ fraction }, a) => (((corner >> a) & 1) === 1 ? fraction : subtract(1, fraction)))
      .reduce((a, b) => multiply(a, b)),
  );
  return { base, weights: stack(corners, 1) };
}

/** The two slices around each time, with their shares. */
function expressMoments(
  p: Parameters,
  time: Tensor,
  mode: Tensor,
): { readonly slice: Tensor; readonly share: Tensor }[] {
  const times = gather(p.times, mode);
  const last = cast(subtract(gather(p.count, mode), 1), "float32");
  const begun = sum(cast(greaterEqual(expandDims(time, 1), times), "float32"), { axes: 1 });
  const before = minimum(clip(subtract(begun, 1), 0, never), last);
  const after = minimum(add(before, 1), last);
  const timeAt = (index: Tensor) => {
    const column = expandDims(cast(index, "int32"), 1);
    return sum(takeAlongAxis(times, column, 1), { axes: 1 });
  };
  const [from, to] = [timeAt(before), timeAt(after)];
  const length = subtract(to, from);
  const share = clip(divide(subtract(time, from), add(length, cast(greaterEqual(before, last), "float32"))), 0, 1);
  const slice = (index: Tensor) => add(gather(p.first, mode), cast(index, "int32"));
  return [
    { slice: slice(before), share: subtract(1, share) },
    { slice: slice(after), share },
  ];
}
