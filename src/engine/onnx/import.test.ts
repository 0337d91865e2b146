import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { closeTo, runModel } from "../../../test/kit/onnx-models.ts";
import { compile } from "../compile/compile.ts";
import { gradients } from "../gradients.ts";
import { NdArray } from "../ndarray.ts";
import { add, multiply, sum } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { exportModel } from "./export.ts";
import { importModel } from "./import.ts";

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
});
