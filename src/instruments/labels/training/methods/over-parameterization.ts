import {
  add,
  argMax,
  clip,
  divide,
  gradients,
  log,
  mean,
  multiply,
  NdArray,
  negate,
  oneHot,
  sampleNormal,
  softmax,
  square,
  stopGradient,
  subtract,
  sum,
  type Tensor,
} from "../../../../engine/index.ts";
import { balancePenalty, divergenceRows } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { selectionOfWeights } from "../selection.ts";
import { passes } from "../stage.ts";

const epsilon = 1e-4;
const byRow = { axes: -1, keepDims: true } as const;

/** What a batch knows of its rows' noise: the targets `[b, k]`, u `[b, 1]` and v `[b, k]`. */
interface SparseNoise {
  readonly targets: Tensor;
  readonly u: Tensor;
  readonly v: Tensor;
}

/**
 * The loss of SOP for one batch: with `U = clip(u² e, 0, 1)`, `V = clip(v² (1 − e), 0, 1)` and `q = normalize(clip(p + U − sg[V]))` it is
 * `mean(−Σ e log q) + Σ (onehot(argmax z) + U − V − e)² / b`. V is a constant inside q, not in the square.
 */
export function overParameterizedLoss(logits: Tensor, { targets, u, v }: SparseNoise): Tensor {
  const classes = targets.shape[1];
  const own = clip(multiply(square(u), targets), 0, 1);
  const others = clip(multiply(square(v), subtract(1, targets)), 0, 1);
  const shifted = clip(add(softmax(logits), subtract(own, stopGradient(others))), epsilon, Number.MAX_VALUE);
  const q = clip(divide(shifted, sum(shifted, byRow)), epsilon, 1);
  const fit = negate(mean(sum(multiply(targets, log(q)), { axes: -1 })));
  const hard = oneHot(argMax(stopGradient(logits), -1), classes);
  const residue = subtract(add(hard, subtract(own, others)), targets);
  return add(fit, divide(sum(square(residue)), targets.shape[0]));
}

/** Sparse over-parameterisation: each row has own variables for its label's noise, trained beside the network. */
export const overParameterization = defineMethod({
  name: "sop",
  title: "SOP",
  family: "regularization",
  summary: "gives every row own variables that take up the noise of its label, so that the network need not",
  source:
    "Liu et al. 2022, https://arxiv.org/abs/2202.14026; rates from its code (asymmetric noise: v up to 100); SOP+: consistency .9, balance .1",
  fields: {
    rateU: { kind: "number", description: "learning rate of the variable of the observed class", min: 0 },
    rateV: { kind: "number", description: "learning rate of the variables of the other classes", min: 0 },
    consistency: { kind: "number", description: "weight of agreement between two augmented views (SOP+)", min: 0 },
    balance: { kind: "number", description: "weight of the penalty on predicting few classes (SOP+)", min: 0 },
  },
  // A row's variables grow geometrically with every visit: fewer epochs need larger rates.
  defaults: ({ kind, epochs }) => {
    const rate = 10 * Math.max(1, 320 / epochs);
    return { rateU: rate, rateV: kind === "pair" ? 10 * rate : rate, consistency: 0, balance: 0 };
  },
  phases: ({ rateU, rateV, consistency, balance }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) => {
        const { classes } = setup;
        const { labels } = setup.examples;
        const tiny = (key: typeof setup.key, width: number) =>
          new NdArray(
            sampleNormal(key, labels.length * width).map((value) => value * 1e-8),
            [labels.length, width],
          );
        const [forRun, forU, forV] = setup.key.split(3);
        return passes(
          { ...setup, key: forRun },
          {
            epochs,
            rows: { u: tiny(forU, 1), v: tiny(forV, classes) },
            loss: ({ networks: [network], inputs, targets, rows, extras }) => {
              const logits = network(inputs);
              const noise: SparseNoise = { targets, u: rows.u, v: rows.v };
              const sparse = overParameterizedLoss(logits, noise);
              const { u, v } = gradients(sparse, { u: noise.u, v: noise.v });
              const updated = {
                u: subtract(rows.u, multiply(u, rateU)),
                v: subtract(rows.v, multiply(v, rateV)),
              };
              const even = balance > 0 ? multiply(balancePenalty(softmax(logits)), balance) : 0;
              const agreement =
                consistency > 0
                  ? multiply(mean(divergenceRows(stopGradient(logits), network(extras.view))), consistency)
                  : 0;
              return { loss: add(sparse, add(even, agreement)), rows: updated };
            },
            extras: ({ rows, key }, learner) =>
              consistency > 0 ? { view: learner.view(rows, key) } : ({} as Record<string, NdArray>),
            selection: ({ rows }) =>
              selectionOfWeights(
                Float32Array.from(labels, (_, i) => {
                  const part = rows.v.data.subarray(i * classes, (i + 1) * classes) as Float32Array;
                  return (
                    1 -
                    Math.min(
                      part.reduce((most, value) => Math.max(most, value * value), 0),
                      1,
                    )
                  );
                }),
                labels,
              ),
          },
        );
      },
    },
  ],
});
