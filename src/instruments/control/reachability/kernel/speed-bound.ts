import { type Kernel, largestLanes } from "./kernel.ts";
import type { KernelExports } from "./web-assembly.ts";

/** The largest speeds on a grid. */
export interface SpeedBound {
  /** `max Σ αᵢ/Δxᵢ`, of one point or, with global dissipation, of the largest `αᵢ`: the inverse of the largest stable step. */
  readonly rate: number;
  /** `max αᵢ` of each axis. */
  readonly speeds: readonly number[];
}

/** The speed bound of the dynamics in a kernel's tables. Not a number where the dynamics are not. */
export function measureSpeeds(kernel: Kernel, exports: KernelExports, memory: ArrayBufferLike): SpeedBound {
  const { layout, scratch, scheme } = kernel;
  const { axes } = kernel.problem.grid;
  exports.bound(0, layout.rows, scratch[0]);
  const [local, ...speeds] = largestLanes(layout, memory, scratch[0], 1 + axes.length);
  const rate = scheme.dissipation === "global" ? speeds.reduce((sum, s, a) => sum + s / axes[a].spacing, 0) : local;
  return { rate, speeds };
}
