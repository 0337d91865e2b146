import { add, einsum, matmul, multiply } from "../../ops/index.ts";
import type { Tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";

/** `alpha · A B + beta · C`, either operand transposed. */
function gemm(node: ImportedNode): Tensor {
  const product = matmul(node.input(0), node.input(1), {
    transposeA: node.int("transA", 0) === 1,
    transposeB: node.int("transB", 0) === 1,
  });
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const scaled = alpha === 1 ? product : multiply(product, alpha);
  const offset = node.inputs[2];
  if (offset === undefined || beta === 0) return scaled;
  return add(scaled, beta === 1 ? offset : multiply(offset, beta));
}

/** The equation with the axes that an ellipsis stands for as letters, where all operands have equally many. */
function withoutEllipsis(node: ImportedNode, equation: string, operands: readonly Tensor[]): string {
  const compact = equation.replaceAll(" ", "");
  if (!compact.includes("...")) return compact;
  const [left, right] = compact.split("->");
  const terms = left.split(",");
  const counts = terms.flatMap((term, i) =>
    term.includes("...") ? [operands[i].rank - term.replace("...", "").length] : [],
  );
  if (counts.some((n) => n !== counts[0])) {
    throw node.unsupported(
      `the ellipsis of "${equation}" stands for different numbers of axes`,
      "Reshape the operands so that the leading axes agree before exporting.",
    );
  }
  const spare = [..."ZYXWVUTSRQPONMLKJIHGFEDCBA"].filter((c) => !compact.includes(c)).slice(0, counts[0]);
  const letters = spare.join("");
  const once = [...new Set(left.replaceAll(/[^a-zA-Z]/g, ""))].filter((c) => left.split(c).length === 2).sort();
  return `${terms.join(",").replaceAll("...", letters)}->${(right ?? `...${once.join("")}`).replace("...", letters)}`;
}

/** Products of matrices. */
export const products: OperatorTable = {
  MatMul: (node) => matmul(node.input(0), node.input(1)),
  Gemm: gemm,
  Einsum: (node) => {
    const operands = node.all();
    return einsum(withoutEllipsis(node, node.string("equation", ""), operands), ...operands);
  },
};
