import { describe, expect, test } from "vitest";
import { type Architecture, defineArchitecture, defineLevel, withLevel } from "./architecture.ts";
import { evaluate } from "./evaluation.ts";
import type { Mapping } from "./mapping.ts";
import { canonicalBits, operandsPerWord, wastedBitsPerWord } from "./packing.ts";
import { attention, convolution, countComputes, type Problem, withBits } from "./problem.ts";

const toy: Architecture = defineArchitecture({
  name: "toy",
  levels: [
    defineLevel({
      name: "Buffer",
      wordBits: 8,
      entries: 64,
      readBandwidth: 3,
      writeBandwidth: 1,
      energy: { read: 0.42018, write: 0.42018 },
    }),
  ],
  arithmetic: { name: "mac", meshX: 1, meshY: 1, energyPicojoules: 0.5608 },
  timeloopVersion: "2023-fork",
});
const layer: Problem = convolution({ name: "toy", C: 1, M: 1, R: 3, S: 3, P: 4, Q: 4 });
const loops = (text: string) =>
  text.split(" ").map((t) => ({ dimension: t[0], factor: Number.parseInt(t.slice(1), 10) }));
const mapping: Mapping = [
  {
    level: "Buffer",
    keep: ["Weights", "Inputs", "Outputs"],
    spatialX: [],
    spatialY: [],
    temporal: loops("Q4 P4 R3 S3"),
  },
];

describe("evaluate", () => {
  test("the one-level toy costs what Timeloop prints, natively and packed", () => {
    const energy = (weights?: number, activations?: number) => {
      const problem = withBits(layer, { Weights: weights, Inputs: activations, Outputs: activations });
      const result = evaluate(problem, toy, mapping);
      return [result.energyPicojoules / 1e6, result.cycles, result.lastLevelAccesses];
    };
    expect(energy()[0]).toBeCloseTo(0.000316056, 9);
    expect(energy().slice(1)).toEqual([144, 560]);
    expect(energy(4, 4)[0]).toBeCloseTo(0.000198406, 9);
    expect(energy(4, 4)[2]).toBe(280);
    expect(energy(3, 8)[0]).toBeCloseTo(0.000285803, 9);
    expect(energy(3, 8)[2]).toBe(488);
  });

  test("three-bit weights in eight-bit words: 72 reads, 5 words, 10 wasted bits", () => {
    const { Weights } = evaluate(withBits(layer, { Weights: 3 }), toy, mapping).levels[0].tensors;
    expect([Weights.reads, Weights.capacity, Weights.wastedBits, Weights.operandsPerWord]).toEqual([72, 5, 10, 2]);
  });

  test("a bandwidth below the demand stretches the run by their ratio", () => {
    const slow = withLevel(toy, "Buffer", { readBandwidth: 1, writeBandwidth: Number.POSITIVE_INFINITY });
    const result = evaluate(layer, slow, mapping);
    expect(result.cycles).toBe(144 + 144 + 128);
    expect(result.utilization).toBeCloseTo(144 / 416, 12);
  });

  test("every reason why a mapping does not fit is in one message", () => {
    const small = withLevel(toy, "Buffer", { entries: 60 });
    const wide = withBits(layer, { Weights: 16 });
    expect(() => evaluate(wide, withLevel(toy, "Buffer", { entries: 40 }), mapping)).toThrow(
      "mapping does not fit: Buffer: Weights of 16 bits does not fit a word of 8 bits; Buffer: capacity: needs 52 words, has 40",
    );
    expect(() => evaluate(layer, small, mapping)).toThrow("Buffer: capacity: needs 61 words, has 60");
  });

  test("factors that miss the bound are named with their places", () => {
    const short: Mapping = [{ ...mapping[0], temporal: loops("Q4 P2 R3 S3") }];
    expect(() => evaluate(layer, toy, short)).toThrow("mapping: factors of P must multiply to 4; got 2 at Buffer = 2");
  });
});

describe("packing", () => {
  test("five-bit operands in sixteen-bit words: three to a word, one bit wasted", () => {
    expect([operandsPerWord(16, 5), wastedBitsPerWord(16, 5)]).toEqual([3, 1]);
  });

  test("widths that pack alike share the widest of them", () => {
    expect([6, 7, 8].map((q) => canonicalBits([16], q))).toEqual([8, 8, 8]);
    expect([2, 3, 4, 5].map((q) => canonicalBits([16], q))).toEqual([2, 3, 4, 5]);
    expect([3, 5].map((q) => canonicalBits([8, 1], q))).toEqual([4, 8]);
    expect(canonicalBits([8, 16], 6)).toBe(8);
  });
});

describe("problems", () => {
  test("a depthwise layer has its groups as a dimension, or is dense when compatibility is asked for", () => {
    const sizes = { C: 32, M: 32, R: 3, S: 3, P: 8, Q: 8, groups: 32 };
    expect(countComputes(convolution(sizes))).toBe(32 * 9 * 64);
    expect(convolution(sizes).dimensions[0]).toBe("G");
    expect(countComputes(convolution({ ...sizes, paperCompatible: true }))).toBe(32 * 32 * 9 * 64);
  });

  test("attention's two products do the same work", () => {
    const [scores, values] = attention({ heads: 8, queries: 64, keys: 32, width: 16 });
    expect(countComputes(scores)).toBe(8 * 64 * 32 * 16);
    expect(countComputes(values)).toBe(countComputes(scores));
  });

  test("channels that do not divide by the groups are refused", () => {
    expect(() => convolution({ C: 6, M: 8, R: 1, S: 1, P: 1, Q: 1, groups: 4 })).toThrow(
      "channels must be divisible by groups; got C=6, M=8, 4 groups",
    );
  });
});
