import { OrreryError } from "../../../errors.ts";
import type { IsingModel } from "../model.ts";
import type { NetworkFlags } from "./network-options.ts";

/** Weights of the widest layer that are trained in reasonable time and memory. */
const mostWeights = 2 ** 26;

/** @throws OrreryError `argument` for a network too large to be trained. @param where the job, @param instead what to do without one */
export function requireNetworkSize(
  { spins }: IsingModel,
  { network: { width, depth } }: NetworkFlags,
  { where, instead }: { readonly where: string; readonly instead: string },
): void {
  const widest = depth === 1 ? 1 : depth === 2 ? width : width * width;
  if (widest * spins ** 2 <= mostWeights) return;
  const most = Math.floor(Math.sqrt(mostWeights / widest));
  throw new OrreryError(
    "argument",
    `${where}: a masked network of width ${width} is trained on up to ${most} variables; got ${spins}`,
    { hint: `${instead}, or take a narrower network.` },
  );
}
