import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NdArray, ndarray, zerosArray } from "./index.ts";

describe("ndarray", () => {
  it("takes nested numbers and gives them back", () => {
    const row = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
        for (const dtype of ["float32", "float64", "int32", "int64", "int8"] as const) {
          const x = ndarray(rows, dtype);
          expect(x.shape).toEqual([rows.length, 2]);
          expect(x.toNested()).toEqual(rows);
          expect(x.reshape([2 * rows.length]).toNested()).toEqual(rows.flat());
        }
      }),
    );
  });

  it("makes floats of numbers and bool of booleans", () => {
    expect(ndarray([1, 2]).dtype).toBe("float32");
    expect(ndarray([true, false]).dtype).toBe("bool");
    expect(ndarray([true, false]).toNested()).toEqual([true, false]);
    expect(ndarray([[], []]).shape).toEqual([2, 0]);
    expect(ndarray(3).item()).toBe(3);
  });

  it("converts: floats are truncated to integers, bool is x ≠ 0", () => {
    expect(ndarray([-1.7, 0.2, 2.9]).astype("int64").toNested()).toEqual([-1, 0, 2]);
    expect(ndarray([-1.7, 0, 2.9]).astype("bool").toNested()).toEqual([true, false, true]);
    expect(ndarray([true, false]).astype("float32").toNested()).toEqual([1, 0]);
  });

  it("shares its storage when reshaped and copies it when converted", () => {
    const x = ndarray([1, 2]);
    expect(x.reshape([2, 1]).data).toBe(x.data);
    expect(x.astype("float32").data).not.toBe(x.data);
  });

  it("prints dtype, shape and values", () => {
    expect(String(ndarray([[1, 2]]))).toBe("float32[1, 2] [[1, 2]]");
    expect(String(zerosArray([2], "int64"))).toBe("int64[2] [0, 0]");
  });

  it("refuses shapes, storages and rows that do not fit", () => {
    expect(() => new NdArray(new Float32Array(3), [2])).toThrow("shape [2] needs 2 elements; got 3");
    expect(() => new NdArray(new Float32Array(1), [-1])).toThrow("non-negative integers");
    expect(() => ndarray([[1], 2] as number[][])).toThrow("values[1] is a number, expected a list");
    expect(() => ndarray([1, [2]] as number[])).toThrow("rows must have equal lengths");
  });
});
