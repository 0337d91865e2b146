import { gather, greater, key, layerNorm, NdArray, softmax, type Tensor, where } from "../../src/engine/index.ts";
import { leakyRelu } from "../../src/nn/activations.ts";
import { normal, ones, zeros } from "../../src/nn/initializers.ts";
import { dense } from "../../src/nn/layers/dense.ts";
import { adamW } from "../../src/nn/optimizers/adam.ts";
import { filled, integers } from "./filled.ts";

const [vertices, width, embedded, kinds] = [8, 128, 48, 8];

type Dense = { weight: Tensor; bias: Tensor };
type CellLayer = {
  forward: Dense;
  bias: Tensor;
  gate: Dense;
  key: Dense;
  score: Tensor;
  attentionGate: Dense;
  gain: Tensor;
  offset: Tensor;
};
type Cell = { embedding: Tensor; first: Dense; layers: readonly CellLayer[]; hidden: Dense; output: Dense };

const linear = (x: Tensor, { weight, bias }: Dense) => x.matmul(weight, { transposeB: true }).add(bias);
const product = (x: Tensor, { weight }: Dense) => x.matmul(weight, { transposeB: true });

/** One cell layer: the mean of a gated flow along the edges and of a gated attention over them. */
function cellLayer(p: CellLayer, h: Tensor, e: Tensor, adjacency: Tensor): Tensor {
  const values = product(h, p.forward);
  const flow = linear(e, p.gate).sigmoid().multiply(adjacency.matmul(values)).add(values).add(p.bias);
  const keys = product(h, p.key);
  const scores = keys.multiply(p.score.multiply(1 / Math.sqrt(width))).matmul(keys, { transposeB: true });
  const weights = softmax(where(greater(adjacency, 0), leakyRelu(scores), -1e9));
  const attention = layerNorm(linear(e, p.attentionGate).sigmoid().multiply(weights.matmul(keys)), p.gain, p.offset);
  return flow.add(attention).multiply(0.5);
}

function predict(p: Cell, operations: Tensor, adjacency: Tensor): Tensor {
  const e = gather(p.embedding, operations);
  let h = linear(e, p.first);
  p.layers.forEach((layer, i) => {
    h = cellLayer(layer, h, e, adjacency);
    if (i < p.layers.length - 1) h = h.relu();
  });
  return linear(linear(h.slice({ 1: vertices - 1 }), p.hidden).relu(), p.output);
}

function initialCell() {
  const keys = key(0).split(32);
  let next = 0;
  const layer = (inputs: number, outputs: number) => dense(inputs, outputs).initialize(keys[next++]).params;
  const cell = () => ({
    forward: layer(width, width),
    bias: zeros(keys[0], [width]),
    gate: layer(embedded, width),
    key: layer(width, width),
    score: normal(0, 1)(keys[next++], [width]),
    attentionGate: layer(embedded, width),
    gain: ones(keys[0], [width]),
    offset: zeros(keys[0], [width]),
  });
  return {
    embedding: normal(0, 1)(keys[next++], [kinds, embedded]),
    first: layer(embedded, width),
    layers: [cell(), cell(), cell()],
    hidden: layer(width, width),
    output: layer(width, 1),
  };
}

/** The cell network of `bench/workloads.md` on `graphs` random cells. */
export function cellNetwork(graphs: number) {
  const size = graphs * vertices * vertices;
  const edge = filled(size, 6);
  const adjacency = Float32Array.from({ length: size }, (_, k) => {
    const [i, j] = [Math.floor(k / vertices) % vertices, k % vertices];
    return i === j || (j < i && edge[k] > 0) ? 1 : 0;
  });
  return {
    initial: { params: initialCell(), state: {} },
    batch: {
      operations: new NdArray(integers(graphs * vertices, 4, kinds), [graphs, vertices], "int32"),
      adjacency: new NdArray(adjacency, [graphs, vertices, vertices]),
      targets: new NdArray(filled(graphs, 5), [graphs, 1]),
    },
    optimizer: adamW(),
    learningRate: 1e-3,
    loss: ({ params }: { params: unknown }, batch: unknown) => {
      const { operations, adjacency: edges, targets } = batch as Record<"operations" | "adjacency" | "targets", Tensor>;
      return {
        loss: predict(params as Cell, operations, edges)
          .subtract(targets)
          .square()
          .mean(),
      };
    },
  };
}
