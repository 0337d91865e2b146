import { OrreryError } from "../../errors.ts";
import type { Operation } from "../operation.ts";
import { formatShape, normalizeAxis, sizeOf } from "../shape.ts";
import { apply, applyAll, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { checkDType } from "./elementwise.ts";
import { addAlongAxis } from "./gather.ts";
import { zerosLike } from "./reshape.ts";
import { forEachLine } from "./softmax.ts";

interface TopKAttributes {
  readonly k: number;
  readonly axis: number;
  readonly largest: boolean;
}

const topKOperation: Operation<TopKAttributes> = {
  name: "topK",
  infer: ([x], { k, axis }) => {
    const shape = x.shape.map((n, i) => (i === axis ? k : n));
    return [
      { shape, dtype: x.dtype },
      { shape, dtype: "int32" },
    ];
  },
  gradient: ({ inputs: [x], outputs: [, indices], attributes: { axis }, cotangents: [g] }) => [
    g === undefined ? undefined : addAlongAxis(zerosLike(x), indices, g, axis),
  ],
  lower: ({ graph, inputs: [x], attributes: { k, axis, largest } }) => {
    const [values, indices] = graph.nodes("TopK", [x, graph.int64s([k])], 2, {
      attributes: { axis, largest: Number(largest), sorted: 1 },
    });
    return [values, graph.node("Cast", [indices], { attributes: { to: 6 } })];
  },
  evaluate: ([x], { k, axis, largest }, [output]) => {
    const values = new Float64Array(sizeOf(output.shape));
    const indices = new Float64Array(values.length);
    const starts: [number, number][] = [];
    forEachLine(output.shape, axis, (start, step) => starts.push([start, step]));
    let line = 0;
    forEachLine(x.shape, axis, (start, step, length) => {
      const at = (i: number) => Number(x.data[start + i * step]);
      const order = Array.from({ length }, (_, i) => i).sort(
        (a, b) => (largest ? at(b) - at(a) : at(a) - at(b)) || a - b,
      );
      const [to, toStep] = starts[line++] ?? [0, 0];
      for (let i = 0; i < k; i++) {
        values[to + i * toStep] = at(order[i]);
        indices[to + i * toStep] = order[i];
      }
    });
    return [
      { data: values, shape: output.shape },
      { data: indices, shape: output.shape },
    ];
  },
};

/** Values in order and where they stood, as `int32`. */
export interface Ordered {
  readonly values: Tensor;
  readonly indices: Tensor;
}

/**
 * The `k` largest values along `axis`, largest first (the smallest, smallest first, with `largest: false`); equal values keep their order.
 * @throws OrreryError `argument` when `k` exceeds the axis.
 */
export function topK(
  x: TensorLike,
  k: number,
  options: { readonly axis?: number; readonly largest?: boolean } = {},
): Ordered {
  const operand = tensor(x);
  const axis = normalizeAxis("topK", options.axis ?? -1, operand.rank);
  checkDType("topK", "number", operand.dtype);
  if (!Number.isInteger(k) || k < 0 || k > operand.shape[axis]) {
    throw new OrreryError(
      "argument",
      `topK: k must be in [0, ${operand.shape[axis]}] for axis ${axis} of ${formatShape(operand.shape)}; got ${k}`,
    );
  }
  const [values, indices] = applyAll(topKOperation, [operand], { k, axis, largest: options.largest ?? true });
  return { values, indices };
}

/** The values along `axis` in ascending order (descending if asked), and where they stood. */
export function sort(x: TensorLike, options: { readonly axis?: number; readonly descending?: boolean } = {}): Ordered {
  const operand = tensor(x);
  const axis = normalizeAxis("sort", options.axis ?? -1, operand.rank);
  checkDType("sort", "number", operand.dtype);
  return topK(operand, operand.shape[axis], { axis, largest: options.descending ?? false });
}

interface CumulativeAttributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

const cumulativeSumOperation: Operation<CumulativeAttributes> = {
  name: "cumulativeSum",
  infer: ([x]) => [{ shape: x.shape, dtype: x.dtype }],
  gradient: ({ attributes, cotangents: [g] }) => [
    g === undefined ? undefined : apply(cumulativeSumOperation, [g], { ...attributes, reverse: !attributes.reverse }),
  ],
  lower: ({ graph, inputs: [x], attributes: { axis, exclusive, reverse } }) => [
    graph.node("CumSum", [x, graph.scalar(axis, "int64")], {
      attributes: { exclusive: Number(exclusive), reverse: Number(reverse) },
    }),
  ],
  evaluate: ([x], { axis, exclusive, reverse }, [output]) => {
    const data = new Float64Array(sizeOf(output.shape));
    forEachLine(output.shape, axis, (start, step, length) => {
      let total = 0;
      for (let k = 0; k < length; k++) {
        const i = start + (reverse ? length - 1 - k : k) * step;
        if (exclusive) data[i] = total;
        total += Number(x.data[i]);
        if (!exclusive) data[i] = total;
      }
    });
    return [{ data, shape: output.shape }];
  },
};

/** Running sums along `axis`; `exclusive` leaves each element itself out, `reverse` runs from the end. */
export function cumulativeSum(
  x: TensorLike,
  axis = -1,
  options: { readonly exclusive?: boolean; readonly reverse?: boolean } = {},
): Tensor {
  const operand = tensor(x);
  checkDType("cumulativeSum", "wide", operand.dtype);
  return apply(cumulativeSumOperation, [operand], {
    axis: normalizeAxis("cumulativeSum", axis, operand.rank),
    exclusive: options.exclusive ?? false,
    reverse: options.reverse ?? false,
  });
}
