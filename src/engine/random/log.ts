const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);
/** Where a double's sign, exponent and upper mantissa lie: the second word on little-endian machines. */
const high = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * `powers[1023 + k]` is 2^-k for normal doubles' exponents k. Scaling by a factor is exact, and twice as fast as writing
 * an exponent back, for which the processor would wait until the store has left its queue.
 */
const powers = new Float64Array(2047);
powers[1023] = 1;
for (let i = 1; i <= 1023; i++) {
  powers[1023 + i] = powers[1022 + i] * 0.5;
  powers[1023 - i] = powers[1024 - i] * 2;
}

/**
 * The natural logarithm of a positive, normal, finite double, with an error below one unit in the last place.
 * Unlike `Math.log`, whose result the language leaves to the engine, this one has the same bits everywhere: it is made
 * of additions, multiplications, one division and bit manipulation, all of which IEEE 754 rounds in one way only.
 *
 * x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), and log(1 + f) = f - f²/2 + s (f²/2 + R(s²)) with s = f / (2 + f),
 * where R is the minimax polynomial of Sun's fdlibm `e_log.c`.
 */
export function deterministicLog(x: number): number {
  scratch[0] = x;
  const k = ((words[high] + (0x3ff00000 - 0x3fe6a09e)) >>> 20) - 1023;
  const f = x * powers[1023 + k] - 1;
  const halfSquare = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  return s * (halfSquare + (even + odd)) + k * 1.9082149292705877e-10 - halfSquare + f + k * 0.6931471803691238;
}
