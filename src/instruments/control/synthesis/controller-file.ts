import { decodeNpz, encodeNpz } from "../../../data/index.ts";
import { NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { Values } from "../reachability/grid.ts";
import type { TimeSlices } from "../reachability/value-function.ts";
import type { Formula } from "../stl/formula.ts";
import { PlanController } from "./controller.ts";
import type { OutsideFragment } from "./plan.ts";
import { type ControlProblem, type ProblemSpec, readProblem } from "./problem.ts";
import type { SolvedGoal, ValueTree } from "./value-tree.ts";

/** What a controller was made for, beside its problem. */
export interface ControllerRecord {
  readonly delta: number;
  readonly margin: number;
  readonly detail: number;
  readonly isGuaranteed: boolean;
}

/** A controller with everything it needs. */
export interface SavedController extends ControllerRecord {
  readonly problem: ControlProblem;
  readonly tree: ValueTree;
}

/** The tree with the names of arrays in place of values. */
type TreeOutline =
  | { readonly kind: "state"; readonly formula: Formula; readonly values: string }
  | {
      readonly kind: "tasks";
      readonly goals: readonly (Omit<SolvedGoal, "target"> & { readonly target: TreeOutline })[];
      readonly pending: readonly (readonly [set: number, array: string])[];
    }
  | { readonly kind: "release"; readonly slices: string }
  | { readonly kind: "choice" | "naive"; readonly parts: readonly TreeOutline[] };

const format = "orrery controller 1";

interface Outline extends ControllerRecord {
  readonly format: typeof format;
  readonly problem: ProblemSpec;
  readonly tree: TreeOutline;
}

/**
 * A controller as an npz file: `outline` is JSON text, every other array float32 values `[slices, …grid]` (`V` at increasing
 * times `name/times` after its plan begins) or `[…grid]` (conditions on the state).
 */
export function encodeController(saved: SavedController): Uint8Array {
  const arrays: Record<string, NdArray> = {};
  const { shape } = saved.problem.task.grid;
  const keep = (values: readonly Values[], times?: readonly number[]): string => {
    const name = `v${Object.keys(arrays).filter((n) => !n.includes("/")).length}`;
    const size = values[0].length;
    const data = new Float32Array(values.length * size);
    values.forEach((slice, i) => {
      data.set(slice, i * size);
    });
    arrays[name] = new NdArray(data, times === undefined ? shape : [values.length, ...shape]);
    if (times !== undefined) arrays[`${name}/times`] = new NdArray(Float64Array.from(times), [times.length]);
    return name;
  };
  const outline: Outline = {
    format,
    problem: saved.problem.spec,
    tree: outlineOf(saved.tree, keep),
    delta: saved.delta,
    margin: saved.margin,
    detail: saved.detail,
    isGuaranteed: saved.isGuaranteed,
  };
  return encodeNpz({ ...arrays, outline: new NdArray(new TextEncoder().encode(JSON.stringify(outline, writeNumber))) });
}

function outlineOf(
  tree: ValueTree,
  keep: (values: readonly Values[], times?: readonly number[]) => string,
): TreeOutline {
  const slices = ({ times, values }: TimeSlices) => {
    const isFalling = times.length > 1 && times[1] < times[0];
    return isFalling ? keep([...values].reverse(), [...times].reverse()) : keep(values, times);
  };
  switch (tree.kind) {
    case "state":
      return { ...tree, values: keep([tree.values]) };
    case "release":
      return { kind: "release", slices: slices(tree.slices) };
    case "choice":
      return { kind: "choice", parts: tree.options.map((part) => outlineOf(part, keep)) };
    case "naive":
      return { kind: "naive", parts: tree.parts.map((part) => outlineOf(part, keep)) };
    case "tasks":
      return {
        kind: "tasks",
        goals: tree.goals.map((goal) => ({ ...goal, target: outlineOf(goal.target, keep) })),
        pending: [...tree.pending].map(([set, values]) => [set, slices(values)] as const),
      };
  }
}

/** JSON has no infinite numbers, which the open sides of a box are: they are written as texts. */
const writeNumber = (_: string, value: unknown) =>
  value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY ? String(value) : value;
const readNumber = (_: string, value: unknown) =>
  value === "Infinity" || value === "-Infinity" ? Number(value) : value;

function readOutline(text: string, source: string): Outline {
  let got = "text that is no JSON";
  try {
    const outline = JSON.parse(text, readNumber) as Outline;
    if (outline?.format === format) return outline;
    got = JSON.stringify(outline?.format ?? "no format");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new OrreryError("format", `${source}: expected an outline of the format "${format}"; got ${got}`, {
    hint: "Write the controller again with control synthesize of this version.",
  });
}

/** Reads what `encodeController` wrote. @throws OrreryError `format` for another file. */
export function decodeController(bytes: Uint8Array, source = "controller"): SavedController {
  const file = decodeNpz(bytes, source);
  if (!file.names.includes("outline")) {
    throw new OrreryError(
      "format",
      `${source}: expected a controller with an array "outline"; got ${file.names.slice(0, 5).join(", ")}`,
      {
        hint: "Controllers are written by control synthesize, as controller.npz.",
      },
    );
  }
  const outline = readOutline(new TextDecoder().decode(file.array("outline").data as Uint8Array), source);
  const { delta, margin, detail, isGuaranteed } = outline;
  const outside: OutsideFragment = isGuaranteed ? "refuse" : "approximate";
  const problem = readProblem(outline.problem, { detail, outside });
  const values = (name: string) => file.array(name).data as Float32Array;
  const slices = (name: string): TimeSlices => {
    const times = [...(file.array(`${name}/times`).data as Float64Array)];
    const all = values(name);
    const size = all.length / times.length;
    return { times, values: times.map((_, i) => all.subarray(i * size, (i + 1) * size)) };
  };
  const treeOf = (part: TreeOutline): ValueTree => {
    switch (part.kind) {
      case "state":
        return { ...part, values: values(part.values) };
      case "release":
        return { kind: "release", slices: slices(part.slices) };
      case "choice":
        return { kind: "choice", options: part.parts.map(treeOf) };
      case "naive":
        return { kind: "naive", parts: part.parts.map(treeOf) };
      case "tasks":
        return {
          kind: "tasks",
          goals: part.goals.map((goal) => ({ ...goal, target: treeOf(goal.target) })),
          pending: new Map(part.pending.map(([set, name]) => [set, slices(name)])),
        };
    }
  };
  return { problem, tree: treeOf(outline.tree), delta, margin, detail, isGuaranteed };
}

/** The controller of a file, ready to decide. */
export function controllerOf({ problem, tree, delta }: SavedController): PlanController {
  return new PlanController(problem.task, tree, delta);
}
