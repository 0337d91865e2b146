import { OrreryError } from "../../../errors.ts";

/** @throws OrreryError `argument` naming the first label that is no whole number in [0, classes). */
export function checkLabels(where: string, labels: ArrayLike<number>, classes: number): void {
  for (let i = 0; i < labels.length; i++) {
    if (Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < classes) continue;
    throw new OrreryError("argument", `${where}: example ${i}: expected a class in [0, ${classes}); got ${labels[i]}`);
  }
}

/** @throws OrreryError `argument` unless `rate` is in [0, most]. */
export function checkRate(where: string, rate: number, most = 1): void {
  if (rate >= 0 && rate <= most) return;
  throw new OrreryError("argument", `${where}: the rate must be in [0, ${most}]; got ${rate}`, {
    hint: rate > 1 && rate <= 100 ? `Write ${rate} % as ${rate / 100}.` : undefined,
  });
}
