import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { OrreryError } from "../../errors.ts";
import { decodeModel } from "./decode.ts";
import { tensorToArray } from "./tensor-data.ts";
import { writeMessage } from "./write-message.ts";

/** The bytes of a model that Python's onnx 1.23 wrote; see scripts/make-onnx-fixtures.py. */
function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`reference/${name}.onnx`, import.meta.url)));
}

test("initializers in typed fields are read like raw ones", () => {
  const { initializers } = decodeModel(fixture("typed")).graph;
  const values = initializers
    .filter((tensor) => tensor.name !== "string")
    .map((tensor) => [tensor.name, String(tensorToArray(tensor))]);
  expect(Object.fromEntries(values)).toEqual({
    float: "float32[2] [1.5, -2.25]",
    double: "float64[1] [0.1]",
    int64: "int64[2] [9223372036854775807, -1]",
    int32: "int32[2] [-5, 2147483647]",
    int8: "int8[2] [-128, 127]",
    uint8: "uint8[1] [255]",
    int16: "int32[1] [-300]",
    uint16: "int32[1] [65535]",
    uint32: "int64[1] [4294967295]",
    bool: "bool[3] [true, false, true]",
    float16: "float32[3] [0.5, -65504, 5.960464e-8]",
    bfloat16: "float32[2] [1, -3.140625]",
    int4: "int4[3] [-8, 7, -1]",
    uint4: "uint8[2] [15, 1]",
  });
  expect(tensorToArray(initializers.find((tensor) => tensor.name === "int64")!).data[0]).toBe(2n ** 63n - 1n);
  expect(initializers.at(-1)).toMatchObject({ name: "string", dims: [2], strings: ["a", "é"] });
});

test("weights are views of the file, not copies", () => {
  const bytes = fixture("dense");
  expect(decodeModel(bytes).graph.initializers[0].data.buffer).toBe(bytes.buffer);
});

test("unknown fields of every wire type are skipped", () => {
  const unknown = [0x98, 0x06, 0x05, 0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0x9a, 0x06, 2, 9, 9, 0x9d, 0x06, 1, 2, 3, 4];
  const bytes = Uint8Array.from([...unknown, ...fixture("dense"), ...unknown]);
  expect(decodeModel(bytes)).toEqual(decodeModel(fixture("dense")));
});

test("repeated numbers may be packed where the schema does not pack them", () => {
  // A graph (field 7) with one initializer (5): packed dims (1), data type uint8 (2), raw data (9).
  const packed = [0x2a, 10, 0x0a, 2, 2, 1, 0x10, 2, 0x4a, 2, 7, 8];
  const [tensor] = decodeModel(Uint8Array.from([0x3a, packed.length, ...packed])).graph.initializers;
  expect(tensor).toEqual({ name: "", dims: [2, 1], dataType: 2, data: Uint8Array.of(7, 8) });
});

test("attributes without a type, as old files have them, get it from the field that is there", () => {
  const attribute = [
    { name: "axis", i: 3 },
    { name: "pads", ints: [1, 2] },
    { name: "mode", s: Uint8Array.of(0xff) },
  ];
  const { graph } = decodeModel(writeMessage("Model", { graph: { node: [{ attribute }] } }));
  expect(graph.nodes[0].attributes).toEqual({
    axis: { kind: "int", value: 3 },
    pads: { kind: "ints", value: [1, 2] },
    mode: { kind: "bytes", value: Uint8Array.of(0xff) },
  });
});

test("functions, sparse tensors and references are reported", () => {
  const bytes = writeMessage("Model", {
    functions: [{ name: "gelu", domain: "local" }],
    graph: {
      sparseInitializer: [{ values: { name: "adjacency" } }],
      node: [
        {
          opType: "Constant",
          attribute: [
            { name: "a", type: 11 },
            { name: "b", refAttrName: "alpha", type: 1 },
          ],
        },
      ],
    },
  });
  const model = decodeModel(bytes);
  expect(model.functions).toEqual([{ domain: "local", name: "gelu" }]);
  expect(model.graph.sparseInitializers).toEqual(["adjacency"]);
  expect(model.graph.nodes[0].attributes).toEqual({
    a: { kind: "unsupported", value: "a sparse tensor" },
    b: { kind: "unsupported", value: 'a reference to "alpha"' },
  });
});

test("data in another file is an error that names the file", () => {
  const tensor = {
    name: "w",
    dims: [2],
    dataType: 1,
    dataLocation: 1,
    externalData: [{ key: "location", value: "w.bin" }],
  };
  const bytes = writeMessage("Model", { graph: { initializer: [tensor] } });
  expect(() => decodeModel(bytes)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: decodeModel: initializer: tensor "w" keeps its data in another file, "w.bin"]`,
  );
});

test("any damage to a file gives an OrreryError or another model, never anything else", () => {
  const original = fixture("branches");
  fc.assert(
    fc.property(fc.nat(original.length), fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255))), (end, edits) => {
      const bytes = original.slice(0, end);
      for (const [i, byte] of edits) if (i < end) bytes[i] = byte;
      try {
        decodeModel(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(OrreryError);
      }
    }),
    { numRuns: 2000 },
  );
});

test("damaged bytes are an error with the offset and the field", () => {
  const bytes = fixture("dense");
  expect(() => decodeModel(bytes.subarray(0, 100))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: decodeModel: byte 16, reading Model.graph: found a length of 353 bytes where 84 are left]`,
  );
  expect(() => decodeModel(new Uint8Array(0))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: decodeModel: expected a model with a graph; got 0 bytes without one]`,
  );
  expect(() => decodeModel(Uint8Array.of(0x08, 0xff))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: decodeModel: byte 2, reading Model.irVersion: found an end after 0 of 1 bytes]`,
  );
  expect(() => decodeModel(new Uint8Array(20).fill(0xff))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: decodeModel: byte 10, reading a tag of Model: found an integer longer than ten bytes]`,
  );
  expect(() => decodeModel(Uint8Array.of(0x3a, 2, 0x12, 1))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: decodeModel: byte 4, reading Graph.name: found a length of 1 bytes where 0 are left]`,
  );
  expect(() => decodeModel(Uint8Array.of(0x3d, 1, 2, 3, 4))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: decodeModel: byte 1, reading Model.graph: found wire type 5 where 2 is expected]`,
  );
  expect(() => decodeModel(Uint8Array.of(0x12, 1, 0xff))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: decodeModel: byte 3, reading Model.producerName: found text that is not UTF-8]`,
  );
  expect(() => decodeModel(new TextEncoder().encode("<html>not found</html>"))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: decodeModel: byte 1, reading Model.graph: found wire type 4 where 2 is expected]`,
  );
});

test("graphs nested without end are an error, not a stack overflow", () => {
  let graph = {};
  for (let depth = 0; depth < 300; depth++) graph = { node: [{ attribute: [{ name: "body", type: 5, g: graph }] }] };
  const bytes = writeMessage("Model", { graph });
  expect(() => decodeModel(bytes)).toThrow("nested deeper than 200");
});
