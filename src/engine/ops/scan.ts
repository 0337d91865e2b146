import { OrreryError } from "../../errors.ts";
import { isFloat } from "../dtype.ts";
import { evaluate } from "../evaluate.ts";
import { pullback } from "../gradients.ts";
import { input } from "../input.ts";
import type {
  GradientContext,
  GraphBody,
  LoweringContext,
  Operation,
  ReferenceArray,
  TensorType,
} from "../operation.ts";
import { formatShape, sameShape, sizeOf } from "../shape.ts";
import { hoistInvariants, substitute } from "../substitute.ts";
import { applyAll, Tensor } from "../tensor.ts";
import { leavesOf, leavesOfClass, rebuildTree, type Tree } from "../tree.ts";
import { add } from "./arithmetic.ts";
import { concat, split } from "./joining.ts";
import { expandDims, reshape, zerosLike } from "./reshape.ts";

/**
 * A loop over a leading axis. Inputs: first carries, scanned tensors, invariants. Outputs: last carries, stacked results,
 * and the stacked carries that entered each step, which its derivative reads.
 */
export interface ScanAttributes {
  /** Parameters: carries, one slice of each scanned tensor, invariants. Results: next carries, one slice of each output. */
  readonly body: GraphBody;
  readonly carries: number;
  readonly scanned: number;
  readonly length: number;
  /** Run from the last slice to the first; outputs keep the order of the inputs. */
  readonly reverse: boolean;
}

const bodyNumbers = new WeakMap<GraphBody, number>();
let bodyCount = 0;

/** The operation behind `scan`, known to the unroller. */
export const scanOperation: Operation<ScanAttributes> = {
  name: "scan",
  infer: (_, { body, carries, length }) => {
    const stacked = ({ shape, dtype }: TensorType): TensorType => ({ shape: [length, ...shape], dtype });
    const results = body.results.map(({ shape, dtype }) => ({ shape, dtype }));
    return [
      ...results.slice(0, carries),
      ...results.slice(carries).map(stacked),
      ...body.parameters.slice(0, carries).map(stacked),
    ];
  },
  gradient: scanGradient,
  lower: lowerScan,
  evaluate: evaluateScan,
  key: ({ body, length, reverse }) => {
    const number = bodyNumbers.get(body) ?? ++bodyCount;
    bodyNumbers.set(body, number);
    return `${number},${length},${reverse}`;
  },
};

function scanGradient({
  inputs,
  outputs,
  attributes,
  cotangents,
}: GradientContext<ScanAttributes>): (Tensor | undefined)[] {
  const { body, carries, scanned, length, reverse } = attributes;
  const results = body.results.length - carries;
  const like = (x: TensorType, name: string) => input(x.shape, x.dtype, name);
  const carryIn = body.parameters.slice(0, carries);
  const slices = body.parameters.slice(carries, carries + scanned);
  const invariants = body.parameters.slice(carries + scanned);
  const isCarried = carryIn.map((x) => isFloat(x.dtype));
  const forCarry = carryIn.map((x, i) => (isCarried[i] ? like(x, "g") : undefined));
  const forOutput = body.results
    .slice(carries)
    .map((x, i) => (cotangents[carries + i] === undefined ? undefined : like(x, "g")));
  const forHistory = carryIn.map((x, i) =>
    cotangents[carries + results + i] === undefined ? undefined : like(x, "g"),
  );
  const found = pullback(body.results, [...forCarry, ...forOutput], body.parameters);
  const nextCarry = carryIn.flatMap((x, i) => {
    if (!isCarried[i]) return [];
    const g = found[i] ?? zerosLike(x);
    const extra = forHistory[i];
    return [extra === undefined ? g : add(g, extra)];
  });
  const influential = (list: readonly Tensor[], offset: number) =>
    list.flatMap((x, i) => (found[offset + i] !== undefined && isFloat(x.dtype) ? [i] : []));
  const sliceIndices = influential(slices, carries);
  const invariantIndices = influential(invariants, carries + scanned);
  const totals = invariantIndices.map((i) => like(invariants[i], "total"));
  const present = (list: readonly (Tensor | undefined)[]) => list.filter((x): x is Tensor => x !== undefined);
  const backward: GraphBody = {
    parameters: [
      ...present(forCarry),
      ...totals,
      ...slices,
      ...carryIn,
      ...present(forOutput),
      ...present(forHistory),
      ...invariants,
    ],
    results: [
      ...nextCarry,
      ...invariantIndices.map((i, k) => add(totals[k], found[carries + scanned + i] as Tensor)),
      ...sliceIndices.map((i) => found[carries + i] as Tensor),
    ],
  };
  const first = carryIn.flatMap((x, i) => (isCarried[i] ? [cotangents[i] ?? zerosLike(x)] : []));
  const history = outputs.slice(carries + results);
  const scannedInputs = [
    ...inputs.slice(carries, carries + scanned),
    ...history,
    ...present(cotangents.slice(carries)),
  ];
  const backwardInputs = [...first, ...totals.map(zerosLike), ...scannedInputs, ...inputs.slice(carries + scanned)];
  const produced = applyAll(scanOperation, backwardInputs, {
    body: backward,
    carries: first.length + totals.length,
    scanned: scannedInputs.length,
    length,
    reverse: !reverse,
  });
  const gradients = new Array<Tensor | undefined>(inputs.length);
  let next = 0;
  for (let i = 0; i < carries; i++) if (isCarried[i]) gradients[i] = produced[next++];
  for (const i of invariantIndices) gradients[carries + scanned + i] = produced[next++];
  for (const i of sliceIndices) gradients[carries + i] = produced[next++];
  return gradients;
}

function lowerScan({ graph, inputs, attributes, isUsed }: LoweringContext<ScanAttributes>): string[] {
  const { body, carries, scanned, reverse } = attributes;
  const results = body.results.length - carries;
  const isKept = isUsed.slice(carries);
  const kept = [...body.results.slice(carries), ...body.parameters.slice(0, carries)].filter((_, i) => isKept[i]);
  const captured = new Map(body.parameters.slice(carries + scanned).map((x, i) => [x, inputs[carries + scanned + i]]));
  const subgraph = graph.body(
    { parameters: body.parameters.slice(0, carries + scanned), results: [...body.results.slice(0, carries), ...kept] },
    captured,
  );
  const directions = new Array<number>(scanned).fill(Number(reverse));
  const produced = graph.nodes("Scan", inputs.slice(0, carries + scanned), carries + kept.length, {
    attributes: {
      body: subgraph,
      num_scan_inputs: scanned,
      scan_input_directions: directions,
      scan_output_directions: kept.map(() => Number(reverse)),
    },
  });
  let next = carries;
  const stacked = Array.from({ length: results + carries }, (_, i) => (isKept[i] ? produced[next++] : ""));
  return [...produced.slice(0, carries), ...stacked];
}

function evaluateScan(
  inputs: readonly ReferenceArray[],
  { body, carries, scanned, length, reverse }: ScanAttributes,
  outputTypes: readonly TensorType[],
): ReferenceArray[] {
  let carry = inputs.slice(0, carries);
  const stacks = outputTypes.slice(carries).map(({ shape }) => new Float64Array(sizeOf(shape)));
  for (let step = 0; step < length; step++) {
    const t = reverse ? length - 1 - step : step;
    const slices = inputs.slice(carries, carries + scanned).map((x) => {
      const size = sizeOf(x.shape.slice(1));
      return {
        data: Float64Array.from({ length: size }, (_, i) => Number(x.data[t * size + i])),
        shape: x.shape.slice(1),
      };
    });
    const values = [...carry, ...slices, ...inputs.slice(carries + scanned)];
    const results = evaluate(body.results, new Map(body.parameters.map((x, i) => [x, values[i]])));
    [...results.slice(carries), ...carry].forEach((value, i) => {
      stacks[i].set(Float64Array.from(value.data, Number), t * value.data.length);
    });
    carry = results.slice(0, carries);
  }
  return [...carry, ...stacks.map((data, i) => ({ data, shape: outputTypes[carries + i].shape }))];
}

/** The loop written out step by step, with the outputs of the scan node in its order. */
export function unroll(
  inputs: readonly Tensor[],
  { body, carries, scanned, length, reverse }: ScanAttributes,
): Tensor[] {
  const slices = inputs
    .slice(carries, carries + scanned)
    .map((x) => split(x, length).map((part) => reshape(part, x.shape.slice(1))));
  const stacks: Tensor[][] = Array.from({ length: body.results.length }, () => new Array<Tensor>(length));
  let carry: readonly Tensor[] = inputs.slice(0, carries);
  for (let step = 0; step < length; step++) {
    const t = reverse ? length - 1 - step : step;
    const values = [...carry, ...slices.map((list) => list[t]), ...inputs.slice(carries + scanned)];
    const results = substitute(body.results, new Map(body.parameters.map((x, i) => [x, values[i]])));
    [...results.slice(carries), ...carry].forEach((value, i) => {
      stacks[i][t] = expandDims(value, 0);
    });
    carry = results.slice(0, carries);
  }
  return [...carry, ...stacks.map((list) => concat(list, 0))];
}

/** What a scan returns: the carry after the last step, and each step's outputs stacked along a new first axis. */
export interface ScanResult<C, Y> {
  readonly carry: C;
  readonly outputs: Y;
}

/** The leaves of the carry that a step returns, in the order of the first one's, whatever order its properties were set in. */
function nextLeaves(initial: unknown, nextCarry: unknown): Tensor[] {
  const describe = ({ shape, dtype }: TensorType) => `${dtype}${formatShape(shape)}`;
  const tensors = leavesOfClass("scan carry", nextCarry, Tensor);
  const next = new Map(leavesOf(nextCarry).map(({ path }, i) => [path, tensors[i]]));
  const first = leavesOf(initial) as { leaf: Tensor; path: string }[];
  const fail = (path: string, expected: string, got: string): never => {
    throw new OrreryError(
      "shape",
      `scan: the step must return a carry like the one it gets; carry${path === "" ? "" : ` ${path}`} is ${expected}, got ${got}`,
    );
  };
  const known = new Set(first.map(({ path }) => path));
  for (const [path, x] of next) if (!known.has(path)) fail(path, "not there", describe(x));
  return first.map(({ leaf, path }) => {
    const x = next.get(path);
    if (x === undefined) return fail(path, describe(leaf), "nothing");
    if (!sameShape(leaf.shape, x.shape) || leaf.dtype !== x.dtype) fail(path, describe(leaf), describe(x));
    return x;
  });
}

/**
 * Repeats `step(carry, x) → [carry, output]` over the leading axis of every tensor in `xs`: recurrent networks, unrolled inner loops.
 * Carry, xs and output may be nested objects. Short loops are written out in the compiled graph, long ones become ONNX `Scan`.
 * Random numbers drawn inside the step are the same in every step: draw them before and pass them in `xs`.
 * @throws OrreryError `shape` when lengths differ or the carry changes its shape.
 */
export function scan<C extends Tree<Tensor>, X extends Tree<Tensor>, Y extends Tree<Tensor>>(
  step: (carry: C, x: X) => readonly [C, Y],
  initial: C,
  xs: X,
  options: { readonly reverse?: boolean } = {},
): ScanResult<C, Y> {
  const first = leavesOfClass("scan carry", initial, Tensor);
  const sequences = leavesOfClass("scan xs", xs, Tensor);
  const lengths = new Set(sequences.map((x) => x.shape[0]));
  const length = [...lengths][0];
  if (lengths.size !== 1 || length === undefined || length < 1) {
    throw new OrreryError(
      "shape",
      `scan: xs must have one leading axis of at least 1; got ${sequences.map((x) => formatShape(x.shape)).join(", ")}`,
    );
  }
  const carry = first.map((x) => input(x.shape, x.dtype, "carry"));
  const slices = sequences.map((x) => input(x.shape.slice(1), x.dtype, "x"));
  const [nextCarry, output] = step(rebuildTree(initial, carry), rebuildTree(xs, slices));
  const next = nextLeaves(initial, nextCarry);
  const outputs = leavesOfClass("scan output", output, Tensor);
  const { results, captured, parameters } = hoistInvariants([...next, ...outputs], [...carry, ...slices]);
  const produced = applyAll(scanOperation, [...first, ...sequences, ...captured], {
    body: { parameters: [...carry, ...slices, ...parameters], results },
    carries: first.length,
    scanned: sequences.length,
    length,
    reverse: options.reverse ?? false,
  });
  return {
    carry: rebuildTree(initial, produced.slice(0, first.length)),
    outputs: rebuildTree(output, produced.slice(first.length, first.length + outputs.length)),
  };
}
