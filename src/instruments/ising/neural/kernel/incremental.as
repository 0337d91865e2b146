// AssemblyScript, compiled by scripts/build-kernels.ts.
// Ancestral sampling of a masked network, one spin after the other, for a tile of samples that lie side by side: of every
// layer only the rows of the next spin are computed, from what the spins before left, so that all spins together cost one pass.
// Feature maps are [channels][spins][tile]; weights [outputs][spins][inputs][spins], or [outputs][spins][inputs] for a layer that
// sees its own spin's channels only; the numbers are f32 or f64. A tile's row is a multiple of 64 bytes.

// The bytes of a layer's record: ten 32-bit words.
const LAYER_BYTES: usize = 40;

// acc[b] += Σ_k weights[k] · x[k][b] for one row of weights and four vectors of samples.
// @ts-ignore: decorator
@inline
function pullOneRow<T>(acc: usize, weights: usize, x: usize, step: usize, count: i32): void {
  let a0 = v128.load(acc);
  let a1 = v128.load(acc, 16);
  let a2 = v128.load(acc, 32);
  let a3 = v128.load(acc, 48);
  for (let k = 0; k < count; k++) {
    const w = v128.load_splat<T>(weights);
    a0 = v128.add<T>(a0, v128.mul<T>(w, v128.load(x)));
    a1 = v128.add<T>(a1, v128.mul<T>(w, v128.load(x, 16)));
    a2 = v128.add<T>(a2, v128.mul<T>(w, v128.load(x, 32)));
    a3 = v128.add<T>(a3, v128.mul<T>(w, v128.load(x, 48)));
    weights += sizeof<T>();
    x += step;
  }
  v128.store(acc, a0);
  v128.store(acc, a1, 16);
  v128.store(acc, a2, 32);
  v128.store(acc, a3, 48);
}

// The same for four rows, `row` bytes apart, whose sums stand `next` bytes apart, and two vectors of samples.
// @ts-ignore: decorator
@inline
function pullFourRows<T>(acc: usize, next: usize, weights: usize, row: usize, x: usize, step: usize, count: i32): void {
  const acc1 = acc + next, acc2 = acc1 + next, acc3 = acc2 + next;
  let a0 = v128.load(acc), b0 = v128.load(acc, 16);
  let a1 = v128.load(acc1), b1 = v128.load(acc1, 16);
  let a2 = v128.load(acc2), b2 = v128.load(acc2, 16);
  let a3 = v128.load(acc3), b3 = v128.load(acc3, 16);
  let w1 = weights + row, w2 = w1 + row, w3 = w2 + row;
  for (let k = 0; k < count; k++) {
    const p = v128.load(x), q = v128.load(x, 16);
    let w = v128.load_splat<T>(weights);
    a0 = v128.add<T>(a0, v128.mul<T>(w, p));
    b0 = v128.add<T>(b0, v128.mul<T>(w, q));
    w = v128.load_splat<T>(w1);
    a1 = v128.add<T>(a1, v128.mul<T>(w, p));
    b1 = v128.add<T>(b1, v128.mul<T>(w, q));
    w = v128.load_splat<T>(w2);
    a2 = v128.add<T>(a2, v128.mul<T>(w, p));
    b2 = v128.add<T>(b2, v128.mul<T>(w, q));
    w = v128.load_splat<T>(w3);
    a3 = v128.add<T>(a3, v128.mul<T>(w, p));
    b3 = v128.add<T>(b3, v128.mul<T>(w, q));
    weights += sizeof<T>();
    w1 += sizeof<T>();
    w2 += sizeof<T>();
    w3 += sizeof<T>();
    x += step;
  }
  v128.store(acc, a0);
  v128.store(acc, b0, 16);
  v128.store(acc1, a1);
  v128.store(acc1, b1, 16);
  v128.store(acc2, a2);
  v128.store(acc2, b2, 16);
  v128.store(acc3, a3);
  v128.store(acc3, b3, 16);
}

// acc[r][b] += Σ_k weights[r][k] · x[k][b] for all rows and the whole tile of `bytes`.
function pull<T>(rows: i32, acc: usize, next: usize, weights: usize, row: usize, x: usize, bytes: usize, count: i32): void {
  let r = 0;
  for (; r + 4 <= rows; r += 4) {
    for (let b: usize = 0; b < bytes; b += 32) pullFourRows<T>(acc + b, next, weights, row, x + b, bytes, count);
    acc += 4 * next;
    weights += 4 * row;
  }
  for (; r < rows; r++) {
    for (let b: usize = 0; b < bytes; b += 64) pullOneRow<T>(acc + b, weights, x + b, bytes, count);
    acc += next;
    weights += row;
  }
}

// exp(x) for −87 ≤ x ≤ 0 (Cephes expf).
// @ts-ignore: decorator
@inline
function expOf(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, scale);
}

// ln(1 + e) for 0 ≤ e ≤ 1, to the last bits of 1 (Cephes logf).
// @ts-ignore: decorator
@inline
function logOnePlus(e: v128): v128 {
  const isLarge = f32x4.gt(e, f32x4.splat(0.41421356237));
  const f = v128.bitselect(f32x4.mul(f32x4.sub(e, f32x4.splat(1)), f32x4.splat(0.5)), e, isLarge);
  const square = f32x4.mul(f, f);
  let p = f32x4.splat(7.0376836292e-2);
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-1.1514610310e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.1676998740e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-1.2420140846e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.4249322787e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-1.6668057665e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(2.0000714765e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(-2.4999993993e-1));
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, square), f);
  p = f32x4.add(f32x4.sub(p, f32x4.mul(square, f32x4.splat(0.5))), f);
  return f32x4.add(p, v128.and(isLarge, f32x4.splat(0.69314718056)));
}

// sum += term with the rounding error carried in the vectors behind (Kahan).
// @ts-ignore: decorator
@inline
function accumulate<T>(sum: usize, errors: usize, term: v128): void {
  const before = v128.load(sum);
  const corrected = v128.sub<T>(term, v128.load(errors));
  const after = v128.add<T>(before, corrected);
  v128.store(errors, v128.sub<T>(v128.sub<T>(after, before), corrected));
  v128.store(sum, after);
}

// σ(−|z|)-style pair of one vector: e = exp(−|z|) and ln(1 + e).
// @ts-ignore: decorator
@inline
function exponential<T>(magnitude: v128): v128 {
  if (sizeof<T>() == 4) return expOf(f32x4.max(f32x4.neg(magnitude), f32x4.splat(-87)));
  return f64x2(
    NativeMath.exp(-f64x2.extract_lane(magnitude, 0)),
    NativeMath.exp(-f64x2.extract_lane(magnitude, 1)),
  );
}

// @ts-ignore: decorator
@inline
function softened<T>(e: v128): v128 {
  if (sizeof<T>() == 4) return logOnePlus(e);
  return f64x2(NativeMath.log1p(f64x2.extract_lane(e, 0)), NativeMath.log1p(f64x2.extract_lane(e, 1)));
}

// The spins of one site: s = +1 where u < σ(z), its logarithmic probability and its share of the energy.
function drawSpins<T>(logits: usize, fields: usize, scale: T, uniforms: usize, spins: usize, out: usize, sums: usize, bytes: usize): void {
  const one = v128.splat<T>(<T>1), zero = v128.splat<T>(<T>0);
  const factor = v128.splat<T>(scale);
  for (let b: usize = 0; b < bytes; b += 16) {
    const field = v128.load(fields + b);
    const z = v128.add<T>(v128.load(logits + b), v128.mul<T>(factor, field));
    const magnitude = v128.abs<T>(z);
    const e = exponential<T>(magnitude);
    const inverse = v128.div<T>(one, v128.add<T>(one, e));
    const p = v128.bitselect(inverse, v128.mul<T>(e, inverse), v128.ge<T>(z, zero));
    const isUp = v128.lt<T>(v128.load(uniforms + b), p);
    const s = v128.bitselect(one, v128.neg<T>(one), isUp);
    v128.store(spins + b, s);
    v128.store(out + b, s);
    const against = v128.max<T>(v128.neg<T>(v128.mul<T>(s, z)), zero);
    accumulate<T>(sums + b, sums + bytes + b, v128.neg<T>(v128.add<T>(against, softened<T>(e))));
    accumulate<T>(sums + 2 * bytes + b, sums + 3 * bytes + b, v128.neg<T>(v128.mul<T>(s, field)));
  }
}

// The outputs of one layer for spin i. Its record: the places of input, output, weights, bias, slopes (0: no activation) and of the
// map that is added (0: none), inputs, outputs, reach (0: spins before i; 1: and i itself; 2: i alone), bytes of weights for one spin.
function advanceLayer<T>(layer: usize, i: i32, n: i32, bytes: usize): void {
  const x = <usize>load<u32>(layer), y = <usize>load<u32>(layer, 4);
  const bias = <usize>load<u32>(layer, 12), slopes = <usize>load<u32>(layer, 16);
  const residual = <usize>load<u32>(layer, 20);
  const inputs = load<i32>(layer, 24), outputs = load<i32>(layer, 28);
  const reach = load<i32>(layer, 32);
  const perSpin = <usize>load<u32>(layer, 36);
  const map = <usize>n * bytes, row = <usize>n * perSpin, site = <usize>i * bytes;
  for (let o = 0; o < outputs; o++) {
    const start = y + <usize>o * map + site, added = residual + <usize>o * map + site;
    const base = v128.load_splat<T>(bias + <usize>(o * n + i) * sizeof<T>());
    for (let b: usize = 0; b < bytes; b += 16) {
      v128.store(start + b, residual == 0 ? base : v128.add<T>(base, v128.load(added + b)));
    }
  }
  let weights = <usize>load<u32>(layer, 8) + <usize>i * perSpin;
  const perInput = perSpin / <usize>inputs;
  const count = reach == 0 ? i : reach == 1 ? i + 1 : 1;
  let from = reach == 2 ? x + site : x;
  for (let c = 0; c < inputs; c++) {
    pull<T>(outputs, y + site, map, weights, row, from, bytes, count);
    weights += perInput;
    from += map;
  }
  if (slopes == 0) return;
  const zero = v128.splat<T>(<T>0);
  for (let o = 0; o < outputs; o++) {
    const start = y + <usize>o * map + site;
    const slope = v128.load_splat<T>(slopes + <usize>(o * n + i) * sizeof<T>());
    for (let b: usize = 0; b < bytes; b += 16) {
      const a = v128.load(start + b);
      v128.store(start + b, v128.bitselect(a, v128.mul<T>(slope, a), v128.gt<T>(a, zero)));
    }
  }
}

// One tile. `job` holds 32-bit words: spins n, layers, bytes of a tile's row, bytes between rows of uniforms and of output,
// then the places of layers, couplings, fields, spins, local fields, sums, uniforms, output.
// @ts-ignore: decorator
@inline
function sampleTile<T>(job: usize, scale: T): void {
  const n = load<i32>(job), layers = load<i32>(job, 4);
  const bytes = <usize>load<u32>(job, 8), stride = <usize>load<u32>(job, 12);
  const first = <usize>load<u32>(job, 16);
  const couplings = <usize>load<u32>(job, 20), external = <usize>load<u32>(job, 24);
  const spins = <usize>load<u32>(job, 28), fields = <usize>load<u32>(job, 32), sums = <usize>load<u32>(job, 36);
  const uniforms = <usize>load<u32>(job, 40), out = <usize>load<u32>(job, 44);
  memory.fill(sums, 0, 4 * bytes);
  for (let i = 0; i < n; i++) {
    const h = v128.load_splat<T>(external + <usize>i * sizeof<T>());
    for (let b: usize = 0; b < bytes; b += 16) v128.store(fields + b, h);
    pull<T>(1, fields, 0, couplings + <usize>(i * n) * sizeof<T>(), 0, spins, bytes, i);
    let layer = first;
    for (let l = 0; l < layers; l++, layer += LAYER_BYTES) advanceLayer<T>(layer, i, n, bytes);
    const logits = <usize>load<u32>(layer - LAYER_BYTES, 4) + <usize>i * bytes;
    const site = <usize>i * stride;
    drawSpins<T>(logits, fields, scale, uniforms + site, spins + <usize>i * bytes, out + site, sums, bytes);
  }
}

export function sampleTile32(job: usize, scale: f32): void {
  sampleTile<f32>(job, scale);
}

export function sampleTile64(job: usize, scale: f64): void {
  sampleTile<f64>(job, scale);
}

// The first byte that is free for the caller.
export function freeFrom(): usize {
  return __heap_base;
}
