import { OrreryError } from "../errors.ts";
import { isFloat } from "./dtype.ts";
import { add } from "./ops/arithmetic.ts";
import { onesLike, zerosLike } from "./ops/reshape.ts";
import { formatShape, sameShape } from "./shape.ts";
import { type Node, Tensor } from "./tensor.ts";
import { leavesOf, leavesOfClass, rebuildTree, type Tree } from "./tree.ts";

/** The nodes that `roots` are computed from, inputs before the nodes that use them. */
export function nodesOf(roots: readonly Tensor[]): Node[] {
  const seen = new Set<Node>();
  const pending = roots.map(({ node }) => node);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const input of node.inputs) pending.push(input.node);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** The nodes among `order` that depend on any of `xs`. */
function dependants(order: readonly Node[], xs: readonly Tensor[]): Set<Node> {
  const found = new Set(xs.map(({ node }) => node));
  for (const node of order) if (node.inputs.some((input) => found.has(input.node))) found.add(node);
  return found;
}

/**
 * The vector–Jacobian product: how `Σ ⟨cotangents[i], ys[i]⟩` changes with each of `xs`, as expressions.
 * Undefined where an x has no influence.
 */
export function pullback(
  ys: readonly Tensor[],
  cotangents: readonly (Tensor | undefined)[],
  xs: readonly Tensor[],
): (Tensor | undefined)[] {
  const order = nodesOf(ys);
  const relevant = dependants(order, xs);
  const collected = new Map<Node, (Tensor | undefined)[]>();
  const collect = (x: Tensor, g: Tensor) => {
    const slots = collected.get(x.node) ?? new Array<Tensor | undefined>(x.node.outputs.length);
    const known = slots[x.index];
    slots[x.index] = known === undefined ? g : add(known, g);
    collected.set(x.node, slots);
  };
  ys.forEach((y, i) => {
    const g = cotangents[i];
    if (g !== undefined) collect(y, g);
  });
  const targets = new Set(xs.map(({ node }) => node));
  for (const node of order.reverse()) {
    const slots = collected.get(node);
    if (slots === undefined || !relevant.has(node)) continue;
    if (!targets.has(node)) collected.delete(node);
    const { operation, inputs, outputs, attributes } = node;
    if (!inputs.some((input) => relevant.has(input.node))) continue;
    const received = Array.from(outputs, (_, i) => slots[i]);
    const parts = operation.gradient({ inputs, outputs, attributes, cotangents: received });
    inputs.forEach((input, i) => {
      const part = parts[i];
      if (part !== undefined && relevant.has(input.node) && isFloat(input.dtype)) collect(input, part);
    });
  }
  return xs.map((x) => collected.get(x.node)?.[x.index]);
}

export interface GradientsOptions {
  /** The weight of each element of `y`, of y's shape; without it `y` must be a scalar. */
  readonly cotangent?: Tensor;
  /** Throw when an x has no influence on `y`, instead of answering zeros. */
  readonly strict?: boolean;
}

/**
 * The derivative of `y` with respect to every tensor in `xs` (one tensor, a list, nested objects), as expressions in the same structure:
 * reverse-mode differentiation, to any order by calling it on its own results.
 * An x without influence gets zeros.
 * @throws OrreryError `gradient` when `y` is no scalar and no cotangent is given, when an x is no float, or, with `strict`, when one has no influence.
 */
export function gradients<T extends Tree<Tensor>>(y: Tensor, xs: T, options: GradientsOptions = {}): T {
  const { cotangent, strict = false } = options;
  if (cotangent === undefined && y.shape.length > 0) {
    throw new OrreryError("gradient", `gradients: y must be a scalar; got ${y}`, {
      hint: "Take sum(y) or mean(y), or pass { cotangent } of y's shape.",
    });
  }
  if (cotangent !== undefined && !sameShape(cotangent.shape, y.shape)) {
    throw new OrreryError(
      "gradient",
      `gradients: the cotangent must have y's shape ${formatShape(y.shape)}; got ${formatShape(cotangent.shape)}`,
      { hint: "It weighs the elements of y one by one." },
    );
  }
  if (cotangent !== undefined && cotangent.dtype !== y.dtype) {
    throw new OrreryError(
      "gradient",
      `gradients: the cotangent must have y's dtype ${y.dtype}; got ${cotangent.dtype}`,
      { hint: `Convert it with cast(cotangent, "${y.dtype}").` },
    );
  }
  const leaves = leavesOfClass("gradients", xs, Tensor);
  const nameOf = (i: number) => leavesOf(xs)[i].path || "x";
  for (const [i, x] of [y, ...leaves].entries()) {
    if (!isFloat(x.dtype)) {
      throw new OrreryError(
        "gradient",
        `gradients: ${i === 0 ? "y" : nameOf(i - 1)} must be float32 or float64; got ${x}`,
        { hint: "Only floats have derivatives: leave integers out of the tree, or cast them to float32." },
      );
    }
  }
  const found = pullback([y], [cotangent ?? onesLike(y)], leaves);
  const results = found.map((g, i) => {
    if (g === undefined && strict) {
      throw new OrreryError("gradient", `gradients: ${nameOf(i)} (${leaves[i]}) has no influence on y`, {
        hint: "Check that y is computed from it and that no stopGradient lies between, or leave strict out to get zeros.",
      });
    }
    return g ?? zerosLike(leaves[i]);
  });
  return rebuildTree(xs, results);
}
