import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile, NdArray, ndarray, type Tensor, zerosArray } from "../engine/index.ts";
import { clipByNorm, clipByValue } from "./clipping.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  readonly name: string;
  readonly limit: number;
  readonly norm: number;
  readonly before: Readonly<Record<"a" | "b", Stored>>;
  readonly after: Readonly<Record<"a" | "b", Stored>>;
}

const { clipping } = JSON.parse(readFileSync(new URL("reference/optimisers.json", import.meta.url), "utf8"));

describe("clipByNorm", () => {
  for (const { name, limit, norm, before, after } of clipping as readonly Case[]) {
    it(`equals PyTorch's clip_grad_norm_: ${name}`, async () => {
      const clip = compile((tree: { a: Tensor; b: Tensor }) => clipByNorm(tree, limit));
      const array = ({ data, shape }: Stored) => new NdArray(Float32Array.from(data), shape);
      const result = await clip({ a: array(before.a), b: array(before.b) });
      expect(result.norm.item()).toBeCloseTo(norm, 6);
      for (const part of ["a", "b"] as const) {
        expect(result.gradients[part].shape).toEqual(after[part].shape);
        after[part].data.forEach((value, i) => {
          expect(result.gradients[part].data[i]).toBeCloseTo(value, 6);
        });
      }
      await clip.release();
    });
  }

  it("measures large leaves and small ones together", async () => {
    const clip = compile((tree: { small: Tensor; large: Tensor }) => clipByNorm(tree, 1));
    const large = new NdArray(new Float32Array(40_000).fill(0.02), [40_000]);
    const result = await clip({ small: ndarray([3]), large });
    expect(result.norm.item()).toBeCloseTo(5, 3);
    expect(result.gradients.small.data[0]).toBeCloseTo(0.6, 4);
    expect(result.gradients.large.data[39_999]).toBeCloseTo(0.004, 6);
    await clip.release();
  });

  it("leaves gradients of length zero at zero", async () => {
    const clip = compile((g: Tensor) => clipByNorm(g, 1));
    const { gradients, norm } = await clip(zerosArray([3]));
    expect([norm.item(), ...(gradients.data as Float32Array)]).toEqual([0, 0, 0, 0]);
    await clip.release();
  });
});

describe("clipByValue", () => {
  it("brings every element within the limit and changes no other", async () => {
    const clip = compile((g: { w: Tensor }) => clipByValue(g, 0.5));
    const { w } = await clip({
      w: ndarray([
        [-2, -0.5],
        [0.25, 7],
      ]),
    });
    expect(w.toNested()).toEqual([
      [-0.5, -0.5],
      [0.25, 0.5],
    ]);
    await clip.release();
  });

  it("refuses a limit of zero", () => {
    expect(() => clipByValue([], 0)).toThrow("clipByValue: the limit must be above 0; got 0");
  });
});
