import { OrreryError } from "../../../errors.ts";
import { TimeSlice } from "../../../time-slice.ts";
import type { IsingModel } from "../model.ts";
import { type FrontierPlan, frontierPlan } from "./frontier-plan.ts";
import { MinimumTransfer } from "./minimum-transfer.ts";
import { LinearTransfer, LogTransfer, largestLinearExponent } from "./sum-transfer.ts";

/** What is asked of the transfer matrix. */
export interface TransferMatrixOptions {
  /** Temperatures at which ln Z is wanted; default none. */
  readonly betas?: readonly number[];
  /** Whether a ground state is wanted beside its energy, which takes a bit of memory a step and frontier state; default true. */
  readonly hasState?: boolean;
  /** Open spins at most, of which 2^width numbers are kept; default 24. */
  readonly largestWidth?: number;
  readonly signal?: AbortSignal;
  /** Told the share that is done. */
  readonly observer?: (share: number) => void;
}

/** What the transfer matrix finds. */
export interface TransferMatrixResult {
  /** Spins open at once at the widest place. */
  readonly width: number;
  readonly groundEnergy: number;
  /** One state of that energy, where it was asked for. */
  readonly groundState: Int8Array | undefined;
  /** ln Z at each β. */
  readonly lnZ: readonly number[];
}

/** One pass over the spins. */
interface Transfer {
  step(index: number): void;
}

/**
 * Exact ground energy and partition function of a model that few spins cut in two at every place: strips of a lattice, open or
 * periodic, chains, trees. One spin after the other is taken up and summed out: `(min, +)` for the energy, `(+, ×)` for Z, in
 * logarithms where β is so large that products would underflow. An L × M lattice takes L M 2^L steps, 2^{2L} round a torus's long way.
 * @throws OrreryError `argument` for a model that is too wide or β that is not a finite number ≥ 0, `cancelled` on abort.
 */
export async function transferMatrix(
  model: IsingModel,
  { betas = [], hasState = true, largestWidth = 24, signal, observer }: TransferMatrixOptions = {},
): Promise<TransferMatrixResult> {
  const wrong = betas.find((beta) => !(beta >= 0 && Number.isFinite(beta)));
  if (wrong !== undefined) {
    throw new OrreryError("argument", `transfer matrix: expected β, a finite number of at least 0; got ${wrong}`);
  }
  const plan = frontierPlan(model, largestWidth);
  const minimum = new MinimumTransfer(model, plan, hasState);
  const exponent = openCoupling(model, plan);
  const sums = betas.map((beta) =>
    beta * exponent > largestLinearExponent
      ? new LogTransfer(model, plan, beta)
      : new LinearTransfer(model, plan, beta),
  );
  const passes: Transfer[] = [minimum, ...sums];
  const total = passes.length * plan.steps.length;
  const slice = new TimeSlice(50);
  for (const [p, pass] of passes.entries()) {
    for (let index = 0; index < plan.steps.length; index++) {
      pass.step(index);
      if (!slice.isOver) continue;
      observer?.((p * plan.steps.length + index + 1) / total);
      await slice.next();
      if (signal?.aborted) throw new OrreryError("cancelled", "transfer matrix: cancelled");
    }
  }
  const groundState = minimum.state();
  return {
    width: plan.width,
    groundEnergy: groundState === undefined ? minimum.energy : model.energy(groundState),
    groundState,
    lnZ: sums.map((sum) => sum.lnZ),
  };
}

/** The most that the open spins' couplings to those that come can change an energy: frontier states further apart never meet again. */
function openCoupling(model: IsingModel, { steps }: FrontierPlan): number {
  const isTaken = new Uint8Array(model.spins);
  let [open, most] = [0, 0];
  for (const { spin } of steps) {
    for (let k = model.rowStart[spin]; k < model.rowStart[spin + 1]; k++) {
      open += (isTaken[model.neighbors[k]] === 1 ? -2 : 2) * Math.abs(model.couplings[k]);
    }
    isTaken[spin] = 1;
    most = Math.max(most, open + 2 * Math.abs(model.fields[spin]));
  }
  return most;
}
