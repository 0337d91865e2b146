/** Prime factors of `n ≥ 1` with their exponents, smallest prime first. */
export function primeFactors(n: number): [prime: number, exponent: number][] {
  const found: [number, number][] = [];
  let rest = n;
  for (let p = 2; p * p <= rest; p++) {
    let exponent = 0;
    while (rest % p === 0) {
      rest /= p;
      exponent++;
    }
    if (exponent > 0) found.push([p, exponent]);
  }
  if (rest > 1) found.push([rest, 1]);
  return found;
}

/** Ordered ways to write `n` as a product of `slots` positive factors: `Π_p C(e_p + slots − 1, slots − 1)`. */
export function countFactorizations(n: number, slots: number): bigint {
  if (slots === 0) return n === 1 ? 1n : 0n;
  return primeFactors(n).reduce((product, [, e]) => product * choose(e + slots - 1, slots - 1), 1n);
}

/** Every ordered factorisation of `n` over `slots` positive factors, first slot varying slowest, each ascending. */
export function* factorizations(n: number, slots: number): Generator<number[]> {
  if (slots === 0) {
    if (n === 1) yield [];
    return;
  }
  if (slots === 1) {
    yield [n];
    return;
  }
  for (const first of divisors(n)) {
    for (const rest of factorizations(n / first, slots - 1)) yield [first, ...rest];
  }
}

/** The divisors of `n`, ascending. */
export function divisors(n: number): number[] {
  let all = [1];
  for (const [p, exponent] of primeFactors(n)) {
    all = all.flatMap((d) => Array.from({ length: exponent + 1 }, (_, e) => d * p ** e));
  }
  return all.sort((a, b) => a - b);
}

function choose(n: number, k: number): bigint {
  let c = 1n;
  for (let i = 1; i <= k; i++) c = (c * BigInt(n - k + i)) / BigInt(i);
  return c;
}
