import { OrreryError } from "../../errors.ts";
import type { Operation } from "../operation.ts";
import { formatShape, normalizeAxis, type Shape, sameShape, sizeOf, stridesOf } from "../shape.ts";
import { apply, applyAll, operands, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { forEachElement } from "./elementwise.ts";
import { expandDims, zerosLike } from "./reshape.ts";
import { sliceOperation } from "./slicing.ts";

interface AxisAttributes {
  readonly axis: number;
}

/** The operation behind `concat`, known to the simplifier. */
export const concatOperation: Operation<AxisAttributes> = {
  name: "concat",
  infer: (inputs, { axis }) => {
    const rest = (shape: Shape) => shape.filter((_, i) => i !== axis);
    for (const { shape } of inputs) {
      if (shape.length !== inputs[0].shape.length || !sameShape(rest(shape), rest(inputs[0].shape))) {
        throw new OrreryError(
          "shape",
          `concat: shapes must agree except along axis ${axis}; got ${inputs.map((x) => formatShape(x.shape)).join(", ")}`,
          { hint: "Choose another axis, or pad the shorter ones first; stack makes a new axis." },
        );
      }
    }
    const total = inputs.reduce((n, { shape }) => n + shape[axis], 0);
    return [{ shape: inputs[0].shape.map((n, i) => (i === axis ? total : n)), dtype: inputs[0].dtype }];
  },
  gradient: ({ inputs, attributes: { axis }, cotangents: [g] }) =>
    g === undefined
      ? []
      : split(
          g,
          inputs.map((x) => x.shape[axis]),
          axis,
        ),
  lower: ({ graph, inputs, attributes: { axis } }) => [graph.node("Concat", inputs, { attributes: { axis } })],
  evaluate: (inputs, { axis }, [output]) => {
    const data = new Float64Array(sizeOf(output.shape));
    const strides = stridesOf(output.shape);
    let origin = 0;
    for (const x of inputs) {
      forEachElement(x.shape, [strides], (index, [offset]) => {
        data[origin + offset] = Number(x.data[index]);
      });
      origin += x.shape[axis] * strides[axis];
    }
    return [{ data, shape: output.shape }];
  },
};

/** The tensors one after another along `axis`. @throws OrreryError `shape` when they differ along another axis. */
export function concat(xs: readonly TensorLike[], axis = 0): Tensor {
  if (xs.length === 0) throw new OrreryError("argument", "concat: expected at least one tensor; got none");
  const list = operands("concat", ...xs);
  if (list[0].rank === 0) {
    throw new OrreryError("shape", "concat: expected tensors with axes; got scalars", {
      hint: "Put scalars side by side with stack.",
    });
  }
  const at = normalizeAxis("concat", axis, list[0].rank);
  return list.length === 1 ? list[0] : apply(concatOperation, list, { axis: at });
}

/** Tensors of one shape side by side along a new axis. */
export function stack(xs: readonly TensorLike[], axis = 0): Tensor {
  if (xs.length === 0) throw new OrreryError("argument", "stack: expected at least one tensor; got none");
  const list = operands("stack", ...xs);
  const other = list.find(({ shape }) => !sameShape(shape, list[0].shape));
  if (other !== undefined) {
    throw new OrreryError(
      "shape",
      `stack: tensors must have one shape; got ${formatShape(list[0].shape)} and ${formatShape(other.shape)}`,
    );
  }
  const at = normalizeAxis("stack", axis, list[0].rank + 1);
  return concat(
    list.map((x) => expandDims(x, at)),
    at,
  );
}

interface SplitAttributes extends AxisAttributes {
  readonly sizes: readonly number[];
}

/** The operation behind `split`, known to the simplifier. */
export const splitOperation: Operation<SplitAttributes> = {
  name: "split",
  infer: ([x], { axis, sizes }) =>
    sizes.map((size) => ({ shape: x.shape.map((n, i) => (i === axis ? size : n)), dtype: x.dtype })),
  gradient: ({ outputs, attributes: { axis }, cotangents }) => [
    concat(
      cotangents.map((g, i) => g ?? zerosLike(outputs[i])),
      axis,
    ),
  ],
  lower: ({ graph, inputs: [x], attributes: { axis, sizes } }) =>
    graph.nodes("Split", [x, graph.int64s(sizes)], sizes.length, { attributes: { axis } }),
  evaluate: ([x], { axis, sizes }, outputTypes) => {
    let start = 0;
    return sizes.map((size, k) => {
      const starts = x.shape.map((_, i) => (i === axis ? start : 0));
      start += size;
      const attributes = { starts, sizes: outputTypes[k].shape, steps: x.shape.map(() => 1) };
      return sliceOperation.evaluate([x], attributes, [outputTypes[k]])[0];
    });
  },
};

/**
 * Parts of `x` along `axis`: of the sizes given, or that many equal ones.
 * @throws OrreryError `argument` when the sizes do not add up to the axis.
 */
export function split(x: TensorLike, sizes: number | readonly number[], axis = 0): readonly Tensor[] {
  const operand = tensor(x);
  const at = normalizeAxis("split", axis, operand.rank);
  const list = typeof sizes === "number" ? Array.from({ length: sizes }, () => operand.shape[at] / sizes) : sizes;
  const total = list.reduce((n, size) => n + size, 0);
  if (total !== operand.shape[at] || !list.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new OrreryError(
      "argument",
      `split: axis ${at} of ${formatShape(operand.shape)} cannot be split into ${formatShape(list)}`,
      {
        hint: `The sizes must be whole numbers that add up to ${operand.shape[at]}.`,
      },
    );
  }
  return list.length === 1 ? [operand] : applyAll(splitOperation, [operand], { axis: at, sizes: list });
}
