import fc from "fast-check";
import { expect, test } from "vitest";
import { arrayFrom, toNumbers } from "../engine/dtype.ts";
import { NdArray, ndarray } from "../engine/ndarray.ts";
import { sizeOf } from "../engine/shape.ts";
import { dataPath } from "./data-path.ts";
import { decodeIdx, encodeIdx, idxLabelsPath, readIdx, readIdxDataset } from "./idx.ts";

test("an array survives idx", () => {
  const cases = fc.record({
    dtype: fc.constantFrom("uint8" as const, "int8" as const, "int32" as const, "float32" as const, "float64" as const),
    shape: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }),
    start: fc.nat(60),
  });
  fc.assert(
    fc.property(cases, ({ dtype, shape, start }) => {
      const values = Array.from({ length: sizeOf(shape) }, (_, i) => start + i / (dtype.startsWith("float") ? 3 : 1));
      const array = new NdArray(arrayFrom(dtype, values), shape, dtype);
      expect(decodeIdx(encodeIdx(array))).toEqual(array);
    }),
  );
});

test("sizes and elements are big-endian, and int16 becomes int32", () => {
  const bytes = Uint8Array.from([0, 0, 0x0b, 1, 0, 0, 0, 2, 0x01, 0x00, 0xff, 0xfe]);
  expect(decodeIdx(bytes)).toEqual(ndarray([256, -2], "int32"));
  expect(Array.from(encodeIdx(ndarray([[1, 258]], "int32")))).toEqual([
    0, 0, 0x0c, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 1, 2,
  ]);
});

test("MNIST's test set has its published class counts", async () => {
  const set = await readIdxDataset(
    dataPath("images/mnist-t10k-images-idx3-ubyte.gz"),
    dataPath("images/mnist-t10k-labels-idx1-ubyte.gz"),
  );
  const counts = new Array<number>(10).fill(0);
  for (const label of set.labels.data) counts[Number(label)]++;
  expect(set.inputs.shape).toEqual([10_000, 1, 28, 28]);
  expect(set.inputs.dtype).toBe("uint8");
  expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  expect(Array.from(toNumbers(set.labels.data).subarray(0, 5))).toEqual([7, 2, 1, 0, 4]);
  expect(set.classNames).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  expect(set.rejected).toEqual([]);
});

test("the labels' file is found by MNIST's custom", () => {
  expect(idxLabelsPath("/x/train-images-idx3-ubyte.gz")).toBe("/x/train-labels-idx1-ubyte.gz");
  expect(idxLabelsPath("/x/train-images.idx3-ubyte")).toBe("/x/train-labels.idx1-ubyte");
  expect(idxLabelsPath("/x/digits.gz")).toBeUndefined();
});

test("a label outside the classes rejects its row with the reason", async () => {
  const set = await readIdxDataset(
    dataPath("images/mnist-t10k-images-idx3-ubyte.gz"),
    dataPath("images/mnist-t10k-labels-idx1-ubyte.gz"),
    ["0", "1", "2", "3", "4", "5", "6", "7", "8"],
  );
  expect(set.rejected).toHaveLength(1009);
  expect(set.rejected[0]).toEqual({ row: 8, reason: "label: expected a class in [0, 9); got 9" });
  expect(set.inputs.shape[0]).toBe(8991);
  expect(set.rows.subarray(5, 9)).toEqual(Int32Array.of(6, 7, 9, 11));
});

test("what is no idx file says what was found and where", async () => {
  const images = dataPath("images/usps-test-images-idx3-ubyte.gz");
  const short = encodeIdx(
    ndarray(
      [
        [1, 2],
        [3, 4],
      ],
      "uint8",
    ),
  );
  expect(() => decodeIdx(short.subarray(0, 13), "cut.idx")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: cut.idx at byte 12: expected 4 bytes for uint8[2, 2]; got 1 bytes]`,
  );
  expect(() => decodeIdx(short.subarray(0, 6), "cut.idx")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: cut.idx at byte 4: expected 2 sizes of 4 bytes; got 2 bytes]`,
  );
  expect(() => decodeIdx(Buffer.from("\x89PNG"), "picture.idx")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: picture.idx at byte 0: expected an idx magic: 00 00, a type (08, 09, 0b, 0c, 0d or 0e), a rank; got c2 89 50 4e]`,
  );
  expect(() => decodeIdx(Uint8Array.from([0, 0, 10, 1, 0, 0, 0, 0]), "odd.idx")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: odd.idx at byte 0: expected an idx magic: 00 00, a type (08, 09, 0b, 0c, 0d or 0e), a rank; got 00 00 0a 01]`,
  );
  expect(() => encodeIdx(ndarray([true, false]))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: idx: expected one of float32, float64, int32, uint8, int8; got bool]`,
  );
  const mixed = await readIdxDataset(images, dataPath("images/mnist-t10k-labels-idx1-ubyte.gz")).catch(String);
  expect(String(mixed).replaceAll(dataPath("images"), "images")).toMatchInlineSnapshot(
    `"images/usps-test-images-idx3-ubyte.gz with images/mnist-t10k-labels-idx1-ubyte.gz: expected one label for each of 2007 inputs; got labels of shape [10000]. Inputs are [n, …] and labels [n], in the same order."`,
  );
  expect((await readIdx(images)).shape).toEqual([2007, 16, 16]);
});
