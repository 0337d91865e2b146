import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { allocate, dtypes } from "../engine/dtype.ts";
import { NdArray, ndarray } from "../engine/ndarray.ts";
import { sizeOf } from "../engine/shape.ts";
import { encodeSafetensors, openSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";

const plain = resolve(import.meta.dirname, "fixtures/plain.safetensors");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orrery-safetensors-"));
});

async function readAll(file: Safetensors): Promise<Record<string, NdArray>> {
  const pairs = await Promise.all(file.names.map(async (name) => [name, await file.read(name)] as const));
  return Object.fromEntries(pairs);
}

test("a file of the reference implementation is read, and written back byte for byte", async () => {
  const file = await openSafetensors(plain);
  expect(file.names).toEqual(["step", "double", "bias", "weight", "codes", "mask"]);
  expect(file.metadata).toEqual({ format: "np" });
  expect(file.info("weight")).toMatchObject({ type: "F32", shape: [2, 3] });
  expect((await file.read("weight")).toNested()).toEqual([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  expect((await file.read("step")).item()).toBe(7);
  expect((await file.read("mask")).toNested()).toEqual([true, false, true]);
  const again = encodeSafetensors(await readAll(file), file.metadata);
  expect(Buffer.from(again)).toEqual(await readFile(plain));
});

test("types that the engine has not are widened without loss", async () => {
  const file = await openSafetensors(resolve(import.meta.dirname, "fixtures/widened.safetensors"));
  expect(await file.read("half")).toEqual(ndarray([0.5, -2]));
  expect(await file.read("short")).toEqual(ndarray([-5, 6], "int32"));
  expect(await file.read("wide")).toEqual(new NdArray(BigInt64Array.of(2n ** 32n - 1n)));
});

test("bfloat16 becomes the float32 with the same upper bits", async () => {
  const path = join(folder, "bf16.safetensors");
  const data = Uint8Array.from([0x80, 0x3f, 0x49, 0xc0]);
  await writeFile(path, withHeader({ x: { dtype: "BF16", shape: [2], data_offsets: [0, 4] } }, data));
  expect(await (await openSafetensors(path)).read("x")).toEqual(ndarray([1, -3.140625]));
});

test("tensors of every dtype survive, whatever their names", async () => {
  const tensor = fc
    .record({
      dtype: fc.constantFrom(...dtypes.filter((dtype) => dtype !== "int4")),
      shape: fc.array(fc.nat(3), { maxLength: 3 }),
      fill: fc.nat(1),
    })
    .map(({ dtype, shape, fill }) => {
      const data = allocate(dtype, sizeOf(shape));
      for (let i = 0; i < data.length; i++) data[i] = dtype === "int64" ? BigInt(fill) : fill;
      return new NdArray(data, shape, dtype);
    });
  const names = fc.string({ unit: fc.constantFrom("a", "b", "1", "é", ".", '"') });
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, tensor, { noNullPrototype: true }), async (tensors) => {
      const path = join(folder, "property.safetensors");
      await writeSafetensors(path, tensors, { note: "ü" });
      const file = await openSafetensors(path);
      expect(await readAll(file)).toEqual(tensors);
      expect(file.metadata).toEqual({ note: "ü" });
    }),
    { numRuns: 40 },
  );
});

function withHeader(header: unknown, data: Uint8Array): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

async function message(bytes: Uint8Array, name?: string): Promise<string> {
  const path = join(folder, "bad.safetensors");
  await writeFile(path, bytes);
  try {
    const file = await openSafetensors(path);
    await file.read(name ?? file.names[0]);
  } catch (error) {
    return String(error).replaceAll(folder, "folder");
  }
  return "";
}

test("a wrong header is an error that names the tensor and the bytes", async () => {
  const data = new Uint8Array(8);
  const whole = await readFile(plain);
  expect(await message(whole.subarray(0, whole.length - 2))).toMatchInlineSnapshot(
    `"folder/bad.safetensors: expected 58 bytes of data; got 56. The file was cut off: fetch it again."`,
  );
  expect(await message(whole.subarray(0, 100))).toMatchInlineSnapshot(
    `"folder/bad.safetensors at byte 0: expected a header length of at most 92; got 384. The file is cut off or is not safetensors."`,
  );
  expect(await message(Buffer.from("PK"))).toMatchInlineSnapshot(
    `"folder/bad.safetensors at byte 0: expected a header length of 8 bytes; got 2 bytes"`,
  );
  expect(await message(withHeader("[1", data))).toMatchInlineSnapshot(
    `"folder/bad.safetensors at byte 8: expected a JSON object of tensors; got "[1""`,
  );
  expect(await message(withHeader([1], data))).toMatchInlineSnapshot(
    `"folder/bad.safetensors at byte 8: expected a JSON object of tensors; got "[1]""`,
  );
  expect(await message(withHeader({ x: { dtype: "F32", shape: [-1] } }, data))).toMatchInlineSnapshot(
    `"folder/bad.safetensors: expected dtype, shape and data_offsets for tensor "x"; got {"dtype":"F32","shape":[-1]}"`,
  );
  expect(
    await message(withHeader({ x: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }, data)),
  ).toMatchInlineSnapshot(
    `"folder/bad.safetensors: expected 12 bytes for tensor "x" of F32 [3]; got data_offsets [0, 8]"`,
  );
  expect(
    await message(withHeader({ x: { dtype: "F32", shape: [1], data_offsets: [4, 8] } }, data)),
  ).toMatchInlineSnapshot(`"folder/bad.safetensors: expected tensor "x" to begin at data byte 0; got 4"`);
  expect(
    await message(withHeader({ x: { dtype: "F8_E4M3", shape: [8], data_offsets: [0, 8] } }, data)),
  ).toMatchInlineSnapshot(
    `"folder/bad.safetensors: expected one of BOOL, U8, I8, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64 for tensor "x"; got F8_E4M3. Convert the tensor to F32 with the library that wrote it."`,
  );
  expect(await message(whole, "wieght")).toMatchInlineSnapshot(
    `"folder/bad.safetensors: no tensor "wieght". Did you mean "weight"?"`,
  );
  expect(() => encodeSafetensors({ q: ndarray([1], "int4") })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: safetensors: tensor "q": expected a dtype and a name of the format; got int4]`,
  );
});
