import { formatShape, mean, sum, type Tensor } from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";

/** How a loss becomes one number: the mean, the sum, or one number an element (an example, for losses over classes). */
export type Reduction = "mean" | "sum" | "none";

export interface LossOptions {
  /** `"mean"` when left out. */
  readonly reduction?: Reduction;
}

/** The loss of each element reduced. */
export function reduceLoss(losses: Tensor, reduction: Reduction = "mean"): Tensor {
  if (reduction === "none") return losses;
  return reduction === "sum" ? sum(losses) : mean(losses);
}

/** @throws OrreryError `shape` unless both have one shape: broadcasting in a loss is nearly always a mistake. */
export function checkTargets(where: string, predictions: Tensor, targets: Tensor): void {
  if (formatShape(predictions.shape) === formatShape(targets.shape)) return;
  throw new OrreryError(
    "shape",
    `${where}: targets must have the shape of the predictions, ${formatShape(predictions.shape)}; got ${formatShape(targets.shape)}`,
    { hint: "Bring one to the other's shape with reshape or broadcastTo." },
  );
}
