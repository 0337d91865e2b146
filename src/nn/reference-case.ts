import { readFileSync } from "node:fs";
import {
  add,
  type Computed,
  compile,
  type DType,
  gradients,
  multiply,
  NdArray,
  ndarray,
  sum,
  type Tensor,
} from "../engine/index.ts";
import { OrreryError } from "../errors.ts";

/** An array as the reference files store it. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly dtype?: DType;
  readonly data: readonly number[];
}

type StoredArrays = Readonly<Record<string, StoredArray>>;

/** What PyTorch computed: see scripts/reference/README.md. */
export interface ReferenceCase {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly inputs: StoredArrays;
  readonly parameters: StoredArrays;
  readonly outputs: StoredArrays;
  readonly outputWeights: StoredArrays;
  readonly gradients: StoredArrays;
  readonly constants?: StoredArrays;
  readonly masks?: StoredArrays;
  readonly statesBefore?: StoredArrays;
  readonly statesAfter?: StoredArrays;
}

/** One of the JSON files beside this module's `reference` folder. */
export function readReference<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(`./reference/${file}`, import.meta.url), "utf8")) as T;
}

/** The cases of a file by name. */
export function referenceCases(file: string): (name: string) => ReferenceCase {
  const { cases } = readReference<{ cases: readonly ReferenceCase[] }>(file);
  return (name) => {
    const found = cases.find((entry) => entry.name === name);
    if (found === undefined) throw new OrreryError("not-found", `${file}: no case "${name}"`);
    return found;
  };
}

/** A stored array as a concrete one; floats in the dtype given. */
export function arrayOf(stored: StoredArray, float: "float32" | "float64" = "float32"): NdArray {
  const dtype = stored.dtype ?? float;
  return new NdArray(ndarray([...stored.data], dtype).data, stored.shape, dtype);
}

type Named<T> = Readonly<Record<string, T>>;

const arraysOf = (stored: StoredArrays, float: "float32" | "float64") =>
  Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, arrayOf(value, float)]));

/** The largest difference of any element, relative to the largest element of the expected array (at least 1e-3). */
export function relativeError(actual: NdArray, expected: StoredArray): number {
  if (`${actual.shape}` !== `${expected.shape}`) return Number.POSITIVE_INFINITY;
  const scale = Math.max(1e-3, ...expected.data.map(Math.abs));
  let worst = 0;
  expected.data.forEach((value, i) => {
    const error = Math.abs(Number(actual.data[i]) - value) / scale;
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  });
  return worst;
}

/** Σ over outputs of Σ output · weight. */
function weightedTotal(outputs: Named<Tensor>, weights: Named<Tensor>): Tensor {
  return Object.keys(weights)
    .map((name) => sum(multiply(outputs[name], weights[name])))
    .reduce((a, b) => add(a, b));
}

/** The executors a case is checked on, with the accuracy of their numbers. */
export const executors = [
  { provider: "cpu", float: "float32", tolerance: 1e-5 },
  { provider: "reference", float: "float64", tolerance: 1e-7 },
] as const;

/**
 * Runs `forward(inputs, parameters)` and its gradients on an executor and compares everything stored with it.
 * Returns the name and error of what differs by more than the tolerance.
 */
export async function compareWithReference(
  entry: ReferenceCase,
  forward: (inputs: Named<Tensor>, parameters: Named<Tensor>) => Named<Tensor>,
  { provider, float, tolerance }: (typeof executors)[number],
): Promise<string[]> {
  const wanted = Object.keys(entry.gradients);
  const run = compile(
    (inputs: Named<Tensor>, parameters: Named<Tensor>, weights: Named<Tensor>) => {
      const outputs = forward(inputs, parameters);
      const given: Named<Tensor> = { ...inputs, ...parameters };
      const xs = Object.fromEntries(wanted.map((name) => [name, given[name]]));
      return { outputs, gradients: gradients(weightedTotal(outputs, weights), xs, { strict: true }) };
    },
    { provider },
  );
  const [inputs, parameters, weights] = [entry.inputs, entry.parameters, entry.outputWeights].map((stored) =>
    arraysOf(stored, float),
  );
  const actual: Computed<{ outputs: Named<Tensor>; gradients: Named<Tensor> }> = await run(inputs, parameters, weights);
  await run.release();
  const check = (kind: string, stored: StoredArrays, arrays: Named<NdArray>) =>
    Object.entries(stored).flatMap(([name, expected]) => {
      const error = relativeError(arrays[name], expected);
      return error <= tolerance ? [] : [`${entry.name}: ${kind} ${name} differs by ${error}`];
    });
  return [
    ...check("output", entry.outputs, actual.outputs),
    ...check("gradient", entry.gradients, actual.gradients),
    ...check("state", entry.statesAfter ?? {}, actual.outputs),
  ];
}
