import { bernoulli, multiply, type Tensor, where } from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import { type Layer, type Mode, type Nothing, stateless } from "../layer.ts";

/** @throws OrreryError `argument` unless `rate` is in [0, 1). */
export function checkRate(where: string, rate: number): void {
  if (rate >= 0 && rate < 1) return;
  throw new OrreryError("argument", `${where}: rate must be in [0, 1); got ${rate}`);
}

/** `x` with elements dropped as `dropout` tells. @throws OrreryError `argument` naming `name` when training without a key. */
export function dropped(name: string, x: Tensor, rate: number, { training, key }: Mode): Tensor {
  if (!training || rate === 0) return x;
  if (key === undefined) {
    throw new OrreryError("argument", `${name}: training with rate ${rate} needs a key; got none`, {
      hint: "Apply the layer with { training: true, key } and a new key at every step.",
    });
  }
  return where(bernoulli(key, 1 - rate, x.shape), multiply(x, 1 / (1 - rate)), 0);
}

/**
 * Dropout (Srivastava et al. 2014): in training each element becomes 0 with probability `rate` and the others are divided by `1 − rate`,
 * which keeps the mean; otherwise the identity. Any shape.
 * @throws OrreryError `argument` unless `rate` is in [0, 1); applied, when training without `mode.key`.
 */
export function dropout(rate: number): Layer<Nothing, Nothing> {
  checkRate("dropout", rate);
  return stateless<Nothing>({ initialize: () => ({}), apply: (_, x, mode) => dropped("dropout", x, rate, mode) });
}
