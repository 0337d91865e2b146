import type { IsingModel } from "../model.ts";

/** Fields and couplings of one number type; typed arrays of one kind keep the hot loops fast. */
export type KernelNumbers = Int32Array | Float64Array;

/**
 * A model as the sweeping kernels see it: `E = offset + unit · e`, `e = −Σ_{i<j} W_ij s_i s_j − Σ H_i s_i`, so that flipping
 * spin i changes e by `2 s_i f_i` with the local field `f_i = H_i + Σ_j W_ij s_j`.
 */
export interface KernelProblem {
  readonly size: number;
  readonly offset: number;
  readonly unit: number;
  readonly rowStart: Int32Array;
  readonly neighbors: Int32Array;
  readonly weights: KernelNumbers;
  readonly fields: KernelNumbers;
  /** W as a full matrix where most pairs interact. */
  readonly matrix: KernelNumbers | undefined;
  /** Whether all numbers are small integers, so that acceptance comes from a table. */
  readonly isInteger: boolean;
  /** No |f_i| is larger. */
  readonly largestField: number;
}

/** Acceptance tables are kept for local fields up to this size. */
const largestTable = 1 << 14;
/** From this share of interacting pairs on the matrix is faster than the rows. */
const denseShare = 0.5;
const largestMatrix = 8192;

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The step that all numbers are whole multiples of, found among binary and decimal fractions; undefined when there is none. */
function commonStep(values: readonly Float64Array[]): number | undefined {
  for (const scale of [1, 2, 4, 8, 10, 100, 1000, 1e4, 1e5, 1e6]) {
    let divisor = 0;
    const isWhole = values.every((list) =>
      list.every((x) => {
        const whole = Math.round(x * scale);
        if (whole / scale !== x || Math.abs(whole) > 2 ** 40) return false;
        divisor = gcd(divisor, Math.abs(whole));
        return true;
      }),
    );
    if (isWhole) return Math.max(divisor, 1) / scale;
  }
  return undefined;
}

/** Prepares a model for the kernels. */
export function kernelProblem(model: IsingModel): KernelProblem {
  const { spins: size, offset, rowStart, neighbors, couplings, fields } = model;
  const step = commonStep([couplings, fields]);
  const unit = step ?? 1;
  let largestField = 0;
  for (let i = 0; i < size; i++) {
    let sum = Math.abs(fields[i]);
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) sum += Math.abs(couplings[k]);
    largestField = Math.max(largestField, sum / unit);
  }
  const isInteger = step !== undefined && largestField <= largestTable;
  const convert = (list: Float64Array): KernelNumbers => {
    if (isInteger) return Int32Array.from(list, (x) => Math.round(x / unit));
    return step === undefined ? Float64Array.from(list) : list.map((x) => Math.round(x / unit));
  };
  const isDense = size <= largestMatrix && model.density >= denseShare;
  return {
    ...{ size, offset, unit, rowStart, neighbors, isInteger },
    weights: convert(couplings),
    fields: convert(fields),
    matrix: isDense ? convert(model.dense()) : undefined,
    largestField: isInteger ? Math.round(largestField) : largestField,
  };
}
