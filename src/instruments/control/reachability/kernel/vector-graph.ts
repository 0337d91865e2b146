import type { Arithmetic } from "../arithmetic.ts";

type Unary = "abs" | "neg" | "sqrt";
type Binary = "add" | "sub" | "mul" | "div" | "min" | "max";

/**
 * How often a value changes: never (0), from row to row (1), or from vector to vector within a row (2).
 */
export type Rate = 0 | 1 | 2;

/** A vector of points' values in a kernel. Equal nodes are the same object. */
export interface VectorNode {
  readonly op: Unary | Binary | "constant" | "input" | "select" | "aside";
  readonly operands: readonly VectorNode[];
  readonly rate: Rate;
  /** Of a constant. */
  readonly value: number;
  /** Names an input: what it is, is known to the one who emits it. */
  readonly input: string;
  readonly id: number;
}

/**
 * Builds the expressions of a kernel as a graph without repetitions, with constants folded and neutral elements removed.
 * A multiplication by a constant 0 is 0, whatever the other factor.
 */
export class VectorGraph implements Arithmetic<VectorNode> {
  readonly #nodes = new Map<string, VectorNode>();

  /** A value that the emitter provides under a name. */
  input(name: string, rate: Rate): VectorNode {
    return this.#node({ op: "input", operands: [], rate, input: name });
  }

  constant(value: number): VectorNode {
    return this.#node({ op: "constant", operands: [], rate: 0, value });
  }

  add(a: VectorNode, b: VectorNode): VectorNode {
    if (isConstant(a, 0)) return b;
    if (isConstant(b, 0)) return a;
    if (b.op === "neg") return this.subtract(a, b.operands[0]);
    if (a.op === "neg") return this.subtract(b, a.operands[0]);
    return this.#binary("add", a, b, (x, y) => x + y);
  }

  subtract(a: VectorNode, b: VectorNode): VectorNode {
    if (isConstant(b, 0)) return a;
    if (isConstant(a, 0)) return this.negate(b);
    if (b.op === "neg") return this.add(a, b.operands[0]);
    return this.#binary("sub", a, b, (x, y) => x - y);
  }

  multiply(a: VectorNode, b: VectorNode): VectorNode {
    if (isConstant(a, 0) || isConstant(b, 0)) return this.constant(0);
    if (isConstant(a, 1)) return b;
    if (isConstant(b, 1)) return a;
    if (isConstant(a, -1)) return this.negate(b);
    if (isConstant(b, -1)) return this.negate(a);
    if (a === b) {
      const even = this.#evenOperand(a);
      return this.#binary("mul", even, even, (x, y) => x * y);
    }
    return this.#binary("mul", a, b, (x, y) => x * y);
  }

  divide(a: VectorNode, b: VectorNode): VectorNode {
    if (isConstant(b, 1)) return a;
    return this.#binary("div", a, b, (x, y) => x / y);
  }

  negate(a: VectorNode): VectorNode {
    if (a.op === "neg") return a.operands[0];
    if (a.op === "sub") return this.subtract(a.operands[1], a.operands[0]);
    return this.#unary("neg", a, (x) => -x);
  }

  abs(a: VectorNode): VectorNode {
    return this.#unary("abs", this.#evenOperand(a), Math.abs);
  }

  sqrt(a: VectorNode): VectorNode {
    return this.#unary("sqrt", a, Math.sqrt);
  }

  min(a: VectorNode, b: VectorNode): VectorNode {
    return a === b ? a : this.#binary("min", a, b, Math.min);
  }

  max(a: VectorNode, b: VectorNode): VectorNode {
    return a === b ? a : this.#binary("max", a, b, Math.max);
  }

  ifLess(a: VectorNode, b: VectorNode, then: VectorNode, otherwise: VectorNode): VectorNode {
    if (then === otherwise) return then;
    if (a.op === "constant" && b.op === "constant") return a.value < b.value ? then : otherwise;
    return this.#node({ op: "select", operands: [a, b, then, otherwise] });
  }

  putAside(a: VectorNode): VectorNode {
    return a.rate < 2 || a.op === "aside" ? a : this.#node({ op: "aside", operands: [a] });
  }

  /** What an even function may take in place of `a`: the same for `a` and `−a`. */
  #evenOperand(a: VectorNode): VectorNode {
    if (a.op === "neg") return this.#evenOperand(a.operands[0]);
    const [x, y] = a.operands;
    return a.op === "sub" && x.id > y.id ? this.subtract(y, x) : a;
  }

  #unary(op: Unary, a: VectorNode, fold: (x: number) => number): VectorNode {
    return a.op === "constant" ? this.constant(fold(a.value)) : this.#node({ op, operands: [a] });
  }

  #binary(op: Binary, a: VectorNode, b: VectorNode, fold: (x: number, y: number) => number): VectorNode {
    if (a.op === "constant" && b.op === "constant") return this.constant(fold(a.value, b.value));
    const isCommutative = op === "add" || op === "mul";
    return this.#node({ op, operands: isCommutative && b.id < a.id ? [b, a] : [a, b] });
  }

  #node(made: Pick<VectorNode, "op" | "operands"> & Partial<VectorNode>): VectorNode {
    const { op, operands, value = 0, input = "" } = made;
    const key = `${op} ${input} ${Object.is(value, -0) ? "-0" : value} ${operands.map((o) => o.id).join(" ")}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const rate = made.rate ?? (Math.max(...operands.map((o) => o.rate)) as Rate);
    const node = { op, operands, rate, value, input, id: this.#nodes.size };
    this.#nodes.set(key, node);
    return node;
  }
}

function isConstant(node: VectorNode, value: number): boolean {
  return node.op === "constant" && node.value === value;
}
