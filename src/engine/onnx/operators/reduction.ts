import { isFloat } from "../../dtype.ts";
import {
  absolute,
  argMax,
  argMin,
  cast,
  cumulativeSum,
  expandDims,
  flip,
  log,
  logSumExp,
  max,
  mean,
  min,
  prod,
  type ReductionOptions,
  sqrt,
  square,
  subtract,
  sum,
  topK,
} from "../../ops/index.ts";
import { normalizeAxis } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorImporter, OperatorTable } from "./operator.ts";

/** Axes as an attribute or, in later versions, as an input; none means all, or nothing at all if the node says so. */
function reduction(f: (x: Tensor, options: ReductionOptions) => Tensor): OperatorImporter {
  return (node) => {
    const x = node.input(0);
    const axes = node.setting("axes", 1);
    const isEmpty = axes === undefined || axes.length === 0;
    if (isEmpty && node.int("noop_with_empty_axes", 0) === 1) return f(x, { axes: [], keepDims: true });
    return f(x, { axes: isEmpty ? undefined : axes, keepDims: node.int("keepdims", 1) === 1 });
  };
}

/** Integers are averaged in float64 and truncated. */
function average(x: Tensor, options: ReductionOptions): Tensor {
  return isFloat(x.dtype) ? mean(x, options) : cast(mean(cast(x, "float64"), options), x.dtype);
}

/** A `bool` counts as 0 and 1. */
function ofNumbers(f: (x: Tensor, options: ReductionOptions) => Tensor) {
  return (x: Tensor, options: ReductionOptions) =>
    x.dtype === "bool" ? cast(f(cast(x, "int32"), options), "bool") : f(x, options);
}

/** The position of the largest or smallest value, the first of equal ones or the last. */
function position(f: (x: Tensor, axis: number) => Tensor): OperatorImporter {
  return (node) => {
    const x = node.input(0);
    const axis = normalizeAxis(node.title, node.int("axis", 0), x.rank);
    const isLast = node.int("select_last_index", 0) === 1;
    const found = isLast ? subtract(x.shape[axis] - 1, f(flip(x, axis), axis)) : f(x, axis);
    const index = cast(found, "int64");
    return node.int("keepdims", 1) === 1 ? expandDims(index, axis) : index;
  };
}

function importTopK(node: ImportedNode): readonly Tensor[] {
  const count = node.numbers(1)?.[0] ?? node.int("k", 1);
  const options = { axis: node.int("axis", -1), largest: node.int("largest", 1) === 1 };
  const { values, indices } = topK(node.input(0), count, options);
  return [values, cast(indices, "int64")];
}

/** Reductions and orders. */
export const reductions: OperatorTable = {
  ReduceSum: reduction(sum),
  ReduceMean: reduction(average),
  ReduceMax: reduction(ofNumbers(max)),
  ReduceMin: reduction(ofNumbers(min)),
  ReduceProd: reduction(prod),
  ReduceL1: reduction((x, options) => sum(absolute(x), options)),
  ReduceL2: reduction((x, options) => sqrt(sum(square(x), options))),
  ReduceSumSquare: reduction((x, options) => sum(square(x), options)),
  ReduceLogSum: reduction((x, options) => log(sum(x, options))),
  ReduceLogSumExp: reduction(logSumExp),
  ArgMax: position(argMax),
  ArgMin: position(argMin),
  TopK: importTopK,
  CumSum: (node) =>
    cumulativeSum(node.input(0), node.numbers(1)?.[0] ?? 0, {
      exclusive: node.int("exclusive", 0) === 1,
      reverse: node.int("reverse", 0) === 1,
    }),
};
