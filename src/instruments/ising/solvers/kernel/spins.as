// AssemblyScript, compiled by scripts/build-kernels.ts.
// Single-spin dynamics of an Ising model: spins of −1 and +1 (i8) with the local fields f_i = H_i + Σ_j W_ij s_j, kept up to date
// at every flip. Numbers are i32 or f64. Couplings stand by rows and, where most pairs interact, as a matrix too, whose rows
// and the fields are padded with zeros to whole steps of 32 bytes.

// A configuration's record: ten 32-bit words, then its energy.
// @ts-ignore: decorator
@inline const SIZE: usize = 0;
// @ts-ignore: decorator
@inline const ROW_START: usize = 4;
// @ts-ignore: decorator
@inline const NEIGHBORS: usize = 8;
// @ts-ignore: decorator
@inline const WEIGHTS: usize = 12;
// @ts-ignore: decorator
@inline const MATRIX: usize = 16;
// @ts-ignore: decorator
@inline const ROW_BYTES: usize = 20;
// @ts-ignore: decorator
@inline const SPINS: usize = 24;
// @ts-ignore: decorator
@inline const FIELDS: usize = 28;
// @ts-ignore: decorator
@inline const ENERGY: usize = 32;

/** The first byte that data may use. */
export function freeFrom(): usize {
  return __heap_base;
}

// fields += change · row.
// @ts-ignore: decorator
@inline
function addRow<T>(fields: usize, row: usize, bytes: usize, change: T): void {
  const factor = v128.splat<T>(change);
  for (const end = fields + bytes; fields < end; fields += 32, row += 32) {
    v128.store(fields, v128.add<T>(v128.load(fields), v128.mul<T>(factor, v128.load(row))));
    v128.store(fields, v128.add<T>(v128.load(fields, 16), v128.mul<T>(factor, v128.load(row, 16))), 16);
  }
}

// The fields after spin i has become `spin`.
// @ts-ignore: decorator
@inline
function spread<T>(job: usize, i: usize, spin: i32): void {
  const change = <T>(2 * spin);
  const fields = load<usize>(job, FIELDS);
  const matrix = load<usize>(job, MATRIX);
  if (matrix != 0) {
    const bytes = load<usize>(job, ROW_BYTES);
    addRow<T>(fields, matrix + i * bytes, bytes, change);
    return;
  }
  const row = load<usize>(job, ROW_START) + (i << 2);
  const neighbors = load<usize>(job, NEIGHBORS);
  const first = <usize>load<i32>(row), last = <usize>load<i32>(row, 4);
  let weight = load<usize>(job, WEIGHTS) + first * sizeof<T>();
  for (let k = neighbors + (first << 2), end = neighbors + (last << 2); k < end; k += 4) {
    const at = fields + <usize>load<i32>(k) * sizeof<T>();
    store<T>(at, load<T>(at) + change * load<T>(weight));
    weight += sizeof<T>();
  }
}

// @ts-ignore: decorator
@inline
function flip<T>(job: usize, i: usize): void {
  const at = load<usize>(job, SPINS) + i;
  const spin = <i32>load<i8>(at);
  const rise = <f64>(<T>spin * load<T>(load<usize>(job, FIELDS) + i * sizeof<T>()));
  store<f64>(job, load<f64>(job, ENERGY) + 2 * rise, ENERGY);
  store<i8>(at, <i8>-spin);
  spread<T>(job, i, -spin);
}

export function flipInteger(job: usize, i: usize): void {
  flip<i32>(job, i);
}

export function flipReal(job: usize, i: usize): void {
  flip<f64>(job, i);
}

/** Flips spin after spin where that lowers the energy by more than `2 · least`, until no flip does; answers their number. */
function descend<T>(job: usize, least: T): i32 {
  const size = load<usize>(job, SIZE);
  const spins = load<usize>(job, SPINS);
  const fields = load<usize>(job, FIELDS);
  let flips = 0;
  for (let before = -1; before != flips; ) {
    before = flips;
    for (let i: usize = 0; i < size; i++) {
      if (<T>load<i8>(spins + i) * load<T>(fields + i * sizeof<T>()) >= least) continue;
      flip<T>(job, i);
      flips++;
    }
  }
  return flips;
}

export function descendInteger(job: usize): i32 {
  return descend<i32>(job, 0);
}

export function descendReal(job: usize, least: f64): i32 {
  return descend<f64>(job, least);
}

/**
 * One Metropolis sweep with integer fields: `thresholds[d]` is the chance of a flip with s·f = d > 0 in units of 2^-31, and no
 * flip above `largest` is made. `random` are the four words of xorshift128.
 */
export function sweepInteger(job: usize, random: usize, thresholds: usize, largest: i32): i32 {
  const size = load<usize>(job, SIZE);
  const spins = load<usize>(job, SPINS);
  const fields = load<usize>(job, FIELDS);
  let a = load<i32>(random), b = load<i32>(random, 4), c = load<i32>(random, 8), d = load<i32>(random, 12);
  let energy: i64 = 0;
  let flips = 0;
  for (let i: usize = 0; i < size; i++) {
    const spin = <i32>load<i8>(spins + i);
    const rise = spin * load<i32>(fields + (i << 2));
    if (rise > 0) {
      if (rise > largest) continue;
      const t = a ^ (a << 11);
      a = b;
      b = c;
      c = d;
      d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
      if (d >>> 1 >= load<i32>(thresholds + (<usize>rise << 2))) continue;
    }
    store<i8>(spins + i, <i8>-spin);
    spread<i32>(job, i, -spin);
    energy += rise;
    flips++;
  }
  store<f64>(job, load<f64>(job, ENERGY) + 2 * <f64>energy, ENERGY);
  store<i32>(random, a);
  store<i32>(random, b, 4);
  store<i32>(random, c, 8);
  store<i32>(random, d, 12);
  return flips;
}

/**
 * The same with real fields and chance exp(−scale · s f). u < exp(−x) is decided by u's leading zeros z wherever they decide it:
 * −ln u lies in (z ln 2, (z + 1) ln 2], so the exponential is needed for the values in between only.
 */
export function sweepReal(job: usize, random: usize, scale: f64): i32 {
  const size = load<usize>(job, SIZE);
  const spins = load<usize>(job, SPINS);
  const fields = load<usize>(job, FIELDS);
  let a = load<i32>(random), b = load<i32>(random, 4), c = load<i32>(random, 8), d = load<i32>(random, 12);
  let energy: f64 = 0;
  let flips = 0;
  for (let i: usize = 0; i < size; i++) {
    const spin = <i32>load<i8>(spins + i);
    const rise = <f64>spin * load<f64>(fields + (i << 3));
    if (rise > 0) {
      const x = scale * rise;
      if (x > 22) continue;
      const t = a ^ (a << 11);
      a = b;
      b = c;
      c = d;
      d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
      const low = <f64>clz(d) * 0.6931471805599453;
      if (x > low && (x > low + 0.6931471805599453 || <f64>(<u32>d) * 2.3283064365386963e-10 >= Math.exp(-x))) continue;
    }
    store<i8>(spins + i, <i8>-spin);
    spread<f64>(job, i, -spin);
    energy += rise;
    flips++;
  }
  store<f64>(job, load<f64>(job, ENERGY) + 2 * energy, ENERGY);
  store<i32>(random, a);
  store<i32>(random, b, 4);
  store<i32>(random, c, 8);
  store<i32>(random, d, 12);
  return flips;
}

/**
 * The flip that raises the energy least, the first of equals from `start` on: among those whose `until` is before `now`, or that
 * lead below `2 · wanted`; −1 when there is none.
 */
function choose<T>(job: usize, until: usize, now: i32, wanted: f64, start: usize): i32 {
  const spins = load<usize>(job, SPINS);
  const fields = load<usize>(job, FIELDS);
  let chosen = -1;
  let least: T = sizeof<T>() == 4 ? <T>i32.MAX_VALUE : <T>Infinity;
  let from = start, to = load<usize>(job, SIZE);
  for (let part = 0; part < 2; part++) {
    for (let i = from; i < to; i++) {
      const rise = <T>load<i8>(spins + i) * load<T>(fields + i * sizeof<T>());
      if (rise >= least) continue;
      if (load<i32>(until + (i << 2)) >= now && <f64>rise >= wanted) continue;
      least = rise;
      chosen = <i32>i;
    }
    to = start;
    from = 0;
  }
  return chosen;
}

export function chooseInteger(job: usize, until: usize, now: i32, wanted: f64, start: usize): i32 {
  return choose<i32>(job, until, now, wanted, start);
}

export function chooseReal(job: usize, until: usize, now: i32, wanted: f64, start: usize): i32 {
  return choose<f64>(job, until, now, wanted, start);
}

/** out = H + W x in float64 by the matrix or the rows; `external` is H, and x is padded with zeros like a row. */
export function pull(job: usize, external: usize, x: usize, out: usize): void {
  const size = load<usize>(job, SIZE);
  const matrix = load<usize>(job, MATRIX);
  if (matrix != 0) {
    const bytes = load<usize>(job, ROW_BYTES);
    for (let i: usize = 0; i < size; i++) {
      let row = matrix + i * bytes;
      let even = f64x2.splat(0), odd = f64x2.splat(0);
      for (let at = x, end = x + bytes; at < end; at += 32, row += 32) {
        even = f64x2.add(even, f64x2.mul(v128.load(row), v128.load(at)));
        odd = f64x2.add(odd, f64x2.mul(v128.load(row, 16), v128.load(at, 16)));
      }
      const sum = f64x2.add(even, odd);
      store<f64>(out + (i << 3), load<f64>(external + (i << 3)) + f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
    }
    return;
  }
  const rowStart = load<usize>(job, ROW_START);
  const neighbors = load<usize>(job, NEIGHBORS);
  let weight = load<usize>(job, WEIGHTS);
  let k = neighbors;
  for (let i: usize = 0; i < size; i++) {
    let sum = load<f64>(external + (i << 3));
    for (const end = neighbors + (<usize>load<i32>(rowStart + (i << 2), 4) << 2); k < end; k += 4, weight += 8) {
      sum += load<f64>(weight) * load<f64>(x + (<usize>load<i32>(k) << 3));
    }
    store<f64>(out + (i << 3), sum);
  }
}
