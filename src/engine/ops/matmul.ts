import { OrreryError } from "../../errors.ts";
import type { GradientContext, Operation, TensorType } from "../operation.ts";
import { broadcastShapes, formatShape, type Shape, sizeOf, stridesOf } from "../shape.ts";
import { apply, operands, type Tensor, type TensorLike } from "../tensor.ts";
import { broadcastStrides, checkDType, forEachElement } from "./elementwise.ts";
import { sumTo } from "./reduction.ts";
import { expandDims, lowerExpand, reshape } from "./reshape.ts";

/** Which operands are transposed (their last two axes exchanged) before the product, without a copy. */
export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** The attributes of `matmulOperation`. */
export interface MatmulAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Rows and columns of an operand, after its transposition. */
function matrixSize(shape: Shape, isTransposed: boolean): [rows: number, columns: number] {
  const [rows, columns] = shape.slice(-2);
  return isTransposed ? [columns, rows] : [rows, columns];
}

function inferMatmul([a, b]: readonly TensorType[], { transposeA, transposeB }: MatmulAttributes): TensorType[] {
  checkDType("matmul", "wide", a.dtype);
  const [m, k] = matrixSize(a.shape, transposeA);
  const [k2, n] = matrixSize(b.shape, transposeB);
  const show = (x: TensorType, isTransposed: boolean) => `${formatShape(x.shape)}${isTransposed ? " transposed" : ""}`;
  if (k !== k2) {
    throw new OrreryError(
      "shape",
      `matmul: inner sizes must agree; got ${show(a, transposeA)} and ${show(b, transposeB)}, so ${k} against ${k2}`,
      { hint: "The columns of the first operand meet the rows of the second." },
    );
  }
  return [{ shape: [...broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2)), m, n], dtype: a.dtype }];
}

/** The operation behind `matmul`, known to the simplifier. */
export const matmulOperation: Operation<MatmulAttributes> = {
  name: "matmul",
  infer: inferMatmul,
  gradient: ({ inputs: [a, b], attributes: { transposeA, transposeB }, cotangents: [g] }) => {
    if (g === undefined) return [];
    const forA = transposeA
      ? product(b, g, { transposeA: transposeB, transposeB: true })
      : product(g, b, { transposeA: false, transposeB: !transposeB });
    const forB = transposeB
      ? product(g, a, { transposeA: true, transposeB: transposeA })
      : product(a, g, { transposeA: !transposeA, transposeB: false });
    return [sumTo(forA, a.shape), sumTo(forB, b.shape)];
  },
  lower: ({ graph, inputs, inputTypes, outputTypes, attributes: { transposeA, transposeB } }) => {
    // ONNX Runtime forgets to repeat a stack of empty sums.
    if (matrixSize(inputTypes[0].shape, transposeA)[1] === 0) {
      return [lowerExpand(graph, graph.scalar(0, outputTypes[0].dtype), outputTypes[0])];
    }
    if (!transposeA && !transposeB) return [graph.node("MatMul", inputs)];
    const [transA, transB] = [Number(transposeA), Number(transposeB)];
    if (inputTypes.every(({ shape, dtype }) => shape.length === 2 && dtype === "float32")) {
      return [graph.node("Gemm", inputs, { attributes: { transA, transB } })];
    }
    if (graph.allowsInternalOperators && inputTypes[0].dtype === "float32") {
      return [graph.node("FusedMatMul", inputs, { domain: "com.microsoft", attributes: { transA, transB } })];
    }
    const turned = inputs.map((input, i) => {
      if (!(i === 0 ? transposeA : transposeB)) return input;
      const perm = inputTypes[i].shape.map((_, axis) => axis);
      perm.push(...perm.splice(-2).reverse());
      return graph.node("Transpose", [input], { attributes: { perm } });
    });
    return [graph.node("MatMul", turned)];
  },
  evaluate: ([a, b], { transposeA, transposeB }, [output]) => {
    const batch = output.shape.slice(0, -2);
    const [m, k] = matrixSize(a.shape, transposeA);
    const n = output.shape[output.shape.length - 1];
    const data = new Float64Array(sizeOf(output.shape));
    const batchStrides = (shape: Shape) => {
      const matrix = sizeOf(shape.slice(-2));
      return broadcastStrides(shape.slice(0, -2), batch).map((stride) => stride * matrix);
    };
    const [aRow, aColumn] = transposeA ? [1, m] : [k, 1];
    const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
    const lists = [batchStrides(a.shape), batchStrides(b.shape), stridesOf(batch).map((stride) => stride * m * n)];
    forEachElement(batch, lists, (_, [aOffset, bOffset, offset]) => {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let total = 0;
          for (let p = 0; p < k; p++) {
            total +=
              Number(a.data[aOffset + i * aRow + p * aColumn]) * Number(b.data[bOffset + p * bRow + j * bColumn]);
          }
          data[offset + i * n + j] = total;
        }
      }
    });
    return [{ data, shape: output.shape }];
  },
};

/** `A B + c` with one number a column in `c`: what a dense layer is after differentiation. */
const gemmOperation: Operation<MatmulAttributes> = {
  name: "gemm",
  infer: ([a, b], attributes) => inferMatmul([a, b], attributes),
  gradient: (context) => [...matmulOperation.gradient(context).slice(0, 2), sumColumns(context)],
  lower: ({ graph, inputs, attributes: { transposeA, transposeB } }) => [
    graph.node("Gemm", inputs, { attributes: { transA: Number(transposeA), transB: Number(transposeB) } }),
  ],
  evaluate: ([a, b, c], attributes, outputs) => {
    const [product] = matmulOperation.evaluate([a, b], attributes, outputs);
    const columns = outputs[0].shape[1];
    return [
      {
        data: Float64Array.from(
          { length: product.data.length },
          (_, i) => Number(product.data[i]) + Number(c.data[i % columns]),
        ),
        shape: product.shape,
      },
    ];
  },
};

const sumColumns = ({ inputs: [, , c], cotangents: [g] }: GradientContext<MatmulAttributes>) =>
  g === undefined ? undefined : sumTo(g, c.shape);

/** The product of two matrices plus one number a column, `[m, k] × [k, n] + [n]`, in one operator. */
export function gemm(a: Tensor, b: Tensor, c: Tensor, attributes: MatmulAttributes): Tensor {
  return apply(gemmOperation, [a, b, c], attributes);
}

/** The product of stacks of matrices; a stack times one matrix is computed as one tall product. */
function product(a: Tensor, b: Tensor, attributes: MatmulAttributes): Tensor {
  if (a.rank > 2 && b.rank === 2 && !attributes.transposeA) {
    const tall = reshape(a, [sizeOf(a.shape.slice(0, -1)), a.shape[a.rank - 1]]);
    const columns = matrixSize(b.shape, attributes.transposeB)[1];
    return reshape(apply(matmulOperation, [tall, b], attributes), [...a.shape.slice(0, -1), columns]);
  }
  return apply(matmulOperation, [a, b], attributes);
}

/**
 * The matrix product of the last two axes, leading axes broadcast: `[…, m, k] × […, k, n]` → `[…, m, n]`.
 * A vector is a row on the left and a column on the right, and its axis disappears, as in NumPy.
 * @throws OrreryError `shape` when the inner sizes differ.
 */
export function matmul(a: TensorLike, b: TensorLike, options: MatmulOptions = {}): Tensor {
  const [left, right] = operands("matmul", a, b);
  if (left.rank === 0 || right.rank === 0) {
    throw new OrreryError(
      "shape",
      `matmul: expected matrices; got ${formatShape(left.shape)} and ${formatShape(right.shape)}`,
      { hint: "Multiply by a scalar with multiply(a, b)." },
    );
  }
  const attributes = { transposeA: options.transposeA ?? false, transposeB: options.transposeB ?? false };
  const one = left.rank === 1 ? expandDims(left, attributes.transposeA ? 1 : 0) : left;
  const two = right.rank === 1 ? expandDims(right, attributes.transposeB ? 0 : 1) : right;
  // Here, so that an error shows the shapes that were given.
  inferMatmul([one, two], attributes);
  const result = product(one, two, attributes);
  const kept = result.shape.filter(
    (_, i) => !(left.rank === 1 && i === result.rank - 2) && !(right.rank === 1 && i === result.rank - 1),
  );
  return reshape(result, kept);
}
