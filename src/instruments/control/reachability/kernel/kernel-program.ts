import { scaled, total } from "../arithmetic.ts";
import { speedBounds } from "../artificial-dissipation.ts";
import { stencilRadius, upwind } from "../finite-differences.ts";
import { hamiltonian, type Player } from "../hamiltonian.ts";
import type { PreparedProblem } from "../problem.ts";
import type { Scheme } from "../scheme.ts";
import type { Tables } from "./tables.ts";
import { VectorGraph, type VectorNode } from "./vector-graph.ts";

/** What a kernel computes at a vector of points, as nodes of one graph. */
export interface KernelProgram {
  /** `keep·V + mix·(W + Δt·L(W))`. */
  readonly next: VectorNode;
  /** `αᵢ` per axis, wherever the gradients point. */
  readonly speeds: readonly VectorNode[];
  /** `Σ αᵢ/Δxᵢ`. */
  readonly rate: VectorNode;
  /** How many operations on vectors `next` takes. */
  readonly operations: number;
}

/** Names of the inputs of a program. */
export const inputName = {
  /** The value `offset` points along an axis. */
  value: (axis: number, offset: number) => (offset === 0 ? "value" : `value ${axis} ${offset}`),
  /** The value at the start of the step. */
  start: "start",
  keep: "keep",
  mix: "mix",
  /** `mix·Δt`. */
  mixedStep: "mixed step",
  globalSpeed: (axis: number) => `speed ${axis}`,
} as const;

/** The formulas of a solution for the dynamics, scheme and grid of a problem. */
export function kernelProgram(problem: PreparedProblem, scheme: Scheme, tables: Tables): KernelProgram {
  const graph = new VectorGraph();
  const { system, grid, modes, direction, evolution } = problem;
  const lower = (rows: PreparedProblem["system"]["controlMatrix"]) =>
    rows.map((row) => row.map((e) => tables.lower(graph, e)));
  const drift = system.drift.map((e) => tables.lower(graph, e));
  const players: Player<VectorNode>[] = [
    { matrix: lower(system.controlMatrix), sets: system.controls, mode: modes.control },
    { matrix: lower(system.disturbanceMatrix), sets: system.disturbances, mode: modes.disturbance },
  ];
  const r = stencilRadius[scheme.derivative];
  const sides = grid.axes.map(({ spacing }, a) => {
    const offsets = Array.from({ length: 2 * r + 1 }, (_, k) => k - r);
    return upwind(
      graph,
      scheme.derivative,
      offsets.map((k) => graph.input(inputName.value(a, k), 2)),
      spacing,
    );
  });
  const half = (a: number, node: VectorNode) => graph.putAside(scaled(graph, 1 / (2 * grid.axes[a].spacing), node));
  const mean = sides.map(([left, right], a) => half(a, graph.add(left, right)));
  const halfJump = sides.map(([left, right], a) => half(a, graph.subtract(right, left)));
  const speeds = speedBounds(graph, drift, players);
  const alpha = {
    global: () => grid.axes.map((_, a) => graph.input(inputName.globalSpeed(a), 1)),
    local: () => speeds,
    "local-local": () => speedBounds(graph, drift, players, { mean, halfJump }),
  }[scheme.dissipation]();
  const h = hamiltonian(graph, drift, players, mean);
  const dissipation = total(
    graph,
    alpha.map((a, i) => graph.multiply(a, halfJump[i])),
  );
  const free = direction < 0 ? graph.add(dissipation, h) : graph.subtract(dissipation, h);
  const change =
    evolution === "free" ? free : graph[evolution === "nonincreasing" ? "min" : "max"](free, graph.constant(0));
  const next = total(graph, [
    graph.multiply(graph.input(inputName.keep, 1), graph.input(inputName.start, 2)),
    graph.multiply(graph.input(inputName.mix, 1), graph.input(inputName.value(0, 0), 2)),
    graph.multiply(graph.input(inputName.mixedStep, 1), change),
  ]);
  const rate = total(
    graph,
    speeds.map((s, i) => scaled(graph, 1 / grid.axes[i].spacing, s)),
  );
  return { next, speeds, rate, operations: countOperations(next) };
}

function countOperations(root: VectorNode, seen: Set<VectorNode> = new Set()): number {
  if (seen.has(root) || root.rate < 2) return 0;
  seen.add(root);
  return root.operands.reduce((sum, operand) => sum + countOperations(operand, seen), 1);
}
