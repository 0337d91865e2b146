import * as native from "onnxruntime-node";
import * as wasm from "onnxruntime-web";
import { expect, test } from "vitest";
import { ndarray } from "../ndarray.ts";
import { encodeModel } from "./encode.ts";
import type { OnnxModel } from "./model.ts";
import { tensorFromArray } from "./tensor-data.ts";

const node = { domain: "", name: "", attributes: {} };
const model: OnnxModel = {
  irVersion: 10,
  opsets: [{ domain: "", version: 21 }],
  graph: {
    name: "dense",
    nodes: [
      { ...node, opType: "MatMul", inputs: ["x", "w"], outputs: ["h"] },
      { ...node, opType: "Add", inputs: ["h", "b"], outputs: ["y"] },
    ],
    inputs: [{ name: "x", type: { kind: "tensor", dataType: 1, shape: ["batch", 2] } }],
    outputs: [{ name: "y", type: { kind: "tensor", dataType: 1, shape: ["batch", 3] } }],
    initializers: [
      tensorFromArray(
        "w",
        ndarray([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ),
      tensorFromArray("b", ndarray([0.5, -0.5, 0])),
    ],
  },
};

test.each([
  ["natively", native],
  ["in WebAssembly", wasm],
])("an encoded model runs %s in ONNX Runtime", async (_, runtime) => {
  if (runtime === wasm) wasm.env.wasm.numThreads = 1;
  const session = await runtime.InferenceSession.create(encodeModel(model));
  const x = new runtime.Tensor("float32", Float32Array.of(1, 0, 0, 1, 1, -1), [3, 2]);
  const { y } = await session.run({ x });
  expect(y.dims).toEqual([3, 3]);
  expect([...(y.data as Float32Array)]).toEqual([1.5, 1.5, 3, 4.5, 4.5, 6, -2.5, -3.5, -3]);
  await session.release();
});
