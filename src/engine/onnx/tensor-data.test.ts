import fc from "fast-check";
import { expect, test } from "vitest";
import { arrayFrom, dtypes } from "../dtype.ts";
import { NdArray, ndarray } from "../ndarray.ts";
import { tensorFromArray, tensorToArray } from "./tensor-data.ts";

test("arrays of every dtype survive", () => {
  const shapes = fc.array(fc.nat(4), { maxLength: 3 });
  fc.assert(
    fc.property(
      fc.constantFrom(...dtypes),
      shapes,
      fc.infiniteStream(fc.integer({ min: -8, max: 7 })),
      (dtype, shape, stream) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const values = Array.from({ length: size }, () => stream.next().value as number);
        const array = new NdArray(arrayFrom(dtype, values), shape, dtype);
        expect(tensorToArray(tensorFromArray("x", array))).toEqual(array);
      },
    ),
  );
});

test("int4 is packed two to a byte, the first in the low half", () => {
  expect(tensorFromArray("q", ndarray([1, -2, 7], "int4")).data).toEqual(Uint8Array.of(0xe1, 0x07));
});

test("the bytes of an array are its own; only int4 is copied", () => {
  const array = ndarray([1, 2, 3]);
  expect(tensorFromArray("x", array).data.buffer).toBe(array.data.buffer);
});

test("half-precision numbers widen to the exact float32", () => {
  const bits = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x7c00, 0xfc00, 0x8000];
  const data = new Uint8Array(Uint16Array.from(bits).buffer);
  const values = tensorToArray({ name: "h", dims: [9], dataType: 10, data }).data;
  const expected = [1, -2, 65504, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, Infinity, -Infinity, -0];
  expect([...values]).toEqual(expected);
  expect(tensorToArray({ name: "h", dims: [], dataType: 10, data: Uint8Array.of(0, 0x7e) }).item()).toBeNaN();
});

test("data that is not aligned in its file is read", () => {
  const file = new Uint8Array(13);
  file.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 5);
  expect(tensorToArray({ name: "w", dims: [2], dataType: 1, data: file.subarray(5) }).toNested()).toEqual([1.5, -2]);
});

test("what cannot be represented is named", () => {
  const data = new Uint8Array(8);
  expect(() =>
    tensorToArray({ name: "w", dims: [2], dataType: 1, data: data.subarray(1) }),
  ).toThrowErrorMatchingInlineSnapshot(`[OrreryError: tensorToArray: tensor "w" of float [2] needs 8 bytes; got 7]`);
  expect(() => tensorToArray({ name: "w", dims: [1], dataType: 14, data })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: tensorToArray: tensor "w" holds complex64, which no dtype of the engine can represent]`,
  );
  expect(() => tensorToArray({ name: "w", dims: [8], dataType: 17, data })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: tensorToArray: tensor "w" holds float8e4m3fn, which no dtype of the engine can represent]`,
  );
  expect(() => tensorToArray({ name: "w", dims: [8], dataType: 99, data })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: tensorToArray: tensor "w" holds data type 99, which no dtype of the engine can represent]`,
  );
});
