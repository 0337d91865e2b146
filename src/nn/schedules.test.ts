import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  constantRate,
  cosineDecay,
  exponentialDecay,
  linearDecay,
  multiStepDecay,
  polynomialDecay,
  type Schedule,
  stepDecay,
  warmUp,
} from "./schedules.ts";

const reference = JSON.parse(readFileSync(new URL("reference/optimisers.json", import.meta.url), "utf8"));
const ours: Readonly<Record<string, Schedule>> = {
  constant: constantRate(0.1),
  step: stepDecay(0.1, { every: 5, factor: 0.5 }),
  multistep: multiStepDecay(0.1, { milestones: [4, 9, 15], factor: 0.1 }),
  cosine: cosineDecay(0.1, { steps: 20, final: 0.001 }),
  linear: linearDecay(0.1, { steps: 10, final: 0.01 }),
  "warm-up and cosine": warmUp(cosineDecay(0.1, { steps: 16, final: 0.001 }), { steps: 4, from: 0.2 }),
};

describe("schedules", () => {
  for (const { name, rates } of reference.schedules as readonly { name: string; rates: number[] }[]) {
    it(`equal PyTorch's: ${name}`, () => {
      rates.forEach((rate, step) => {
        expect(ours[name](step)).toBeCloseTo(rate, 9);
      });
    });
  }

  it("decay exponentially and polynomially as their formulas say", () => {
    expect(exponentialDecay(2, 0.5)(3)).toBe(0.25);
    expect(polynomialDecay(1, { steps: 10, power: 2 })(5)).toBe(0.25);
    expect(polynomialDecay(1, { steps: 10, power: 2, final: 0.1 })(50)).toBe(0.1);
  });

  it("stay between their first and their final rate, and never rise", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.nat(1000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (steps, step, final) => {
          for (const schedule of [linearDecay, cosineDecay].map((make) => make(1, { steps, final }))) {
            expect(schedule(step)).toBeGreaterThanOrEqual(final - 1e-12);
            expect(schedule(step + 1)).toBeLessThanOrEqual(schedule(step) + 1e-12);
          }
        },
      ),
    );
  });

  it("warm up from nothing by default and hand over at the schedule's own first rate", () => {
    const schedule = warmUp(stepDecay(0.4, { every: 2, factor: 0.1 }), { steps: 4 });
    expect([0, 1, 2, 3, 4, 5].map(schedule)).toEqual([0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.4]);
    expect(schedule(6)).toBeCloseTo(0.04, 12);
  });

  it("name a number of steps that is none", () => {
    expect(() => cosineDecay(0.1, { steps: 0 })).toThrow(
      "cosineDecay: steps must be a whole number of at least 1; got 0",
    );
  });
});
