import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { unzipSync } from "fflate";
import { expect, test } from "vitest";
import { NdArray, ndarray } from "../engine/ndarray.ts";
import { OrreryError } from "../errors.ts";
import { readBytes } from "./file.ts";
import { encodeNpy, encodeNpyText } from "./npy.ts";
import { decodeNpz, encodeNpz, readNpz, writeNpz } from "./npz.ts";

const fixture = resolve(import.meta.dirname, "fixtures/numpy.npz");

test("arrays and strings survive npz", () => {
  const values = fc.oneof(
    fc.float32Array({ minLength: 0, maxLength: 6 }).map((data) => new NdArray(data)),
    fc.bigInt64Array({ maxLength: 5 }).map((data) => new NdArray(data)),
    fc.array(fc.string({ unit: fc.constantFrom("a", "é", "😀") })),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), values), (arrays) => {
      const npz = decodeNpz(encodeNpz(arrays));
      expect(new Set(npz.names)).toEqual(new Set(Object.keys(arrays)));
      for (const [name, value] of Object.entries(arrays)) {
        expect(npz.isText(name) ? npz.text(name) : npz.array(name)).toEqual(value);
      }
    }),
    { numRuns: 50 },
  );
});

test("arrays are written with the very bytes that NumPy writes", async () => {
  const entries = unzipSync(await readBytes(fixture));
  const npz = await readNpz(fixture);
  for (const name of [
    "little_b1",
    "little_i1",
    "little_i4",
    "little_i8",
    "little_u1",
    "little_f4",
    "little_f8",
    "scalar",
    "empty",
  ]) {
    expect([name, Buffer.from(encodeNpy(npz.array(name)))]).toEqual([name, Buffer.from(entries[`${name}.npy`])]);
  }
  expect(Buffer.from(encodeNpyText(npz.text("names")))).toEqual(Buffer.from(entries["names.npy"]));
});

test("a file is written whole and leaves nothing beside it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "orrery-npz-"));
  await writeNpz(join(folder, "deep/set.npz"), { x: ndarray([[1, 2]]), names: ["a", "b"] });
  expect((await readNpz(join(folder, "deep/set.npz"))).array("x").toNested()).toEqual([[1, 2]]);
  expect(await readdir(join(folder, "deep"))).toEqual(["set.npz"]);
});

test("a flipped bit anywhere in an array's data is noticed", () => {
  const bytes = encodeNpz({ x: ndarray(Array.from({ length: 300 }, (_, i) => Math.sin(i))) });
  const dataAt = 200;
  fc.assert(
    fc.property(fc.integer({ min: dataAt, max: bytes.length - 120 }), fc.nat(7), (at, bit) => {
      const damaged = bytes.slice();
      damaged[at] ^= 1 << bit;
      expect(() => decodeNpz(damaged).array("x")).toThrow(OrreryError);
    }),
  );
});

test("what is no npz archive, or lacks an array, is an error that names it", () => {
  const bytes = encodeNpz({ features: ndarray([1, 2, 3]), labels: ndarray([0, 1], "int32") });
  expect(() => decodeNpz(bytes.subarray(0, 60), "cut.npz")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: cut.npz: expected a zip archive of npy files; got 60 bytes that begin 50 4b 03 04]`,
  );
  expect(() => decodeNpz(new Uint8Array(), "empty.npz")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: empty.npz: expected a zip archive of npy files; got an empty file]`,
  );
  const message = (name: string): string => {
    try {
      decodeNpz(bytes, "set.npz").array(name);
    } catch (error) {
      return String(error);
    }
    return "";
  };
  expect(message("lables")).toMatchInlineSnapshot(`"set.npz: no array "lables". Did you mean "labels"?"`);
  expect(message("y")).toMatchInlineSnapshot(`"set.npz: no array "y". The file holds: "features", "labels"."`);
});
