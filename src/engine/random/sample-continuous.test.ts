import { expect, test } from "vitest";
import { Key, key } from "./key.ts";
import { sampleBits, sampleBitsInto, sampleGumbel, sampleNormal, sampleUniform, sampleUniformInto } from "./sample.ts";

const n = 100_000;
const dtypes = ["float32", "float64"] as const;
const samplers = { sampleUniform, sampleNormal, sampleGumbel };

function moments(x: ArrayLike<number>): { mean: number; variance: number; skewness: number; kurtosis: number } {
  const values = Float64Array.from(x);
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const central = (power: number) => values.reduce((sum, v) => sum + (v - mean) ** power, 0) / values.length;
  const variance = central(2);
  return { mean, variance, skewness: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
}

/** Kolmogorov and Smirnov's statistic times √n; above 1.95 once in a thousand samples. */
function kolmogorov(x: ArrayLike<number>, distribution: (v: number) => number): number {
  const sorted = Float64Array.from(x).sort();
  let worst = 0;
  for (let i = 0; i < sorted.length; i++) {
    const p = distribution(sorted[i]);
    worst = Math.max(worst, p - i / sorted.length, (i + 1) / sorted.length - p);
  }
  return worst * Math.sqrt(sorted.length);
}

/** Φ by Marsaglia's series. */
function normalDistribution(x: number): number {
  if (Math.abs(x) > 7) return x > 0 ? 1 : 0;
  let sum = x;
  let term = x;
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);
}

function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const a = moments(x);
  const b = moments(y);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] - a.mean) * (y[i] - b.mean);
  return sum / x.length / Math.sqrt(a.variance * b.variance);
}

function hex(values: ArrayBufferView): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex");
}

test("samples have stored bits on every machine", () => {
  expect(hex(sampleBits(key(7), 4))).toBe("8b6417d8804d867448d9186d30cec3e7");
  expect(hex(sampleUniform(key(7), 4))).toBe("6417583f9a0ce93eb231da3ecec3673f");
  expect(hex(sampleUniform(key(7), 2, "float64"))).toBe("3619d291ec02eb3f701e3e573646db3f");
  expect(hex(sampleNormal(key(7), 4))).toBe("9774cdbe3a9ae63d37a03e3e0c5275be");
  expect(hex(sampleNormal(key(7), 2, "float64"))).toBe("3a2310dc92aed9bf126b04dd06d4c73f");
  expect(hex(sampleGumbel(key(7), 4))).toBe("a034e33fa42d753e63e2223e3db71340");
  expect(hex(sampleGumbel(key(7), 2, "float64"))).toBe("a64d6efe9366fc3f1b83365b4c5cc43f");
});

test("a sample is the beginning of every longer one, across the pieces it is made in", () => {
  for (const sample of Object.values(samplers)) {
    for (const dtype of dtypes) {
      const long = sample(key(3), 5001, dtype);
      for (const length of [0, 1, 7, 2047, 2048, 2049, 5000]) {
        expect(hex(sample(key(3), length, dtype))).toBe(hex(long.slice(0, length)));
      }
    }
  }
  expect(sampleBits(key(3), 5001).slice(0, 2049)).toEqual(sampleBits(key(3), 2049));
});

test.each(dtypes)("uniform numbers are uniform in %s, and below 1", (dtype) => {
  const x = sampleUniform(key(11), n, dtype);
  expect(x.every((v) => v >= 0 && v < 1)).toBe(true);
  expect(kolmogorov(x, (v) => v)).toBeLessThan(1.95);
  expect(moments(x).mean).toBeCloseTo(0.5, 2);
});

test.each(dtypes)("normal numbers are normal in %s", (dtype) => {
  const x = sampleNormal(key(12), n, dtype);
  const { mean, variance, skewness, kurtosis } = moments(x);
  expect(kolmogorov(x, normalDistribution)).toBeLessThan(1.95);
  expect(Math.abs(mean)).toBeLessThan(0.015);
  expect(Math.abs(variance - 1)).toBeLessThan(0.02);
  expect(Math.abs(skewness)).toBeLessThan(0.04);
  expect(Math.abs(kurtosis - 3)).toBeLessThan(0.08);
});

test.each(dtypes)("gumbel numbers have Gumbel's distribution in %s", (dtype) => {
  const x = sampleGumbel(key(13), n, dtype);
  expect(kolmogorov(x, (v) => Math.exp(-Math.exp(-v)))).toBeLessThan(1.95);
  expect(moments(x).mean).toBeCloseTo(0.5772, 1);
});

test("extreme words stay finite in both tails", () => {
  const x = sampleNormal(key(1), 2_000_000);
  const largest = x.reduce((a, b) => Math.max(a, b));
  const smallest = x.reduce((a, b) => Math.min(a, b));
  expect(largest).toBeGreaterThan(4.5);
  expect(smallest).toBeLessThan(-4.5);
  expect(Math.max(largest, -smallest)).toBeLessThan(6.4);
});

test("neighbours in a sample, and samples of related keys, are uncorrelated", () => {
  const base = key(21);
  const x = sampleUniform(base, n, "float64");
  expect(Math.abs(correlation(x.subarray(1), x.subarray(0, n - 1)))).toBeLessThan(0.015);
  for (const other of [key(22), base.fold(0), base.fold(1), ...base.split(2), base.fold(0).fold(0)]) {
    expect(Math.abs(correlation(x, sampleUniform(other, n, "float64")))).toBeLessThan(0.015);
  }
});

test("filling an array gives what allocating one gives", () => {
  const out = new Float32Array(100);
  expect(sampleUniformInto(key(5), out)).toBe(out);
  expect(out).toEqual(sampleUniform(key(5), 100));
  expect(sampleBitsInto(key(5), new Uint32Array(9))).toEqual(sampleBits(key(5), 9));
});

test("a wrong count and a symbolic key are named", () => {
  expect(() => sampleUniform(key(1), -1)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: sampleUniform: the number of elements must be a non-negative integer; got -1]`,
  );
  expect(() => sampleNormal(Key.placeholder({}), 3)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: key: placeholder has no value while a function is traced]`,
  );
});
