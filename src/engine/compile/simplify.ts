import { fromReference, toReference } from "../evaluate.ts";
import { nodesOf } from "../gradients.ts";
import { inputOperation } from "../input.ts";
import type { NdArray } from "../ndarray.ts";
import type { GraphBody, Operation } from "../operation.ts";
import { randomOperation } from "../ops/random.ts";
import { type ScanAttributes, scanOperation, unroll } from "../ops/scan.ts";
import { sizeOf } from "../shape.ts";
import { apply, constant, constantValue, Node, type Tensor } from "../tensor.ts";
import { rewrite } from "./rules.ts";

/** Loops whose unrolled graph has at most this many nodes are written out; longer ones stay loops. */
const maximalUnrolledNodes = 20_000;

const arrayNumbers = new WeakMap<NdArray, number>();
let arrayCount = 0;

/** Equal small constants are one; large ones are told apart by identity. */
function constantKey(value: NdArray): string {
  if (value.size <= 64)
    return `${value.dtype}[${value.shape}]${Array.from(value.data as ArrayLike<number>, signed).join()}`;
  const number = arrayNumbers.get(value) ?? ++arrayCount;
  arrayNumbers.set(value, number);
  return `#${number}`;
}

const signed = (x: number | bigint): string => (Object.is(x, -0) ? "-0" : String(x));

function attributeKey({ id, operation, attributes }: Node): string {
  // Inputs are told apart by identity: two of a loop body may have one name, shape and dtype.
  if (operation === (inputOperation as unknown as Operation)) return String(id);
  if (operation === (constant as unknown as Operation)) return constantKey((attributes as { value: NdArray }).value);
  return operation.key?.(attributes) ?? JSON.stringify(attributes);
}

const isOperation = (node: Node, operation: unknown) => node.operation === operation;

/** Neither may be computed in advance: their values come with the call, or their size is their meaning. */
function isFoldable(node: Node): boolean {
  if ([inputOperation, randomOperation, scanOperation, constant].some((operation) => isOperation(node, operation)))
    return false;
  if (node.inputs.length === 0 || !node.inputs.every((x) => constantValue(x) !== undefined)) return false;
  const given = node.inputs.reduce((n, x) => n + sizeOf(x.shape), 0);
  return node.outputTypes.every(({ shape }) => sizeOf(shape) <= Math.max(64, given));
}

function fold(node: Node): Tensor[] {
  const inputs = node.inputs.map((x) => toReference(constantValue(x) as NdArray));
  const values = node.operation.evaluate(inputs, node.attributes, node.outputTypes);
  return values.map((value, i) =>
    apply(constant, [], { value: fromReference(toReference(value), node.outputTypes[i].dtype) }),
  );
}

/**
 * Rewrites expressions into an equivalent graph that is cheaper to run: equal sub-expressions become one, constants are computed,
 * algebraic identities applied, short loops written out. What nothing reads is left behind.
 */
export class Simplifier {
  readonly #done = new Map<Node, readonly Tensor[]>();
  readonly #table = new Map<string, Node>();
  /** What a node is to be replaced by, until that is simplified itself. */
  readonly #rewrites = new Map<Node, readonly Tensor[]>();
  /** Loop bodies that are simplified already. */
  readonly #bodies = new Set<GraphBody>();

  simplify(roots: readonly Tensor[]): Tensor[] {
    const pending: Node[] = roots.map(({ node }) => node);
    while (pending.length > 0) {
      const node = pending[pending.length - 1];
      if (this.#done.has(node)) {
        pending.pop();
        continue;
      }
      const missing = node.inputs.filter((x) => !this.#done.has(x.node)).map((x) => x.node);
      if (missing.length > 0) {
        pending.push(...missing);
        continue;
      }
      const replacement = this.#step(node);
      if (replacement === undefined) {
        pending.pop();
        continue;
      }
      const unfinished = replacement.filter((x) => !this.#done.has(x.node)).map((x) => x.node);
      if (unfinished.length > 0) pending.push(...unfinished);
      else {
        this.#done.set(
          node,
          replacement.map((x) => this.#resolve(x)),
        );
        this.#rewrites.delete(node);
        pending.pop();
      }
    }
    return roots.map((x) => this.#resolve(x));
  }

  #resolve(x: Tensor): Tensor {
    return this.#done.get(x.node)?.[x.index] ?? x;
  }

  /** Either finishes a node, or returns the expressions that replace it. */
  #step(node: Node): readonly Tensor[] | undefined {
    const known = this.#rewrites.get(node);
    if (known !== undefined) return known;
    const inputs = node.inputs.map((x) => this.#resolve(x));
    const current = inputs.every((x, i) => x === node.inputs[i])
      ? node
      : new Node(node.operation, inputs, node.attributes);
    const replacement = this.#replace(current);
    if (replacement !== undefined) {
      this.#rewrites.set(node, replacement);
      return replacement;
    }
    const key = `${current.operation.name}|${inputs.map((x) => `${x.node.id}.${x.index}`).join()}|${attributeKey(current)}`;
    const interned = this.#table.get(key) ?? current;
    this.#table.set(key, interned);
    this.#done.set(interned, interned.outputs);
    this.#done.set(node, interned.outputs);
    return undefined;
  }

  #replace(node: Node): readonly Tensor[] | undefined {
    if (isFoldable(node)) return fold(node);
    if (isOperation(node, scanOperation)) return this.#simplifyScan(node as unknown as Node<ScanAttributes>);
    return rewrite(node);
  }

  #simplifyScan(node: Node<ScanAttributes>): readonly Tensor[] | undefined {
    const { attributes, inputs } = node;
    if (this.#bodies.has(attributes.body)) return undefined;
    const results = new Simplifier().simplify(attributes.body.results);
    const body: GraphBody = { parameters: attributes.body.parameters, results };
    if (countNodes(results) * attributes.length <= maximalUnrolledNodes) return unroll(inputs, { ...attributes, body });
    this.#bodies.add(body);
    return new Node(scanOperation, inputs, { ...attributes, body }).outputs;
  }
}

function countNodes(roots: readonly Tensor[]): number {
  return nodesOf(roots).length;
}
