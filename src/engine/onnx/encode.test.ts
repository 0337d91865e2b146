import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ndarray } from "../ndarray.ts";
import { decodeModel } from "./decode.ts";
import { encodeModel } from "./encode.ts";
import type { OnnxAttribute, OnnxDim, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxType } from "./model.ts";
import { tensorFromArray } from "./tensor-data.ts";

/** The bytes of a model that Python's onnx 1.23 wrote; see scripts/make-onnx-fixtures.py. */
function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`reference/${name}.onnx`, import.meta.url)));
}

function node(opType: string, inputs: string[], outputs: string[], rest: Partial<OnnxNode> = {}): OnnxNode {
  return { opType, domain: "", name: "", inputs, outputs, attributes: {}, ...rest };
}

function tensorType(dataType: number, shape?: readonly OnnxDim[]): OnnxType {
  return shape === undefined ? { kind: "tensor", dataType } : { kind: "tensor", dataType, shape };
}

const emptyModel = {
  producerName: "",
  producerVersion: "",
  domain: "",
  modelVersion: 0,
  docString: "",
  metadata: {},
  functions: [],
};
const emptyGraph = { inputs: [], outputs: [], initializers: [], valueInfo: [], sparseInitializers: [] };

const dense: OnnxModel = {
  irVersion: 10,
  producerName: "fixture",
  modelVersion: 3,
  opsets: [
    { domain: "", version: 21 },
    { domain: "org.example", version: 1 },
  ],
  metadata: { key: "value", π: "3.14159" },
  graph: {
    name: "dense",
    nodes: [
      node("MatMul", ["x", "w"], ["h"], { name: "product" }),
      node("Add", ["h", "b"], ["y"]),
      node("Mixed", ["y", ""], ["z"], {
        domain: "org.example",
        attributes: {
          alpha: { kind: "float", value: 0.5 },
          axis: { kind: "int", value: -1 },
          end: { kind: "int", value: 2 ** 63 },
          mode: { kind: "string", value: "linéaire" },
          pads: { kind: "ints", value: [0, 1, -1, 300] },
          scales: { kind: "floats", value: [1, Math.fround(0.1)] },
          words: { kind: "strings", value: ["a", "", "β"] },
        },
      }),
    ],
    inputs: [{ name: "x", type: tensorType(1, ["batch", 3]) }],
    outputs: [{ name: "z", type: tensorType(1, [null, 0, 200]) }],
    valueInfo: [{ name: "h", type: tensorType(1) }],
    initializers: [
      tensorFromArray(
        "w",
        ndarray([
          [0, 0.25],
          [0.5, 0.75],
          [1, 1.25],
        ]),
      ),
      tensorFromArray("b", ndarray([-1.5, 0.25])),
    ],
  },
};

function branch(name: string, value: number): OnnxAttribute {
  const constant = tensorFromArray("", ndarray([value, -value], "int64"));
  const graph: OnnxGraph = {
    ...emptyGraph,
    name,
    nodes: [node("Constant", [], [name], { attributes: { value: { kind: "tensor", value: constant } } })],
    outputs: [{ name, type: tensorType(7, [2]) }],
  };
  return { kind: "graph", value: graph };
}

const branches: OnnxModel = {
  irVersion: 10,
  opsets: [{ domain: "", version: 21 }],
  graph: {
    ...emptyGraph,
    name: "branches",
    nodes: [
      node("If", ["flag"], ["y"], {
        attributes: { else_branch: branch("big", 2 ** 40), then_branch: branch("one", 1) },
      }),
    ],
    outputs: [{ name: "y", type: tensorType(7, [2]) }],
    initializers: [tensorFromArray("q", ndarray([-1, -8, 7], "int4")), tensorFromArray("flag", ndarray(true))],
  },
};

test("writes the bytes that Python's onnx writes", () => {
  expect(Buffer.from(encodeModel(dense)).toString("hex")).toBe(Buffer.from(fixture("dense")).toString("hex"));
  expect(Buffer.from(encodeModel(branches)).toString("hex")).toBe(Buffer.from(fixture("branches")).toString("hex"));
});

test("reads what Python's onnx writes", () => {
  expect(decodeModel(fixture("dense"))).toEqual({
    ...emptyModel,
    ...dense,
    graph: { ...dense.graph, sparseInitializers: [] },
  });
  expect(decodeModel(fixture("branches"))).toEqual({ ...emptyModel, ...branches });
});

const name = fc.string({ unit: "grapheme", maxLength: 8 });
const float = fc.float({ noDefaultInfinity: false });
const tensor: fc.Arbitrary<OnnxTensor> = fc
  .record({ name, dims: fc.array(fc.nat(3), { maxLength: 3 }) })
  .chain(({ name, dims }) => {
    const size = dims.reduce((a, b) => a * b, 1);
    return fc
      .uint8Array({ minLength: 2 * size, maxLength: 2 * size })
      .map((data) => ({ name, dims, dataType: 16, data }));
  });
const dim: fc.Arbitrary<OnnxDim> = fc.oneof(fc.nat(), fc.string({ minLength: 1 }), fc.constant(null));
const type: fc.Arbitrary<OnnxType> = fc.oneof(
  fc.record(
    { kind: fc.constant("tensor" as const), dataType: fc.nat(30), shape: fc.array(dim) },
    { requiredKeys: ["kind", "dataType"] },
  ),
  fc.record({
    kind: fc.constantFrom("sequence", "map", "optional", "sparseTensor", "opaque"),
    bytes: fc.uint8Array(),
  }),
);
const valueInfo = fc.record({ name, type }, { requiredKeys: ["name"] });

function attributes(depth: number): fc.Arbitrary<OnnxAttribute> {
  const values: Record<string, fc.Arbitrary<unknown>> = {
    int: fc.maxSafeInteger(),
    ints: fc.array(fc.maxSafeInteger()),
    float,
    floats: fc.array(float),
    string: name,
    strings: fc.array(name),
    tensor,
    tensors: fc.array(tensor, { maxLength: 2 }),
    type,
    types: fc.array(type),
  };
  if (depth > 0) values.graph = graphs(depth - 1);
  if (depth > 0) values.graphs = fc.array(graphs(depth - 1), { maxLength: 2 });
  const kinds = Object.entries(values).map(([kind, value]) => value.map((v) => ({ kind, value: v })));
  return fc.oneof(...kinds) as fc.Arbitrary<OnnxAttribute>;
}

function graphs(depth: number): fc.Arbitrary<OnnxGraph> {
  const nodes = fc.record({
    opType: name,
    domain: name,
    name,
    inputs: fc.array(name, { maxLength: 3 }),
    outputs: fc.array(name, { maxLength: 2 }),
    attributes: fc.dictionary(name, attributes(depth), { maxKeys: 3, noNullPrototype: true }),
  });
  return fc.record({
    name,
    nodes: fc.array(nodes, { maxLength: 4 }),
    inputs: fc.array(valueInfo, { maxLength: 3 }),
    outputs: fc.array(valueInfo, { maxLength: 3 }),
    initializers: fc.array(tensor, { maxLength: 3 }),
    valueInfo: fc.array(valueInfo, { maxLength: 3 }),
    sparseInitializers: fc.constant([]),
  });
}

test("any model survives encoding and decoding", () => {
  const model = fc.record({
    irVersion: fc.nat(20),
    opsets: fc.array(fc.record({ domain: name, version: fc.nat(30) }), { maxLength: 3 }),
    graph: graphs(1),
    producerName: name,
    producerVersion: name,
    domain: name,
    modelVersion: fc.maxSafeInteger(),
    docString: name,
    metadata: fc.dictionary(name, name, { noNullPrototype: true }),
    functions: fc.constant([]),
  });
  fc.assert(
    fc.property(model, (value) => {
      expect(decodeModel(encodeModel(value))).toEqual(value);
    }),
  );
});

test("integers at the ends of 64 bits survive", () => {
  const ends = [2 ** 63, -(2 ** 63), 2 ** 53, -(2 ** 53), 2 ** 31, -1, 0, 127, 128];
  const model = {
    ...branches,
    graph: {
      ...emptyGraph,
      name: "",
      nodes: [node("A", [], [], { attributes: { ends: { kind: "ints", value: ends } } })],
    },
  } as const;
  expect(decodeModel(encodeModel(model)).graph.nodes[0].attributes.ends).toEqual({ kind: "ints", value: ends });
});

test("a lone surrogate becomes the replacement character and leaves the rest readable", () => {
  const model = { ...branches, docString: "a\ud800b😀", producerName: "ok" };
  expect(decodeModel(encodeModel(model))).toMatchObject({ docString: "a\ufffdb😀", producerName: "ok" });
});

test("mistakes in a model are named", () => {
  const withNode = (attribute: OnnxAttribute): OnnxModel => ({
    ...branches,
    graph: {
      ...emptyGraph,
      name: "",
      nodes: [node("Concat", [], [], { name: "join", attributes: { axis: attribute } })],
    },
  });
  const short: OnnxTensor = { name: "w", dims: [2, 3], dataType: 1, data: new Uint8Array(20) };
  expect(() => encodeModel(withNode({ kind: "int", value: 0.5 }))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: encodeModel: node Concat "join": attribute "axis" must be a 64-bit integer; got 0.5]`,
  );
  expect(() => encodeModel(withNode({ kind: "ints", value: [1, 2 ** 64] }))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: encodeModel: node Concat "join": attribute "axis" must be a 64-bit integer; got 18446744073709552000]`,
  );
  expect(() => encodeModel(withNode({ kind: "tensor", value: short }))).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: encodeModel: tensor "w" of float [2, 3] needs 24 bytes; got 20]`,
  );
  expect(() =>
    encodeModel(withNode({ kind: "unsupported", value: "a sparse tensor" })),
  ).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: encodeModel: node Concat "join": attribute "axis" is a sparse tensor, which cannot be written]`,
  );
  expect(() => encodeModel({ ...branches, irVersion: 1.5 })).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: encodeModel: Model.irVersion must be an integer; got 1.5]`,
  );
  expect(() =>
    encodeModel({ ...branches, functions: [{ domain: "d", name: "f" }] }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: encodeModel: functions cannot be written, because decodeModel does not read them]`,
  );
});
