import { nodesOf } from "../gradients.ts";
import type { Operation } from "../operation.ts";
import { add } from "../ops/arithmetic.ts";
import { concat } from "../ops/joining.ts";
import { gemm, type MatmulAttributes, matmul, matmulOperation } from "../ops/matmul.ts";
import { reshape, reshapeOperation } from "../ops/reshape.ts";
import { sameShape } from "../shape.ts";
import { Node, type Tensor } from "../tensor.ts";

/** From how many on products are summed as one: below, joining the factors costs more than the additions. */
const fewestJoinedProducts = 3;

const addition = add(1, 1).node.operation;

/** A graph with what is needed to see which values only one node reads. */
class Graph {
  readonly order: readonly Node[];
  readonly #readers = new Map<Tensor, Node[]>();
  readonly #roots: ReadonlySet<Tensor>;

  constructor(roots: readonly Tensor[]) {
    this.order = nodesOf(roots);
    this.#roots = new Set(roots);
    for (const node of this.order)
      for (const x of node.inputs) this.#readers.set(x, [...(this.#readers.get(x) ?? []), node]);
  }

  /** The only node that reads `x`, if there is exactly one and `x` is no result itself. */
  onlyReader(x: Tensor): Node | undefined {
    const readers = this.#readers.get(x) ?? [];
    return readers.length === 1 && !this.#roots.has(x) ? readers[0] : undefined;
  }
}

const isMatrixProduct = ({ node, rank }: Tensor) =>
  node.operation === (matmulOperation as unknown as Operation) && rank === 2;

/** The summands of a tree of additions whose inner sums nothing else reads. */
function summandsOf(graph: Graph, root: Node): Tensor[] {
  const summands: Tensor[] = [];
  const pending = [...root.inputs];
  for (let x = pending.pop(); x !== undefined; x = pending.pop()) {
    const isInner =
      x.node.operation === addition &&
      sameShape(x.shape, root.outputTypes[0].shape) &&
      graph.onlyReader(x) !== undefined;
    if (isInner) pending.push(...x.node.inputs);
    else summands.push(x);
  }
  return summands.reverse();
}

/** Products that can be summed as one: the same sizes and transpositions, read by the sum alone. */
function joinableProducts(graph: Graph, summands: readonly Tensor[]): Tensor[] {
  const groups = new Map<string, Tensor[]>();
  for (const x of summands) {
    if (!isMatrixProduct(x) || graph.onlyReader(x) === undefined) continue;
    const key = JSON.stringify([x.node.attributes, x.node.inputs.map(({ shape }) => shape)]);
    groups.set(key, [...(groups.get(key) ?? []), x]);
  }
  const largest = [...groups.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  return largest.length >= fewestJoinedProducts ? largest : [];
}

/** `Σ Aᵢ Bᵢ = [A₁ A₂ …] [B₁; B₂; …]`: one product instead of many and their sums, as the gradient of a recurrent net's weights has. */
function joinProducts(graph: Graph, node: Node, resolve: (x: Tensor) => Tensor): Tensor | undefined {
  if (node.operation !== addition) return undefined;
  const reader = graph.onlyReader(node.outputs[0]);
  if (reader?.operation === addition && sameShape(reader.outputTypes[0].shape, node.outputTypes[0].shape))
    return undefined;
  const summands = summandsOf(graph, node);
  const products = joinableProducts(graph, summands);
  if (products.length === 0) return undefined;
  const { transposeA, transposeB } = products[0].node.attributes as MatmulAttributes;
  const factors = (index: number) => products.map((x) => resolve(x.node.inputs[index]));
  const joined = matmul(concat(factors(0), transposeA ? 0 : 1), concat(factors(1), transposeB ? 1 : 0), {
    transposeA,
    transposeB,
  });
  const isJoined = new Set(products);
  return summands.filter((x) => !isJoined.has(x)).reduce<Tensor>((total, x) => add(total, resolve(x)), joined);
}

/** `A B + c` in one operator, also through the reshape that gives a tall product its leading axes back. */
function addBias(graph: Graph, node: Node, resolve: (x: Tensor) => Tensor): Tensor | undefined {
  if (node.operation !== addition) return undefined;
  for (const [x, bias] of [node.inputs, [...node.inputs].reverse()]) {
    if (graph.onlyReader(x) === undefined) continue;
    const isReshaped = x.node.operation === (reshapeOperation as unknown as Operation);
    const product = isReshaped ? x.node.inputs[0] : x;
    if (!isMatrixProduct(product) || graph.onlyReader(product) === undefined || product.dtype !== "float32") continue;
    const columns = product.shape[1];
    const isRow = bias.shape[bias.rank - 1] === columns && bias.shape.slice(0, -1).every((n) => n === 1);
    if (!isRow || x.shape[x.rank - 1] !== columns || !sameShape(x.shape, node.outputTypes[0].shape)) continue;
    const [a, b] = product.node.inputs.map(resolve);
    const sum = gemm(a, b, reshape(resolve(bias), [columns]), product.node.attributes as MatmulAttributes);
    return reshape(sum, x.shape);
  }
  return undefined;
}

/** Merges neighbouring operations that ONNX has one operator for. Works on simplified graphs, after differentiation. */
export function fuse(roots: readonly Tensor[]): Tensor[] {
  const graph = new Graph(roots);
  const replaced = new Map<Tensor, Tensor>();
  const resolve = (x: Tensor): Tensor => replaced.get(x) ?? x;
  for (const node of graph.order) {
    const fused = joinProducts(graph, node, resolve) ?? addBias(graph, node, resolve);
    if (fused !== undefined) {
      replaced.set(node.outputs[0], fused);
      continue;
    }
    const inputs = node.inputs.map(resolve);
    if (inputs.every((x, i) => x === node.inputs[i])) continue;
    const rebuilt = new Node(node.operation, inputs, node.attributes);
    node.outputs.forEach((x, i) => {
      replaced.set(x, rebuilt.outputs[i]);
    });
  }
  return roots.map(resolve);
}
