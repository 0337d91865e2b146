import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, NdArray, ndarray, type Tensor, tensor } from "../../../engine/index.ts";
import { disagreementMask, keptPart, smallLossMask } from "./small-loss.ts";

const valuesOf = (x: Tensor) => Array.from(evaluate([x])[0].data);
const listed = (values: readonly number[]) => tensor(new NdArray(Float32Array.from(values)));

describe("small losses", () => {
  it("keeps exactly the floor of the asked part, and the smallest of all", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (losses, keep) => {
          const mask = valuesOf(smallLossMask(listed(losses), listed([keep]).sum()));
          const count = Math.max(1, Math.floor(Math.fround(keep) * losses.length + 1e-4));
          const border = [...losses].sort((a, b) => a - b)[count - 1];
          expect(mask).toEqual(losses.map((loss) => (loss <= border ? 1 : 0)));
        },
      ),
      { numRuns: 60, seed: 4 },
    );
  });

  it("keeps only rows about which the networks disagree, and all candidates where they agree everywhere", () => {
    const first = tensor(
      ndarray([
        [1, 0],
        [1, 0],
        [1, 0],
        [0, 1],
      ]),
    );
    const second = tensor(
      ndarray([
        [0, 1],
        [0, 1],
        [1, 0],
        [0, 1],
      ]),
    );
    const losses = listed([3, 2, 1, 0]);
    expect(valuesOf(disagreementMask(losses, tensor(0.5), [first, second]))).toEqual([0, 1, 0, 0]);
    expect(valuesOf(disagreementMask(losses, tensor(1), [first, second]))).toEqual([1, 1, 0, 0]);
    expect(valuesOf(disagreementMask(losses, tensor(0.5), [first, first]))).toEqual([0, 0, 1, 1]);
  });

  it("leaves out nothing at first and the noise rate in the end", () => {
    const parts = [0, 5, 10, 30].map((epoch) => keptPart(epoch, { rate: 0.4, gradual: 10 }));
    expect(parts).toEqual([1, 0.8, 0.6, 0.6]);
  });
});
