import { expect, test } from "vitest";
import { compile } from "../../src/engine/compile/compile.ts";
import { type DType, isFloat, onnxTypeOf, toNumbers } from "../../src/engine/dtype.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { gradients } from "../../src/engine/gradients.ts";
import { input } from "../../src/engine/input.ts";
import { NdArray } from "../../src/engine/ndarray.ts";
import { encodeModel } from "../../src/engine/onnx/encode.ts";
import { importModel } from "../../src/engine/onnx/import.ts";
import type { OnnxAttribute } from "../../src/engine/onnx/model.ts";
import { tensorFromArray } from "../../src/engine/onnx/tensor-data.ts";
import { add, multiply } from "../../src/engine/ops/arithmetic.ts";
import { sum } from "../../src/engine/ops/reduction.ts";
import { reshape } from "../../src/engine/ops/reshape.ts";
import { sizeOf } from "../../src/engine/shape.ts";
import { type Tensor, tensor } from "../../src/engine/tensor.ts";
import { closeTo, runModel } from "./onnx-models.ts";

type AttributeValue = number | string | readonly number[] | NdArray | { readonly float: number };

/** A model of one node. */
export interface NodeCase {
  readonly op: string;
  /** What tells this case from others of the operator. */
  readonly note?: string;
  /** Undefined for an optional input that is absent. */
  readonly inputs: readonly (NdArray | undefined)[];
  /** Whole numbers become `int`, `{ float }` a `float`. */
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly opset?: number;
  readonly domain?: string;
  /** Which inputs are initializers. */
  readonly stored?: readonly number[];
  /** The dtypes of the outputs; one of float32 unless told otherwise. */
  readonly outputs?: readonly DType[];
  readonly tolerance?: number;
  /** False where a derivative cannot be found by differences. */
  readonly gradient?: boolean;
}

function encodedAttribute(value: AttributeValue): OnnxAttribute {
  if (typeof value === "number") return { kind: "int", value };
  if (typeof value === "string") return { kind: "string", value };
  if (value instanceof NdArray) return { kind: "tensor", value: tensorFromArray("", value) };
  return "float" in value ? { kind: "float", value: value.float } : { kind: "ints", value };
}

/** The bytes of a model of one node, whose inputs are called `i0`, `i1` … and its outputs `o0`, `o1` … */
export function nodeModel(node: NodeCase): Uint8Array {
  const { op, inputs, attributes = {}, opset = 21, domain = "", stored = [], outputs = ["float32"] } = node;
  const isGiven = (i: number) => inputs[i] !== undefined && !stored.includes(i);
  return encodeModel({
    irVersion: 10,
    opsets: [{ domain: "", version: opset }, ...(domain === "" ? [] : [{ domain, version: 1 }])],
    graph: {
      name: op,
      nodes: [
        {
          opType: op,
          domain,
          name: "node",
          inputs: inputs.map((x, i) => (x === undefined ? "" : `i${i}`)),
          outputs: outputs.map((_, i) => `o${i}`),
          attributes: Object.fromEntries(Object.entries(attributes).map(([name, v]) => [name, encodedAttribute(v)])),
        },
      ],
      inputs: inputs.flatMap((x, i) =>
        x !== undefined && isGiven(i)
          ? [{ name: `i${i}`, type: { kind: "tensor", dataType: onnxTypeOf(x.dtype), shape: x.shape } as const }]
          : [],
      ),
      outputs: outputs.map((dtype, i) => ({ name: `o${i}`, type: { kind: "tensor", dataType: onnxTypeOf(dtype) } })),
      initializers: inputs.flatMap((x, i) =>
        x !== undefined && stored.includes(i) ? [tensorFromArray(`i${i}`, x)] : [],
      ),
    },
  });
}

/** The inputs that a node's model is given when it runs. */
export function givenInputs({ inputs, stored = [] }: NodeCase): Record<string, NdArray> {
  return Object.fromEntries(
    inputs.flatMap((x, i) => (x === undefined || stored.includes(i) ? [] : [[`i${i}`, x] as const])),
  );
}

/** One number of all floating outputs, each element with a weight of its own. */
function weightedSum(outputs: readonly Tensor[]): Tensor | undefined {
  const terms = outputs
    .filter(({ dtype }) => isFloat(dtype))
    .map((y) => {
      const weights = Array.from({ length: sizeOf(y.shape) }, (_, i) => Math.cos(1 + 2.3 * i));
      return sum(multiply(y, reshape(tensor(weights, y.dtype), y.shape)));
    });
  return terms.length === 0 ? undefined : terms.reduce((a, b) => add(a, b));
}

/** Compares the derivatives of `f` with central differences in float64, at up to eight elements of every floating input. */
export function expectDifferences(
  f: (xs: Record<string, Tensor>) => Record<string, Tensor>,
  values: Readonly<Record<string, NdArray>>,
  tolerance = 1e-6,
): void {
  const xs = Object.fromEntries(Object.entries(values).map(([name, x]) => [name, input(x.shape, x.dtype, name)]));
  const y = weightedSum(Object.values(f(xs)));
  const names = Object.keys(xs).filter((name) => isFloat(xs[name].dtype));
  if (y === undefined || names.length === 0) return;
  const found = gradients(y, Object.fromEntries(names.map((name) => [name, xs[name]])));
  const points = new Map(
    Object.entries(values).map(([name, x]) => [xs[name], { data: toNumbers(x.data), shape: x.shape }]),
  );
  const exact = evaluate(
    names.map((name) => found[name]),
    points,
  );
  names.forEach((name, k) => {
    const { data, shape } = points.get(xs[name]) as { data: Float64Array; shape: readonly number[] };
    const count = Math.min(8, data.length);
    for (let n = 0; n < count; n++) {
      const i = Math.floor((n * data.length) / count);
      const step = 1e-5;
      const at = (shift: number): number => {
        const moved = Float64Array.from(data);
        moved[i] += shift;
        return Number(evaluate([y], new Map([...points, [xs[name], { data: moved, shape }]]))[0].data[0]);
      };
      const difference: number = (at(step) - at(-step)) / (2 * step);
      const derivative = Number(exact[k].data[i]);
      if (!(Math.abs(difference - derivative) <= tolerance * Math.max(1, Math.abs(difference)))) {
        expect.fail(`derivative with respect to ${name}[${i}]: expected ${difference}; got ${derivative}`);
      }
    }
  });
}

/** ONNX Runtime on the model's bytes, and the imported model on ONNX Runtime and in the reference evaluator, give the same. */
async function check(node: NodeCase): Promise<void> {
  const bytes = nodeModel(node);
  const given = givenInputs(node);
  const expected = await runModel(bytes, given);
  const net = importModel(bytes);
  for (const provider of ["cpu", "reference"] as const) {
    const f = compile((xs: Record<string, Tensor>) => net.apply(xs), { provider });
    const found = await f(given);
    for (const name of Object.keys(expected)) closeTo(found[name], expected[name], node.tolerance);
    await f.release();
  }
  if (node.gradient !== false) expectDifferences((xs) => net.apply(xs), given);
}

/** One test for each case. */
export function testNodes(cases: readonly NodeCase[]): void {
  test.each(cases.map((node) => [`${node.op}${node.note === undefined ? "" : `, ${node.note}`}`, node] as const))(
    "%s computes what ONNX Runtime does, and its derivatives",
    (_, node) => check(node),
  );
}
