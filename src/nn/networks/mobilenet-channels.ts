import { OrreryError } from "../../errors.ts";
import type { Activation } from "../activations.ts";
import { kaimingNormal } from "../initializers.ts";
import { conv2d } from "../layers/convolution.ts";
import { batchNorm } from "../layers/normalization.ts";
import { sequential } from "../sequential.ts";

/**
 * A multiple of 8 near `multiplier · channels`, at least 8 and not below nine tenths of it: the rule of the MobileNets' authors.
 * @throws OrreryError `argument` unless the multiplier is positive.
 */
export function scaledChannels(channels: number, multiplier: number): number {
  if (!(multiplier > 0)) {
    throw new OrreryError("argument", `mobilenet: width must be positive; got ${multiplier}`);
  }
  const wanted = channels * multiplier;
  const rounded = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}

export interface ConvNormOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly size: 1 | 3;
  readonly stride?: number;
  readonly groups?: number;
}

/** The filters of every MobileNet, padded to keep the size at stride 1, without bias, Kaiming normal (fan out). */
export function filters({ size, ...options }: ConvNormOptions) {
  const padding = (size - 1) / 2;
  return conv2d({ ...options, size, padding, bias: false, initializeWeight: kaimingNormal({ fan: "out" }) });
}

/** Convolution, batch norm, activation: entries 0 and 1 have parameters. */
export function convNorm(options: ConvNormOptions, activation: Activation) {
  return sequential(filters(options), batchNorm(options.outputs), activation);
}
