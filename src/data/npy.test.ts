import { resolve } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { allocate, type DType, dtypes, toNumbers } from "../engine/dtype.ts";
import { NdArray, ndarray } from "../engine/ndarray.ts";
import { sizeOf } from "../engine/shape.ts";
import { dataPath } from "./data-path.ts";
import { readBytes } from "./file.ts";
import { decodeNpy, decodeNpyText, encodeNpy, encodeNpyText, readNpy } from "./npy.ts";
import { parseNpyHeader } from "./npy-header.ts";
import { decodeNpz, readNpz } from "./npz.ts";

const fixture = resolve(import.meta.dirname, "fixtures/numpy.npz");

const numbers: Record<string, number[]> = {
  b1: [1, 0, 1, 0, 0, 1],
  i: [-3, 0, 1, 2, 3, 100],
  u: [0, 1, 2, 3, 100, 200],
  f: [-1.5, 0, 0.25, 3, 65504, Number.POSITIVE_INFINITY],
};

const widened: Record<string, DType> = {
  b1: "bool",
  i1: "int8",
  i2: "int32",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "int32",
  u4: "int64",
  u8: "int64",
  f2: "float32",
  f4: "float32",
  f8: "float64",
};

test("NumPy's arrays of every type and byte order are read, wider where the engine has not the type", async () => {
  const npz = await readNpz(fixture);
  for (const [kind, dtype] of Object.entries(widened)) {
    for (const order of ["little", "big"]) {
      const array = npz.array(`${order}_${kind}`);
      expect([order, kind, array.dtype, array.shape]).toEqual([order, kind, dtype, [2, 3]]);
      expect(Array.from(toNumbers(array.data))).toEqual(numbers[kind] ?? numbers[kind[0]]);
    }
  }
});

test("halves keep subnormals, infinities, nan and the sign of zero", async () => {
  const { data } = (await readNpz(fixture)).array("halves");
  expect(Array.from(toNumbers(data))).toEqual([
    2 ** -24,
    2 ** -14,
    0.333251953125,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    -0,
  ]);
});

test("Fortran order, scalars and empty arrays become row-major arrays", async () => {
  const npz = await readNpz(fixture);
  expect(npz.array("fortran").toNested()).toEqual(
    ndarray(Array.from({ length: 24 }, (_, i) => i))
      .reshape([2, 3, 4])
      .toNested(),
  );
  expect(npz.array("scalar").item()).toBe(2.5);
  expect(npz.array("empty").shape).toEqual([0, 3]);
});

test("text arrays are read as strings", async () => {
  const npz = await readNpz(fixture);
  expect(npz.isText("names")).toBe(true);
  expect(npz.isText("scalar")).toBe(false);
  expect(npz.text("names")).toEqual(["cat", "dog", "Ångström", "😀"]);
  expect(npz.text("bytes")).toEqual(["ab", "c"]);
});

const arrays = fc
  .record({
    dtype: fc.constantFrom(...dtypes.filter((dtype) => dtype !== "int4")),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    seed: fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 256, maxLength: 256 }),
  })
  .map(({ dtype, shape, seed }) => {
    const data = allocate(dtype, sizeOf(shape));
    for (let i = 0; i < data.length; i++) {
      const value = dtype === "bool" ? seed[i] & 1 : seed[i] / (dtype.startsWith("float") ? 7 : 1);
      data[i] = dtype === "int64" ? BigInt(value) * 2n ** 40n : value;
    }
    return new NdArray(data, shape, dtype);
  });

test("an array survives npy", () => {
  fc.assert(
    fc.property(arrays, (array) => {
      const bytes = encodeNpy(array);
      expect(decodeNpy(bytes)).toEqual(array);
      expect(parseNpyHeader(bytes, "npy").dataOffset % 64).toBe(0);
    }),
  );
});

test("strings survive npy", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
      const trimmed = texts.map((text) => text.replace(/\0+$/, ""));
      expect(decodeNpyText(encodeNpyText(texts))).toEqual(trimmed);
    }),
  );
});

test("real label files have their known counts", async () => {
  const noisy = await readNpy(dataPath("labels/cifar10-pmd-0.35.npy"));
  const order = await readNpy(dataPath("labels/image_order_c10.npy"));
  const votes = await readNpy(dataPath("labels/cifar10h-counts.npy"));
  expect([noisy.dtype, noisy.shape]).toEqual(["int64", [50_000]]);
  expect(new Set(noisy.data as BigInt64Array).size).toBe(10);
  expect(new Set(order.data as BigInt64Array).size).toBe(50_000);
  expect(votes.shape).toEqual([10_000, 10]);
  expect(votes.astype("float64").data.at(0)).toBeGreaterThanOrEqual(0);
});

test("what is no npy array says what was found and where", async () => {
  const whole = encodeNpy(
    ndarray([
      [1, 2],
      [3, 4],
    ]),
  );
  const npz = decodeNpz(await readBytes(fixture), "numpy.npz");
  expect(() => decodeNpy(whole.subarray(0, whole.length - 3), "cut.npy")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: cut.npy at byte 128: expected 16 bytes for shape [2, 2]; got 13 bytes]`,
  );
  expect(() => decodeNpy(whole.subarray(0, 40), "cut.npy")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: cut.npy at byte 10: expected a header of 118 bytes; got 30 bytes]`,
  );
  expect(() => decodeNpy(Buffer.concat([whole, whole]), "two.npy")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: two.npy at byte 128: expected 16 bytes for shape [2, 2]; got 160 bytes]`,
  );
  expect(() => decodeNpy(Buffer.from("PK\x03\x04"), "zip.npy")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: zip.npy at byte 0: expected the npy magic 93 4e 55 4d 50 59; got 50 4b 03 04]`,
  );
  expect(() => decodeNpy(new Uint8Array(), "empty.npy")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: empty.npy at byte 0: expected the npy magic 93 4e 55 4d 50 59; got an empty file]`,
  );
  expect(() => npz.array("complex")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: numpy.npz: complex.npy: expected an array of booleans, integers, floats or text; got NumPy dtype <c16]`,
  );
  expect(() => npz.array("record")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: numpy.npz: record.npy: expected an array of booleans, integers, floats or text; got NumPy dtype [('x', '<f4'), ('y', '<i4')]]`,
  );
  expect(() => npz.array("names")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: numpy.npz: names.npy: expected numbers; got text of shape [4]]`,
  );
  expect(() => npz.text("scalar")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: numpy.npz: scalar.npy: expected text; got float64]`,
  );
  expect(() => npz.array("huge")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: numpy.npz: huge.npy: uint64 element 0: expected a value below 2^63; got 9223372036854775808]`,
  );
  expect(() => encodeNpy(ndarray([1], "int4"))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: npy: expected a dtype that NumPy has; got int4]`,
  );
});
