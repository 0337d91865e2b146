import { nodesOf } from "./gradients.ts";
import { input } from "./input.ts";
import type { Operation } from "./operation.ts";
import { constant, Node, type Tensor } from "./tensor.ts";

/** The expressions with some of their parts replaced; parts that do not depend on a replaced one are kept as they are. */
export function substitute(roots: readonly Tensor[], replacements: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const rebuilt = new Map<Node, Node>();
  const resolve = (x: Tensor): Tensor => {
    const replacement = replacements.get(x);
    if (replacement !== undefined) return replacement;
    return rebuilt.get(x.node)?.outputs[x.index] ?? x;
  };
  for (const node of nodesOf(roots)) {
    const inputs = node.inputs.map(resolve);
    if (inputs.some((x, i) => x !== node.inputs[i]))
      rebuilt.set(node, new Node(node.operation, inputs, node.attributes));
  }
  return roots.map(resolve);
}

/** Results that depend on nothing but parameters: what did not depend on the parameters became parameters of its own. */
export interface HoistedBody {
  readonly results: readonly Tensor[];
  /** The expressions outside that the body reads … */
  readonly captured: readonly Tensor[];
  /** … and the inputs that stand for them inside. */
  readonly parameters: readonly Tensor[];
}

/**
 * Moves everything that does not depend on `parameters` out of `results`; numbers written in the body stay inside.
 * A number that existed before the parameters is moved: someone outside may differentiate with respect to it.
 */
export function hoistInvariants(results: readonly Tensor[], parameters: readonly Tensor[]): HoistedBody {
  const order = nodesOf(results);
  const inside = new Set(parameters.map(({ node }) => node));
  for (const node of order) if (node.inputs.some((x) => inside.has(x.node))) inside.add(node);
  const begin = Math.min(...parameters.map(({ node }) => node.id));
  const isOwnNumber = ({ node, shape }: Tensor) =>
    node.operation === (constant as unknown as Operation) && shape.length === 0 && node.id > begin;
  const replacements = new Map<Tensor, Tensor>();
  const visit = (x: Tensor) => {
    if (inside.has(x.node) || isOwnNumber(x) || replacements.has(x)) return;
    replacements.set(x, input(x.shape, x.dtype, "invariant"));
  };
  for (const x of results) visit(x);
  for (const node of order) if (inside.has(node)) node.inputs.forEach(visit);
  return {
    results: substitute(results, replacements),
    captured: [...replacements.keys()],
    parameters: [...replacements.values()],
  };
}
