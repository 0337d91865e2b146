import { gather, key, NdArray, segmentSum, type Tensor, tensor } from "../../src/engine/index.ts";
import { uniform, zeros } from "../../src/nn/initializers.ts";
import { softmaxCrossEntropy } from "../../src/nn/losses/cross-entropy.ts";
import { adam } from "../../src/nn/optimizers/adam.ts";
import { filled, integers } from "./filled.ts";

const [nodes, edges, features, hidden, classes, labelled] = [2708, 5278, 1433, 16, 7, 140];

/** Directed edges with loops, and 1/√degree of every node: an edge's weight is the product of its ends', as in `bench/workloads.md`. */
function coraShapedGraph() {
  const [a, b] = [integers(edges, 1, nodes), integers(edges, 2, nodes)];
  const loops = Int32Array.from({ length: nodes }, (_, i) => i);
  const source = Int32Array.of(...a, ...b, ...loops);
  const target = Int32Array.of(...b, ...a, ...loops);
  const degree = new Float64Array(nodes);
  for (const i of target) degree[i]++;
  return { source, target, weight: Float32Array.from(degree, (n) => 1 / Math.sqrt(n)) };
}

/** The two-layer graph convolution network on Cora's shape; the graph and its features are constants of the graph. */
export function graphConvolutions() {
  const { source, target, weight } = coraShapedGraph();
  const [from, to, weights] = [
    new NdArray(source, [source.length], "int32"),
    new NdArray(target, [target.length], "int32"),
    new NdArray(weight, [weight.length, 1]),
  ];
  const x = tensor(new NdArray(filled(nodes * features, 3), [nodes, features]));
  const propagate = (z: Tensor) => segmentSum(gather(z.multiply(weights), from), to, nodes).multiply(weights);
  const [k1, k2] = key(0).split(2);
  const glorot = (rows: number, columns: number) => Math.sqrt(6 / (rows + columns));
  const params = {
    w1: uniform(-glorot(features, hidden), glorot(features, hidden))(k1, [features, hidden]),
    b1: zeros(k1, [hidden]),
    w2: uniform(-glorot(hidden, classes), glorot(hidden, classes))(k2, [hidden, classes]),
    b2: zeros(k2, [classes]),
  };
  const y = new NdArray(
    Int32Array.from({ length: labelled }, (_, i) => i % classes),
    [labelled],
    "int32",
  );
  return {
    initial: { params, state: {} },
    batch: { y },
    optimizer: adam({ weightDecay: 5e-4 }),
    learningRate: 0.01,
    loss: ({ params: p }: { params: Record<keyof typeof params, Tensor> }, batch: unknown) => {
      const first = propagate(x.matmul(p.w1)).add(p.b1).relu();
      const logits = propagate(first.matmul(p.w2))
        .add(p.b2)
        .slice({ 0: [0, labelled] });
      return { loss: softmaxCrossEntropy(logits, (batch as { y: Tensor }).y) };
    },
  };
}
