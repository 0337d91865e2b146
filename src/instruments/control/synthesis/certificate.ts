import { type System, withDisturbanceScale } from "../reachability/dynamics.ts";
import type { Accuracy } from "../reachability/scheme.ts";
import { describeSet } from "../reachability/sets.ts";
import { printFormula } from "../stl/printer.ts";
import type { DisturbanceBound } from "./largest-disturbance.ts";
import type { ControlProblem } from "./problem.ts";
import type { Rollout } from "./rollout.ts";
import type { SegmentBound } from "./segment-bounds.ts";

/** What is claimed of a disturbance bound, and on what grounds. */
export interface Certificate {
  readonly formula: string;
  readonly system: string;
  readonly start: Readonly<Record<string, number>>;
  /** The largest disturbance scale found to hold. */
  readonly delta: number;
  /** The disturbances of that scale, as people write them. */
  readonly disturbances: string;
  /** The smallest found to fail. */
  readonly failsAt: number;
  readonly value: number;
  readonly margin: number;
  readonly grid: readonly number[];
  readonly scheme: Accuracy;
  /** Whether the formula lies in the fragment whose recursion is sound. */
  readonly isSoundFragment: boolean;
  readonly remarks: readonly string[];
  /** `δ*` on the grid with half the points, and how far the two are apart; absent when it was not computed. */
  readonly coarseDelta?: number;
  readonly convergence?: number;
  /** Bounds of parts of the time that hold together; absent when they were not computed. */
  readonly segments?: readonly SegmentBound[];
  /** Roll-outs that the monitor judged, and the smallest robustness among them. */
  readonly rollouts: number;
  readonly violations: number;
  readonly leastRobustness: number;
}

/** The disturbances of a scale, as people write them. */
function disturbancesOf(system: System, scale: number): string {
  const { disturbances } = withDisturbanceScale(system, scale);
  return disturbances.map(describeSet).join(", ") || "none";
}

/** Puts the certificate together. The coarse `δ*` is the largest coarse trial that held. */
export function certify(
  { task, spec, isGuaranteed, remarks }: ControlProblem,
  bound: DisturbanceBound,
  evidence: {
    readonly margin: number;
    readonly scheme: Accuracy;
    readonly rollouts: readonly Rollout[];
    readonly segments?: readonly SegmentBound[];
  },
): Certificate {
  const { margin, scheme, rollouts, segments = [] } = evidence;
  const coarse = bound.trials.filter((t) => t.grid === "coarse" && t.value >= margin).map((t) => t.delta);
  const coarseDelta = coarse.length === 0 ? undefined : Math.max(...coarse);
  const found = rollouts.map((r) => r.robustness);
  return {
    formula: printFormula(task.formula),
    system: task.system.name,
    start: spec.start,
    delta: bound.delta,
    disturbances: disturbancesOf(task.system, Math.max(0, bound.delta)),
    failsAt: bound.failsAt,
    value: bound.value,
    margin,
    grid: task.grid.shape,
    scheme,
    isSoundFragment: isGuaranteed,
    remarks,
    ...(coarseDelta === undefined ? {} : { coarseDelta, convergence: Math.abs(bound.delta - coarseDelta) }),
    ...(segments.length === 0 ? {} : { segments }),
    rollouts: rollouts.length,
    violations: found.filter((r) => r < 0).length,
    leastRobustness: found.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...found),
  };
}
