import {
  add,
  type Key,
  matmul,
  multiply,
  NdArray,
  reshape,
  softmax,
  sqrt,
  square,
  subtract,
  sum,
  type Tensor,
  transpose,
} from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { Neighbors } from "../../../math/nearest-neighbors.ts";
import { adam, type Carry, trainStep } from "../../../nn/index.ts";
import { poissonWeights } from "./bootstrap.ts";
import { type Interval, intervalOf } from "./interval.ts";
import { nestedRows } from "./matrix.ts";

/** A transition matrix found without training a classifier. */
export interface ConsensusEstimate {
  /** `[K]`: P(y = k). */
  readonly prior: readonly number[];
  /** `[K][K]`: P(ỹ = j | y = i). */
  readonly transition: readonly (readonly number[])[];
  /** P(ỹ ≠ y), and how far it moves when rows are drawn again. */
  readonly noiseRate: Interval;
  /** How far the fitted consensuses are from the counted ones, of orders 1, 2 and 3 together; 0 is a perfect fit. */
  readonly residual: number;
}

/** How consensuses are fitted. */
export interface ConsensusOptions {
  /** Steps of Adam with a rate that falls from 0.1 to 0. */
  readonly steps?: number;
  /** Bootstrap samples for the interval, each fitted from the estimate in a fifth of the steps. */
  readonly replicates?: number;
  readonly key: Key;
  readonly signal?: AbortSignal;
}

interface Consensus {
  readonly first: NdArray<"float32">;
  readonly second: NdArray<"float32">;
  readonly third: NdArray<"float32">;
}

interface Latent<T> {
  readonly prior: T;
  readonly transition: T;
}

/** Shares of the labels of a row and its two nearest neighbours, of one, two and all three of them. */
function countConsensus(
  labels: Int32Array,
  { indices, k }: Neighbors,
  { classes, weights }: { readonly classes: number; readonly weights?: Uint8Array },
): Consensus {
  const first = new Float32Array(classes);
  const second = new Float32Array(classes * classes);
  const third = new Float32Array(classes ** 3);
  let total = 0;
  for (let row = 0; row < labels.length; row++) total += weights?.[row] ?? 1;
  for (let row = 0; row < labels.length; row++) {
    const share = (weights?.[row] ?? 1) / total;
    const pair = labels[row] * classes + labels[indices.data[row * k]];
    first[labels[row]] += share;
    second[pair] += share;
    third[pair * classes + labels[indices.data[row * k + 1]]] += share;
  }
  return {
    first: new NdArray(first),
    second: new NdArray(second, [classes, classes]),
    third: new NdArray(third, [classes * classes, classes]),
  };
}

const norm = (gap: Tensor) => sqrt(add(sum(square(gap)), 1e-12));

/** `‖c¹ − Tᵀp‖ + ‖c² − Tᵀ diag(p) T‖ + ‖c³ − Σ_y p_y T_y ⊗ T_y ⊗ T_y‖`, with p and T's rows as softmax of free numbers. */
function consensusLoss({ prior, transition }: Latent<Tensor>, counted: Latent<never> | Consensus): Tensor {
  const { first, second, third } = counted as unknown as Readonly<Record<keyof Consensus, Tensor>>;
  const classes = prior.shape[0];
  const p = reshape(softmax(prior), [classes, 1]);
  const t = softmax(transition);
  const weighted = multiply(t, p);
  const pairs = reshape(multiply(reshape(weighted, [classes, classes, 1]), reshape(t, [classes, 1, classes])), [
    classes,
    classes * classes,
  ]);
  const gaps = [
    subtract(first, sum(weighted, { axes: 0 })),
    subtract(second, matmul(transpose(weighted), t)),
    subtract(third, matmul(transpose(pairs), t)),
  ];
  return gaps.map(norm).reduce((total, gap) => add(total, gap));
}

function softmaxRows(values: Float32Array, width: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let first = 0; first < values.length; first += width) {
    const row = values.subarray(first, first + width);
    const most = Math.max(...row);
    const total = row.reduce((all, value) => all + Math.exp(value - most), 0);
    for (let j = 0; j < width; j++) result[first + j] = Math.exp(row[j] - most) / total;
  }
  return result;
}

type Params = Latent<NdArray<"float32">>;

/** Fits prior and transition to counts, from given parameters. */
class ConsensusFit {
  readonly #optimizer = adam();
  readonly #step = trainStep<Params, Record<string, never>, Consensus>({
    loss: ({ params }, counted) => ({ loss: consensusLoss(params, counted as never) }),
    optimizer: this.#optimizer as never,
    compile: { threads: 1 },
  });

  async run(
    counted: Consensus,
    start: Params,
    { steps, key, signal }: Required<Pick<ConsensusOptions, "steps" | "key">> & ConsensusOptions,
  ) {
    const copy = (array: NdArray<"float32">) => new NdArray<"float32">(array.data.slice(), array.shape);
    const params = { prior: copy(start.prior), transition: copy(start.transition) };
    let carry: Carry<Params, Record<string, never>> = {
      ...{ params, state: {}, optimizer: this.#optimizer.initialize(params) },
    };
    let residual = 0;
    for (let step = 0; step < steps; step++) {
      if (signal?.aborted === true) throw new OrreryError("cancelled", "higher-order consensus: cancelled");
      const learningRate = 0.05 * (1 + Math.cos((Math.PI * step) / steps));
      const { carry: next, metrics } = await this.#step.run(carry, {
        ...{ batches: [{ batch: counted, key }], learningRate, averageWeight: 0 },
      });
      carry = next;
      residual = metrics.loss;
    }
    return { params: carry.params, residual };
  }

  release(): Promise<void> {
    return this.#step.release();
  }
}

function latentOf({ prior, transition }: Params) {
  const classes = prior.size;
  const p = softmaxRows(prior.data, classes);
  const t = softmaxRows(transition.data, classes);
  const rate = p.reduce((total, share, k) => total + share * (1 - t[k * classes + k]), 0);
  return { prior: Array.from(p), transition: nestedRows(t, classes), rate };
}

/**
 * HOC, the transition matrix from consensuses of higher order (Zhu, Song & Liu 2021, https://arxiv.org/abs/2102.05291): where a row and its
 * two nearest neighbours are of one class, how often their labels agree tells prior and transition without a classifier. The two nearest
 * of all rows are used, where the original draws 15,000 rows fifty times.
 * @param neighbors at least two for every row
 * @throws OrreryError `argument` with fewer than two neighbours, `cancelled`.
 */
export async function higherOrderConsensus(
  labels: Int32Array,
  neighbors: Neighbors,
  { classes, ...options }: ConsensusOptions & { readonly classes: number },
): Promise<ConsensusEstimate> {
  const { steps = 1500, replicates = 20, key, signal } = options;
  if (neighbors.k < 2 || labels.length < 3) {
    throw new OrreryError(
      "argument",
      `higher-order consensus: expected two neighbours for each of three rows or more; got ${neighbors.k} for ${labels.length} rows`,
    );
  }
  const diagonal = Float32Array.from({ length: classes * classes }, (_, i) => (i % (classes + 1) === 0 ? 4 : -1));
  const start = {
    prior: new NdArray<"float32">(new Float32Array(classes)),
    transition: new NdArray<"float32">(diagonal, [classes, classes]),
  };
  const fit = new ConsensusFit();
  try {
    const { params, residual } = await fit.run(countConsensus(labels, neighbors, { classes }), start, {
      steps,
      key,
      signal,
    });
    const { rate, ...latent } = latentOf(params);
    const rates: number[] = [];
    const weights = new Uint8Array(labels.length);
    for (let replicate = 0; replicate < replicates; replicate++) {
      poissonWeights(key.fold(replicate), weights);
      const counted = countConsensus(labels, neighbors, { classes, weights });
      const own = await fit.run(counted, params, { steps: Math.ceil(steps / 5), key, signal });
      rates.push(latentOf(own.params).rate);
    }
    return { ...latent, noiseRate: intervalOf(rate, rates), residual };
  } finally {
    await fit.release();
  }
}
