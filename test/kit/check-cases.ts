import { expect } from "vitest";
import { compile } from "../../src/engine/compile/compile.ts";
import { isFloat } from "../../src/engine/dtype.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { gradcheck } from "../../src/engine/gradcheck.ts";
import { gradients } from "../../src/engine/gradients.ts";
import { input } from "../../src/engine/input.ts";
import type { NdArray } from "../../src/engine/ndarray.ts";
import type { ReferenceArray } from "../../src/engine/operation.ts";
import { concat } from "../../src/engine/ops/joining.ts";
import { flatten, reshape } from "../../src/engine/ops/reshape.ts";
import { formatShape, sizeOf } from "../../src/engine/shape.ts";
import { type Tensor, tensor } from "../../src/engine/tensor.ts";

/** One use of an operation, and how far it is to be checked. */
export interface Case {
  readonly name: string;
  readonly f: (...xs: Tensor[]) => Tensor | readonly Tensor[];
  readonly inputs: readonly NdArray[];
  /** How many derivatives are checked: 2 unless told otherwise. Inputs that are no floats are held fixed. */
  readonly order?: 0 | 1 | 2;
  /** The largest difference from the reference, relative to 1 or to the value where that is larger; 1e-5 unless told otherwise. */
  readonly tolerance?: number;
}

type Executor = "cpu" | "wasm";

const listOf = (result: Tensor | readonly Tensor[]): readonly Tensor[] =>
  Array.isArray(result) ? result : [result as Tensor];

/** All derivatives of the floating results, weighted with fixed numbers, with respect to the floating inputs. */
function derivatives(outputs: readonly Tensor[], xs: readonly Tensor[]): readonly Tensor[] {
  const ys = outputs.filter(({ dtype }) => isFloat(dtype)).map(flatten);
  const free = xs.filter(({ dtype }) => isFloat(dtype));
  if (ys.length === 0 || free.length === 0) return [];
  const y = concat(ys);
  const weights = Array.from({ length: sizeOf(y.shape) }, (_, i) => Math.cos(1 + 2.3 * i));
  return gradients(y, free, { cotangent: reshape(tensor(weights, y.dtype), y.shape) });
}

/** What a case computes: its results, and as many derivatives of them as it asks for. */
function everything({ f, order = 2 }: Case, xs: readonly Tensor[]): Tensor[] {
  const all = [...listOf(f(...xs))];
  let last: readonly Tensor[] = all;
  for (let k = 0; k < order && last.length > 0; k++) {
    last = derivatives(last, xs);
    all.push(...last);
  }
  return all;
}

/** Compares a computed array with the reference. @throws Error naming the case and the first element that differs. */
export function expectClose(name: string, got: NdArray, expected: ReferenceArray, tolerance = 1e-5): void {
  expect(got.shape, name).toEqual(expected.shape);
  for (let i = 0; i < got.size; i++) {
    const [a, b] = [Number(got.data[i]), Number(expected.data[i])];
    const isClose = Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
    if (!isClose) throw new Error(`${name}, element ${i} of ${formatShape(got.shape)}: got ${a}, expected ${b}`);
  }
}

/** Runs the cases in one compiled function; where that stops with an error, each alone, so that the error names its case. */
async function runCases(cases: readonly Case[], provider: Executor): Promise<readonly (readonly NdArray[])[]> {
  const run = compile((inputs: readonly (readonly Tensor[])[]) => inputs.map((xs, i) => everything(cases[i], xs)), {
    provider,
  });
  try {
    return await run(cases.map(({ inputs }) => inputs));
  } catch (cause) {
    if (cases.length === 1) throw new Error(`${cases[0].name} on ${provider}: ${String(cause)}`, { cause });
    for (const item of cases) await runCases([item], provider);
    throw cause;
  } finally {
    await run.release();
  }
}

async function checkExecutor(cases: readonly Case[], provider: Executor, expected: ReferenceArray[][]): Promise<void> {
  const results = await runCases(cases, provider);
  cases.forEach(({ name, tolerance }, i) => {
    results[i].forEach((got, k) => {
      expectClose(`${name} on ${provider}, result ${k}`, got, expected[i][k], tolerance);
    });
  });
}

/** Differences in float64 against the gradient, and against the gradient of the gradient. */
function checkDerivatives({ name, f, inputs, order = 2 }: Case): void {
  const free = inputs.filter(({ dtype }) => isFloat(dtype)).map((x) => x.astype("float64"));
  if (free.length === 0 || order === 0) return;
  const whole = (...xs: Tensor[]) => {
    let next = 0;
    return listOf(f(...inputs.map((x) => (isFloat(x.dtype) ? xs[next++] : tensor(x)))));
  };
  const hasFloats = (list: readonly Tensor[]) => list.some(({ dtype }) => isFloat(dtype));
  if (!hasFloats(whole(...free.map((x) => tensor(x))))) return;
  const joined = (list: readonly Tensor[]) => concat(list.filter(({ dtype }) => isFloat(dtype)).map(flatten));
  try {
    gradcheck((...xs) => joined(whole(...xs)), free);
    if (order > 1) gradcheck((...xs) => joined(derivatives(whole(...xs), xs)), free);
  } catch (cause) {
    throw new Error(`${name}: ${String(cause)}`, { cause });
  }
}

/**
 * Checks cases of one family together: values and derivatives on every executor against the reference evaluator (one compiled
 * function an executor, since compiling is what costs), and the derivatives against central differences (not for cases with kinks: `differences: false`).
 */
export async function checkCases(
  cases: readonly Case[],
  { executors = ["cpu", "wasm"] as readonly Executor[], differences = true } = {},
): Promise<void> {
  const expected = cases.map((item) => {
    const xs = item.inputs.map(({ shape, dtype }, i) => input(shape, dtype, `x${i}`));
    return evaluate(everything(item, xs), new Map(xs.map((x, i) => [x, item.inputs[i]])));
  });
  if (differences) for (const item of cases) checkDerivatives(item);
  for (const provider of executors) await checkExecutor(cases, provider, expected);
}
