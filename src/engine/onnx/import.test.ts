import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { closeTo, filled, runModel } from "../../../test/kit/onnx-models.ts";
import { expectDifferences, nodeModel } from "../../../test/kit/onnx-nodes.ts";
import { compile } from "../compile/compile.ts";
import { gradients } from "../gradients.ts";
import { input } from "../input.ts";
import { NdArray, ndarray, zerosArray } from "../ndarray.ts";
import { add, mean, multiply, square, subtract, sum, tanh } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { encodeModel } from "./encode.ts";
import { exportModel } from "./export.ts";
import { importModel } from "./import.ts";
import type { OnnxDim, OnnxNode } from "./model.ts";
import { tensorFromArray } from "./tensor-data.ts";

interface StoredArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Stored = Record<"inputs" | "outputs" | "gradients", Record<string, StoredArray>>;

const folder = new URL("reference/", import.meta.url);
const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(`${name}.onnx`, folder)));
const numbersOf = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Stored;
const toArray = ({ shape, data }: StoredArray) => new NdArray(Float32Array.from(data), shape);
const toArrays = (stored: Record<string, StoredArray>) =>
  Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, toArray(value)]));

const names = ["torch-classifier", "torch-encoder", "torch-upscaler", "torch-fake-quantised"];

/** Where a value lies on the edge of rounding, two correct programs may round it differently. */
const tolerance = (name: string) => (name === "torch-fake-quantised" ? 1e-4 : 1e-5);

describe("a model made by PyTorch's exporter", () => {
  test.each(
    names.flatMap((name) => (["cpu", "wasm", "reference"] as const).map((provider) => [name, provider] as const)),
  )("%s gives PyTorch's outputs and gradients on %s", async (name, provider) => {
    const net = importModel(bytesOf(name));
    const stored = numbersOf(name);
    const step = (x: Record<string, Tensor>) => {
      const outputs = net.apply(x);
      const total = Object.values(outputs).reduce((t, y) => add(t, sum(y)), sum(multiply(Object.values(x)[0], 0)));
      return { outputs, gradients: gradients(total, x) };
    };
    const f = compile(step, { provider });
    const found = await f(toArrays(stored.inputs));
    for (const key of Object.keys(stored.outputs))
      closeTo(found.outputs[key], toArray(stored.outputs[key]), tolerance(name));
    for (const key of Object.keys(stored.gradients)) {
      closeTo(found.gradients[key], toArray(stored.gradients[key]), 10 * tolerance(name));
    }
    await f.release();
  });

  test.each(names)(
    "%s gives what ONNX Runtime computes from the file, also after being exported again",
    async (name) => {
      const bytes = bytesOf(name);
      const net = importModel(bytes);
      const inputs = toArrays(numbersOf(name).inputs);
      const expected = await runModel(bytes, inputs);
      const again = exportModel((p: Record<string, Tensor>, x: Record<string, Tensor>) => net.apply(x, p), [inputs], {
        parameters: net.parameters,
        dynamicBatch: name === "torch-classifier",
      });
      const found = await runModel(again, inputs);
      expect(Object.keys(found)).toEqual(net.outputs.map((output) => output.name));
      for (const key of Object.keys(expected)) closeTo(found[key], expected[key], tolerance(name));
      expect(importModel(again).parameters).toEqual(net.parameters);
    },
  );

  // Fake quantisation is left out: its derivative is not that of its steps.
  test.each(names.filter((name) => name !== "torch-fake-quantised"))(
    "%s has the derivatives that differences show, in inputs and parameters",
    (name) => {
      const net = importModel(bytesOf(name));
      const inputs = toArrays(numbersOf(name).inputs);
      const [trained] = Object.keys(net.parameters);
      expectDifferences(
        (values) => {
          const { [trained]: parameter, ...rest } = values;
          return net.apply(rest, { [trained]: parameter });
        },
        { ...inputs, [trained]: net.parameters[trained] },
        1e-4,
      );
    },
  );
});

describe("importModel", () => {
  test("takes any size where the file names one", async () => {
    const bytes = bytesOf("torch-classifier");
    const net = importModel(bytes);
    expect(net.inputs).toEqual([{ name: "image", dtype: "float32", shape: ["batch", 3, 12, 12] }]);
    const f = compile((x: Tensor) => net.apply({ image: x }));
    for (const batch of [1, 5]) {
      const image = filled([batch, 3, 12, 12]);
      const { logProbabilities } = await f(image);
      closeTo(logProbabilities, (await runModel(bytes, { image })).logProbabilities);
    }
  });

  test("gives every float initializer as a parameter under its name", () => {
    const { parameters, producerName } = importModel(bytesOf("torch-classifier"));
    expect(producerName).toBe("pytorch");
    expect(Object.keys(parameters)).toContain("dense.weight");
    expect(Object.keys(parameters)).toContain("stem.1.running_mean");
    expect(parameters["dense.weight"].shape).toEqual([10, 108]);
  });

  test("lets a network be trained further", async () => {
    const net = importModel(bytesOf("torch-encoder"));
    const { "head.weight": weight, "head.bias": bias } = net.parameters;
    const step = compile((p: Record<string, Tensor>, tokens: Tensor, goal: Tensor) => {
      const loss = mean(square(subtract(net.apply({ tokens }, p).scores, goal)));
      const slopes = gradients(loss, p);
      const next = Object.entries(p).map(
        ([name, value]) => [name, subtract(value, multiply(slopes[name], 0.5))] as const,
      );
      return { loss, next: Object.fromEntries(next) };
    });
    let parameters: Record<string, NdArray> = { "head.weight": weight, "head.bias": bias };
    const losses: number[] = [];
    for (let k = 0; k < 30; k++) {
      const { loss, next } = await step(parameters, filled([2, 7, 6]), filled([2, 5], 4));
      losses.push(loss.item());
      parameters = next as Record<string, NdArray>;
    }
    expect(losses[29]).toBeLessThan(0.3 * losses[0]);
  });

  test("takes importers for operators of other domains", async () => {
    const bytes = nodeModel({
      op: "Squash",
      domain: "org.example",
      inputs: [filled([3])],
      attributes: { by: { float: 0.5 } },
    });
    const net = importModel(bytes, {
      operators: { "org.example::Squash": (node) => multiply(tanh(node.input(0)), node.float("by", 1)) },
    });
    const f = compile((x: Tensor) => net.apply({ i0: x }).o0);
    closeTo(await f(ndarray([0, 1, -1])), ndarray([0, Math.tanh(1) / 2, -Math.tanh(1) / 2]));
  });
});

const float = (name: string, shape?: readonly OnnxDim[]) =>
  ({ name, type: { kind: "tensor", dataType: 1, shape } }) as const;

/** A model of the nodes given, with inputs x and w. */
function modelOf(nodes: readonly Partial<OnnxNode>[], opset = 21): Uint8Array {
  return encodeModel({
    irVersion: 10,
    opsets: [{ domain: "", version: opset }],
    graph: {
      name: "example",
      nodes: nodes.map((node) => ({
        opType: "",
        domain: "",
        name: "",
        inputs: [],
        outputs: [],
        attributes: {},
        ...node,
      })),
      inputs: [float("x", ["batch", 3]), float("w", ["batch", 2])],
      outputs: [float("y")],
      initializers: [tensorFromArray("table", zerosArray([3, 2]))],
    },
  });
}

describe("importModel explains", () => {
  const message = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return String(error);
    }
    throw new Error("expected an error");
  };
  const x = input([2, 3]);
  const w = input([2, 2]);
  const doubled = importModel(modelOf([{ opType: "Add", inputs: ["x", "x"], outputs: ["y"] }]));

  test("all operators at once that it cannot import", () => {
    const bytes = modelOf([
      { opType: "MatMul", inputs: ["x", "table"], outputs: ["h"] },
      { opType: "NonZero", name: "find", inputs: ["h"], outputs: ["where"] },
      { opType: "Gather", inputs: ["h", "where"], outputs: ["g"] },
      { opType: "Fancy", domain: "org.example", inputs: ["g", "", "w"], outputs: ["y"] },
    ]);
    expect(message(() => importModel(bytes))).toMatchInlineSnapshot(`
      "importModel: 2 nodes have operators that cannot be imported:
        NonZero (ai.onnx 21) node "find" with inputs float32 [1, 2]
        Fancy (org.example 1) node that makes "y" with inputs of unknown shape, absent, float32 [1, 2]. Give an importer in options.operators, inline the model's functions, or export the model without control flow and recurrent layers."
    `);
  });

  test("that a shape must not depend on values", () => {
    const bytes = modelOf([
      { opType: "ReduceSum", inputs: ["x"], outputs: ["s"] },
      { opType: "Cast", inputs: ["s"], outputs: ["n"], attributes: { to: { kind: "int", value: 7 } } },
      { opType: "Expand", name: "grow", inputs: ["w", "n"], outputs: ["y"] },
    ]);
    expect(message(() => importModel(bytes).apply({ x, w }))).toMatchInlineSnapshot(
      `"importModel: Expand (ai.onnx 21) node "grow": input 1 ("n") must be known when the model is imported, but is computed from the model's inputs or parameters; got inputs float32 [2, 2], int64 [1, 1]. Sizes must follow from the inputs' shapes: export the model with fixed sizes instead."`,
    );
  });

  test("which node does not fit its inputs", () => {
    const bytes = modelOf([{ opType: "MatMul", name: "product", inputs: ["x", "w"], outputs: ["y"] }]);
    expect(message(() => importModel(bytes).apply({ x, w }))).toMatchInlineSnapshot(
      `"importModel: MatMul (ai.onnx 21) node "product": matmul: inner sizes must agree; got [2, 3] and [2, 2], so 3 against 2. The columns of the first operand meet the rows of the second."`,
    );
  });

  test("a form of an operator that it lacks", () => {
    const pool = { kernel_shape: { kind: "ints", value: [2] } } as const;
    const bytes = modelOf([{ opType: "MaxPool", name: "pool", inputs: ["x"], outputs: ["y"], attributes: pool }]);
    expect(message(() => importModel(bytes).apply({ x, w }))).toMatchInlineSnapshot(
      `"importModel: MaxPool (ai.onnx 21) node "pool": expected images with one or two spatial axes; got 0; got inputs float32 [2, 3]. Three-dimensional windows are not supported: split the model before this node."`,
    );
  });

  test("inputs and parameters that do not fit", () => {
    expect(message(() => doubled.apply({ x }))).toMatchInlineSnapshot(`"importModel: input "w" is missing; got x"`);
    expect(message(() => doubled.apply({ x, w, z: w }))).toMatchInlineSnapshot(
      `"importModel: the model has no input "z"; expected x, w"`,
    );
    expect(message(() => doubled.apply({ x, w: input([3, 2]) }))).toMatchInlineSnapshot(
      `"importModel: input "w" must have shape [batch, 2]; got [3, 2]. Here batch is 2 in "x"."`,
    );
    expect(message(() => doubled.apply({ x: input([2, 4]), w }))).toMatchInlineSnapshot(
      `"importModel: input "x" must have shape [batch, 3]; got [2, 4]. Here batch is 2 in "x"."`,
    );
    expect(message(() => doubled.apply({ x: input([2, 3], "int64"), w }))).toMatchInlineSnapshot(
      `"importModel: input "x" must be float32; got int64. Convert with cast(x, "float32")."`,
    );
    expect(message(() => doubled.apply({ x, w }, { tabel: w }))).toMatchInlineSnapshot(
      `"importModel: the model has no parameter "tabel"; expected none"`,
    );
    const projected = importModel(modelOf([{ opType: "MatMul", inputs: ["x", "table"], outputs: ["y"] }]));
    expect(message(() => projected.apply({ x, w }, { table: w }))).toMatchInlineSnapshot(
      `"importModel: parameter "table" must be float32 [3, 2]; got float32 [2, 2]"`,
    );
  });

  test("that a file is too old, or is missing a value", () => {
    const old = modelOf([{ opType: "Add", inputs: ["x", "x"], outputs: ["y"] }], 6);
    expect(message(() => importModel(old))).toMatchInlineSnapshot(
      `"importModel: expected version 7 or later of ONNX's operators; got 6. Convert the file, e.g. in Python: onnx.version_converter.convert_version(model, 21)."`,
    );
    const broken = modelOf([{ opType: "Add", inputs: ["x", "h"], outputs: ["y"] }]);
    expect(message(() => importModel(broken).apply({ x, w }))).toMatchInlineSnapshot(
      `"importModel: Add (ai.onnx 21) node that makes "y": input "h" is made by no node before it"`,
    );
  });
});
