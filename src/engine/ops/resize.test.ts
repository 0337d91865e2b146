import { describe, expect, it } from "vitest";
import { values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import { type CoordinateMode, evaluate, pixelShuffle, resizeBilinear, resizeNearest, tensor } from "../index.ts";

const sizes: readonly (readonly [number, number])[] = [
  [6, 8],
  [3, 4],
  [1, 1],
  [2, 7],
  [5, 3],
];
const modes: readonly CoordinateMode[] = ["half-pixel", "asymmetric", "align-corners"];
const row = (...numbers: number[]) => tensor([[[numbers]]]);
const numbersOf = (x: ReturnType<typeof row>) =>
  Array.from(evaluate([x])[0].data, (v) => Math.round(Number(v) * 1e6) / 1e6);

describe("resizing", () => {
  it("agrees on all executors and with differences for every mode", async () => {
    const inputs = [values([2, 2, 3, 4])];
    await checkCases(
      sizes.flatMap((size): Case[] => [
        { name: `nearest ${size}`, f: (x) => resizeNearest(x, size), inputs },
        ...modes.map((mode) => ({ name: `${mode} ${size}`, f: (x) => resizeBilinear(x, size, mode), inputs }) as Case),
      ]),
    );
  });

  it("takes the nearest pixel by the floor of its position", () => {
    expect(numbersOf(resizeNearest(row(1, 2, 3), [1, 5]))).toEqual([1, 1, 2, 2, 3]);
    expect(numbersOf(resizeNearest(row(1, 2, 3, 4), [1, 2]))).toEqual([1, 3]);
  });

  it("interpolates between pixel centres, corners or corners' centres", () => {
    expect(numbersOf(resizeBilinear(row(0, 1), [1, 4]))).toEqual([0, 0.25, 0.75, 1]);
    expect(numbersOf(resizeBilinear(row(0, 1), [1, 4], "asymmetric"))).toEqual([0, 0.5, 1, 1]);
    expect(numbersOf(resizeBilinear(row(0, 1), [1, 4], "align-corners"))).toEqual([0, 0.333333, 0.666667, 1]);
  });

  it("turns channels into pixels", async () => {
    const x = tensor([[[[1]], [[2]], [[3]], [[4]]]]);
    expect((await pixelShuffle(x, 2).read()).toNested()).toEqual([
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ]);
    await checkCases([{ name: "pixelShuffle", f: (y) => pixelShuffle(y, 2), inputs: [values([2, 8, 2, 3])] }]);
  });
});
