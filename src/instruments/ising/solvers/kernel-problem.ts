import type { IsingModel } from "../model.ts";
import { alignedBytes, SpinKernel } from "./kernel/spin-kernel.ts";

/** Fields and couplings of one number type; typed arrays of one kind keep the hot loops fast. */
export type KernelNumbers = Int32Array | Float64Array;

/**
 * A model as the sweeping kernels see it: `E = offset + unit · e`, `e = −Σ_{i<j} W_ij s_i s_j − Σ H_i s_i`, so that flipping
 * spin i changes e by `2 s_i f_i` with the local field `f_i = H_i + Σ_j W_ij s_j`. The arrays are views of the kernel's memory.
 */
export interface KernelProblem {
  readonly size: number;
  readonly offset: number;
  readonly unit: number;
  readonly rowStart: Int32Array;
  readonly neighbors: Int32Array;
  readonly weights: KernelNumbers;
  readonly fields: KernelNumbers;
  /** Whether W stands as a matrix too, which it does where most pairs interact. */
  readonly isDense: boolean;
  /** Bytes of a row of that matrix, and of the fields of a configuration: padded with zeros to whole steps of 32. */
  readonly rowBytes: number;
  /** Whether all numbers are small integers, so that acceptance comes from a table. */
  readonly isInteger: boolean;
  /** No |f_i| is larger. */
  readonly largestField: number;
  /** Energies closer than this are the same; 0 where they have no rounding. */
  readonly tolerance: number;
  readonly kernel: SpinKernel;
  /** Where the arrays begin in its memory; `matrix` is 0 where there is none. */
  readonly address: {
    readonly rowStart: number;
    readonly neighbors: number;
    readonly weights: number;
    readonly fields: number;
    readonly matrix: number;
  };
}

/** How a model is prepared. */
export interface KernelOptions {
  /** Configurations, each with a dynamics, that will be made of it at once; default 2. */
  readonly configurations?: number;
  /** Whether the numbers are kept as float64 even where they are integers. */
  readonly isReal?: boolean;
}

/** Acceptance tables are kept for local fields up to this size. */
const largestTable = 2048;
/** From this share of interacting pairs on the matrix is faster than the rows: its additions are done several at a time. */
const denseShare = 0.2;
const largestMatrix = 8192;
/** Rounding of energies, relative to the sum of all couplings and fields. */
const rounding = 1e-11;
/** Bytes a chain may use beside its configurations, and per spin. */
const spareBytes = 4096;
const spareBytesPerSpin = 48;

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

/** The largest and the whole sum of absolute couplings and fields, by spin. */
function fieldBounds(model: IsingModel): { largest: number; total: number } {
  let [largest, total] = [0, 0];
  for (let i = 0; i < model.spins; i++) {
    let sum = Math.abs(model.fields[i]);
    for (let k = model.rowStart[i]; k < model.rowStart[i + 1]; k++) sum += Math.abs(model.couplings[k]);
    largest = Math.max(largest, sum);
    total += sum;
  }
  return { largest, total };
}

/** Prepares a model for the kernels. @throws OrreryError `runtime` where its arrays do not fit into memory. */
export function kernelProblem(model: IsingModel, options: KernelOptions = {}): KernelProblem {
  const { configurations = 2, isReal = false } = options;
  const { spins: size, offset } = model;
  const step = commonStep([model.couplings, model.fields]);
  const unit = step ?? 1;
  const { largest, total } = fieldBounds(model);
  const isInteger = !isReal && step !== undefined && largest / unit <= largestTable;
  const bytes = isInteger ? 4 : 8;
  const rowBytes = Math.ceil((size * bytes) / 32) * 32;
  const isDense = size <= largestMatrix && model.density >= denseShare;
  const entries = model.neighbors.length;
  const each = 1024 + size + rowBytes + (isInteger ? 4 * largestTable : 0);
  const spare = spareBytes + spareBytesPerSpin * size;
  const needed = entries * (bytes + 4) + (isDense ? size * rowBytes : 0) + configurations * each + spare;
  const kernel = new SpinKernel(alignedBytes(needed));
  const address = {
    rowStart: kernel.take(4 * (size + 1)),
    neighbors: kernel.take(4 * entries),
    weights: kernel.take(bytes * entries),
    fields: kernel.take(rowBytes),
    matrix: isDense ? kernel.take(size * rowBytes) : 0,
  };
  const numbers = (at: number, length: number) => (isInteger ? kernel.int32(at, length) : kernel.float64(at, length));
  const fill = (target: KernelNumbers, values: Float64Array) => {
    for (let k = 0; k < values.length; k++) target[k] = step === undefined ? values[k] : Math.round(values[k] / unit);
    return target;
  };
  const rowStart = kernel.int32(address.rowStart, size + 1);
  const neighbors = kernel.int32(address.neighbors, entries);
  rowStart.set(model.rowStart);
  neighbors.set(model.neighbors);
  const weights = fill(numbers(address.weights, entries), model.couplings);
  const fields = fill(numbers(address.fields, size), model.fields);
  const stride = rowBytes / bytes;
  for (let i = 0; isDense && i < size; i++) {
    const row = numbers(address.matrix + i * rowBytes, stride);
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) row[neighbors[k]] = weights[k];
  }
  return {
    ...{ size, offset, unit, rowStart, neighbors, weights, fields, isDense, rowBytes, isInteger, kernel, address },
    largestField: isInteger ? Math.round(largest / unit) : largest / unit,
    tolerance: step === undefined ? (rounding * total) / unit : 0,
  };
}
