import { encodeCsv } from "../../../data/index.ts";
import { NdArray } from "../../../engine/index.ts";
import type { JobContext } from "../../../lab/index.ts";
import { type Grid, stateAt } from "../reachability/index.ts";
import { mapFigure } from "../report/values.ts";
import { disturbanceMap, type MapProgress } from "../synthesis/disturbance-map.ts";
import { coarsen, type DisturbanceBound } from "../synthesis/largest-disturbance.ts";
import type { ControlProblem } from "../synthesis/problem.ts";
import { solverSettings } from "./solver-settings.ts";
import type { SynthesisSettings } from "./synthesize.ts";

/** Draws the largest disturbance over all starts, on half the points where there are three states or more; resumes level by level. */
export async function drawMap(
  problem: ControlProblem,
  bound: DisturbanceBound,
  settings: SynthesisSettings,
  context: JobContext,
): Promise<void> {
  const { margin, mapLevels } = settings;
  const grid = problem.task.grid.axes.length > 2 ? coarsen(problem.task.grid) : problem.task.grid;
  const found = Number.isFinite(bound.delta) ? bound.delta : 0;
  const last = Math.min(settings.most, Math.max(1.5 * found, 4 * settings.tolerance));
  const levels = Array.from({ length: mapLevels }, (_, i) => (last * i) / (mapLevels - 1));
  const store = context.checkpoints<SavedMap>("map");
  const saved = await store.load();
  const task = { ...problem.task, grid };
  const map = await disturbanceMap(problem, task, {
    ...solverSettings(settings, context, "map"),
    ...{ margin, levels },
    onLevel: async (known) => await store.save(savedOf(known)),
    ...(saved === undefined ? {} : { known: knownOf(saved) }),
  });
  context.figure(mapFigure(problem, grid, map.delta));
  await context.artifact(
    "disturbance-map.csv",
    mapCsv(grid, map.delta),
    "The largest disturbance that each grid point survives; −inf where none.",
  );
}

/** A map so far, as it is kept. */
interface SavedMap {
  readonly done: number;
  readonly arrays: Readonly<Record<"delta" | "atLeast" | "excess", NdArray>>;
}

function savedOf({ done, delta, atLeast, excess }: MapProgress): SavedMap {
  return {
    done,
    arrays: { delta: new NdArray(delta), atLeast: new NdArray(atLeast), excess: new NdArray(excess) },
  };
}

function knownOf({ done, arrays }: SavedMap): MapProgress {
  const numbers = ({ data }: NdArray) => data as Float64Array;
  return {
    done,
    delta: numbers(arrays.delta),
    atLeast: numbers(arrays.atLeast),
    excess: numbers(arrays.excess),
  };
}

function mapCsv(grid: Grid, delta: Float64Array): string {
  const states = grid.axes.map((_, a) => Float64Array.from(delta, (_, k) => stateAt(grid, k)[a]));
  const columns = grid.axes.map(({ name }, a) => ({ name, kind: "number" as const, values: states[a] }));
  return encodeCsv([...columns, { name: "delta", kind: "number", values: delta }]);
}
