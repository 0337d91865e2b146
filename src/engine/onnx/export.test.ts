import * as native from "onnxruntime-node";
import * as wasm from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { compile } from "../compile/compile.ts";
import "../fluent.ts";
import { input } from "../input.ts";
import { type NdArray, ndarray, zerosArray } from "../ndarray.ts";
import {
  add,
  argMax,
  batchNormWith,
  bernoulli,
  conv2d,
  gelu,
  globalAveragePool2d,
  layerNorm,
  matmul,
  maxPool2d,
  mean,
  multiply,
  relu,
  reshape,
  scan,
  slice,
  softmax,
  sum,
  transpose,
} from "../ops/index.ts";
import { key } from "../random/key.ts";
import { sizeOf } from "../shape.ts";
import { type Tensor, tensor } from "../tensor.ts";
import { decodeModel } from "./decode.ts";
import { exportModel } from "./export.ts";

const filled = (shape: readonly number[], seed = 1): NdArray =>
  zerosArray(shape.map(Number)).reshape(shape).size === 0
    ? zerosArray(shape)
    : ndarray(Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(seed + 1.7 * i))).reshape(shape);

type Outputs = Record<string, { readonly dims: readonly number[]; readonly data: ArrayLike<number | bigint> }>;

async function run(
  bytes: Uint8Array,
  feeds: Record<string, NdArray>,
  runtime: typeof native | typeof wasm = native,
): Promise<Outputs> {
  if (runtime === wasm) wasm.env.wasm.numThreads = 1;
  const session = await (runtime as typeof native).InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const given = Object.fromEntries(
    Object.entries(feeds).map(([name, x]) => [
      name,
      new runtime.Tensor(x.dtype as "float32", x.data as Float32Array, x.shape),
    ]),
  );
  const results = await session.run(given as Record<string, native.Tensor>);
  await session.release();
  return results as unknown as Outputs;
}

function expectClose(actual: ArrayLike<number | bigint>, expected: ArrayLike<number | bigint>): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [a, b] = [Number(actual[i]), Number(expected[i])];
    if (Math.abs(a - b) > 1e-5 * Math.max(1, Math.abs(b))) expect(a, `element ${i}`).toBe(b);
  }
}

const parameters = {
  conv: { weight: filled([4, 3, 3, 3], 2), bias: filled([4], 3) },
  norm: { mean: filled([4], 4), variance: ndarray([0.5, 1, 1.5, 2]), scale: filled([4], 5), bias: filled([4], 6) },
  head: { weight: filled([4, 5], 7), bias: filled([5], 8) },
};
type Parameters = { [L in keyof typeof parameters]: { [P in keyof (typeof parameters)[L]]: Tensor } };

function convolutional(p: Parameters, x: Tensor) {
  const h = add(conv2d(x, p.conv.weight, { padding: 1 }), reshape(p.conv.bias, [1, 4, 1, 1]));
  const pooled = globalAveragePool2d(maxPool2d(relu(batchNormWith(h, p.norm)), { size: 2 }));
  const logits = add(matmul(pooled, p.head.weight), p.head.bias);
  return { logits, probabilities: softmax(logits), label: argMax(logits) };
}

const block = {
  norm: { scale: filled([8], 1), bias: filled([8], 2) },
  qkv: filled([8, 24], 3),
  positions: filled([6, 8], 4),
};

/** Self-attention whose reshapes have the batch in several places. */
function attentive(p: { norm: { scale: Tensor; bias: Tensor }; qkv: Tensor; positions: Tensor }, x: Tensor) {
  const [batch, tokens, width] = x.shape;
  const h = layerNorm(add(x, p.positions), p.norm.scale, p.norm.bias);
  const parts = transpose(reshape(matmul(h, p.qkv), [batch, tokens, 3, 2, width / 2]), 2, 0, 3, 1, 4);
  const [q, k, v] = [0, 1, 2].map((i) => slice(parts, { 0: i }));
  const mixed = matmul(softmax(matmul(q, k, { transposeB: true })), v);
  return gelu(reshape(transpose(mixed, 0, 2, 1, 3), [batch, tokens, width]));
}

describe("exportModel", () => {
  test.each([
    ["natively", native],
    ["in WebAssembly", wasm],
  ])("writes a network that gives the same outputs %s", async (_, runtime) => {
    const x = filled([2, 3, 6, 6], 9);
    const expected = await compile(convolutional)(parameters, x);
    const outputs = await run(exportModel(convolutional, [x], { parameters }), { input: x }, runtime);
    expect(Object.keys(outputs)).toEqual(["logits", "probabilities", "label"]);
    for (const name of ["logits", "probabilities", "label"] as const) {
      expect(outputs[name].dims).toEqual(expected[name].shape);
      expectClose(outputs[name].data, expected[name].data);
    }
  });

  test("stores parameters under their paths, and uses ONNX's own operators only", () => {
    const model = decodeModel(exportModel(convolutional, [filled([2, 3, 6, 6])], { parameters }));
    expect(model.graph.initializers.map(({ name }) => name).slice(0, 8)).toEqual([
      "conv.weight",
      "conv.bias",
      "norm.mean",
      "norm.variance",
      "norm.scale",
      "norm.bias",
      "head.weight",
      "head.bias",
    ]);
    expect(model.opsets).toEqual([{ domain: "", version: 21 }]);
    expect(model.irVersion).toBe(10);
    expect(model.graph.inputs).toEqual([{ name: "input", type: { kind: "tensor", dataType: 1, shape: [2, 3, 6, 6] } }]);
  });

  test("keeps names, producer, description and metadata", () => {
    const model = decodeModel(
      exportModel(
        (a: { left: Tensor; right: Tensor }) => add(a.left, a.right),
        [{ left: filled([2]), right: filled([2]) }],
        {
          outputNames: ["total"],
          name: "adder",
          producerName: "test",
          producerVersion: "3",
          docString: "adds",
          metadata: { licence: "MIT" },
        },
      ),
    );
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(["left", "right"]);
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(["total"]);
    expect(model).toMatchObject({
      producerName: "test",
      producerVersion: "3",
      docString: "adds",
      metadata: { licence: "MIT" },
    });
    expect(model.graph.name).toBe("adder");
  });

  test("gives way where a user's name is that of an intermediate value", async () => {
    const f = (x: Tensor) => relu(multiply(add(x, 1), x));
    const plain = decodeModel(exportModel(f, [filled([3])]));
    const inner = plain.graph.nodes[0].outputs[0];
    const x = filled([3]);
    const bytes = exportModel(f, [x], { inputNames: [inner] });
    const { output } = await run(bytes, { [inner]: x });
    expectClose(output.data, (await compile(f)(x)).data);
  });

  test("takes an expression as an example and an input that is itself an output", async () => {
    const bytes = exportModel((x: Tensor) => ({ same: x, twice: add(x, x), again: add(x, x) }), [input([2])]);
    const outputs = await run(bytes, { input: ndarray([1, 2]) });
    expect([...(outputs.same.data as Float32Array)]).toEqual([1, 2]);
    expect([...(outputs.again.data as Float32Array)]).toEqual([2, 4]);
  });
});

describe("exportModel with a dynamic batch", () => {
  const sizes = [1, 2, 7];

  test.each(sizes)("runs a convolutional network at batch %i", async (batch) => {
    const bytes = exportModel(convolutional, [input([2, 3, 6, 6])], { parameters, dynamicBatch: true });
    const x = filled([batch, 3, 6, 6], 3);
    const outputs = await run(bytes, { input: x });
    expectClose(outputs.logits.data, (await compile(convolutional)(parameters, x)).logits.data);
  });

  test.each(sizes)("runs self-attention at batch %i", async (batch) => {
    const bytes = exportModel(attentive, [input([2, 6, 8])], { parameters: block, dynamicBatch: true });
    const x = filled([batch, 6, 8], 3);
    const outputs = await run(bytes, { input: x });
    expectClose(outputs.output.data, (await compile(attentive)(block, x)).data);
  });

  test.each(sizes)("computes sizes that a reshape's -1 cannot give at batch %i", async (batch) => {
    const f = (x: Tensor) => {
      const [n] = x.shape;
      const padded = slice(add(x, tensor(1)), { 0: [0, n - 1] });
      return {
        all: sum(x),
        grown: reshape(reshape(x, [n, 1, 3]).expandDims(0).broadcastTo([2, n, n, 3]), [2, n, 3 * n]),
        padded,
      };
    };
    const x = filled([batch, 3], 3);
    const outputs = await run(exportModel(f, [input([2, 3])], { dynamicBatch: true }), { input: x });
    const expected = await compile(f)(x);
    for (const name of ["all", "grown", "padded"] as const) {
      expect(outputs[name].dims).toEqual(expected[name].shape);
      expectClose(outputs[name].data, expected[name].data);
    }
  });

  test.each(sizes)("runs a long recurrence, written as a loop, at batch %i", async (batch) => {
    const steps = 6000;
    const f = (xs: Tensor) =>
      scan(
        (c: Tensor, x: Tensor) => {
          const h = multiply(add(multiply(c, 0.9), reshape(x, [x.shape[0], 1])), 0.5).broadcastTo([x.shape[0], 2]);
          return [h, reshape(h, [2, x.shape[0]])] as const;
        },
        tensor(0).broadcastTo([xs.shape[0], 2]),
        transpose(xs, 1, 0),
      ).carry;
    const x = filled([batch, steps], 3);
    const bytes = exportModel(f, [input([2, steps])], { dynamicBatch: true });
    expect(decodeModel(bytes).graph.nodes.map(({ opType }) => opType)).toContain("Scan");
    expectClose((await run(bytes, { input: x })).output.data, (await compile(f)(x)).data);
  });

  test("names the batch in the shapes of inputs and outputs", () => {
    const f = (x: Tensor) => ({ y: relu(x), total: sum(x), pairs: reshape(x, [-1]) });
    const { graph } = decodeModel(exportModel(f, [input([4, 3])], { dynamicBatch: true }));
    const shapes = [...graph.inputs, ...graph.outputs].map(({ type }) => type?.kind === "tensor" && type.shape);
    expect(shapes).toEqual([["batch", 3], ["batch", 3], [], [null]]);
  });

  test("leaves inputs alone that are not named", () => {
    const f = (x: Tensor, table: Tensor) => matmul(x, table);
    const options = { inputNames: ["x", "table"], dynamicBatch: ["x"] };
    const { graph } = decodeModel(exportModel(f, [input([4, 4]), input([4, 4])], options));
    expect(graph.inputs.map(({ type }) => type?.kind === "tensor" && type.shape)).toEqual([
      ["batch", 4],
      [4, 4],
    ]);
  });
});

describe("exportModel explains", () => {
  const message = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return String(error);
    }
    throw new Error("expected an error");
  };

  test("which operation depends on the batch size", () => {
    const dynamic = { dynamicBatch: true };
    expect(
      message(() => exportModel((x: Tensor) => relu(add(mean(x), 1)), [input([4, 3])], dynamic)),
    ).toMatchInlineSnapshot(
      `"exportModel: "multiply" (Mul node multiply_3) depends on the batch size: at batch 1009 its input 1 is a constant float [] that changes with it. Leave dynamicBatch out to export at the examples' batch size, or take out what counts or mixes the examples of a batch."`,
    );
    expect(
      message(() =>
        exportModel((x: Tensor) => multiply(x, tensor(zerosArray([x.shape[0], 1]))), [input([4, 3])], dynamic),
      ),
    ).toMatchInlineSnapshot(
      `"exportModel: "multiply" (Mul node multiply_1) depends on the batch size: at batch 1009 its input 1 is a constant float [1009, 1] that changes with it. Leave dynamicBatch out to export at the examples' batch size, or take out what counts or mixes the examples of a batch."`,
    );
    expect(
      message(() =>
        exportModel(
          (x: Tensor) => reshape(matmul(x, x, { transposeB: true }), [-1]).broadcastTo([2, x.shape[0] ** 2]),
          [input([4, 3])],
          dynamic,
        ),
      ),
    ).toMatchInlineSnapshot(
      `"exportModel: "reshape" (Reshape node reshape_2) depends on the batch size: sizes in its input 1 are not a multiple of the batch plus a number. Leave dynamicBatch out to export at the examples' batch size, or take out what counts or mixes the examples of a batch."`,
    );
  });

  test("that random numbers cannot be exported", () => {
    expect(
      message(() => exportModel((x: Tensor) => multiply(x, bernoulli(key(1), 0.5, [2]).cast("float32")), [input([2])])),
    ).toMatchInlineSnapshot(
      `"exportModel: a model file cannot draw the random numbers that the function uses, of shape [2]. Switch dropout and other noise off, or give the random numbers as an input."`,
    );
  });

  test("names that do not fit", () => {
    const f = (x: Tensor) => relu(x);
    expect(message(() => exportModel(f, [input([2])], { inputNames: ["a", "b"] }))).toMatchInlineSnapshot(
      `"exportModel: inputNames must have one name for each of 1 tensors (input); got 2"`,
    );
    expect(
      message(() => exportModel(f, [input([2])], { inputNames: ["a"], outputNames: ["a"] })),
    ).toMatchInlineSnapshot(
      `"exportModel: two values are named "a". Choose distinct inputNames and outputNames that no parameter has."`,
    );
    expect(message(() => exportModel(f, [input([2])], { dynamicBatch: ["b"] }))).toMatchInlineSnapshot(
      `"exportModel: dynamicBatch names no input; expected some of input; got b"`,
    );
    expect(message(() => exportModel(f, [input([])], { dynamicBatch: true }))).toMatchInlineSnapshot(
      `"exportModel: dynamicBatch needs an input with at least one axis; got none"`,
    );
  });
});
