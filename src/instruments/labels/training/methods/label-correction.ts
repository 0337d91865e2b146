import {
  add,
  gradients,
  logSoftmax,
  mean,
  multiply,
  NdArray,
  negate,
  softmax,
  stopGradient,
  subtract,
  sum,
  type Tensor,
} from "../../../../engine/index.ts";
import { crossEntropyRows } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { passes } from "../stage.ts";
import { selectionOfMemory } from "./early-learning.ts";

/** The loss of PENCIL for logits, the rows' label logits and the observed labels, all `[b, k]`: a scalar. */
export function labelCorrectionLoss(
  { logits, labels, targets }: { readonly logits: Tensor; readonly labels: Tensor; readonly targets: Tensor },
  { alpha, beta }: { readonly alpha: number; readonly beta: number },
): Tensor {
  const classes = logits.shape[1];
  const probabilities = softmax(logits);
  const overClasses = { axes: -1 } as const;
  const divergence = sum(multiply(probabilities, subtract(logSoftmax(logits), logSoftmax(labels))), overClasses);
  const compatibility = crossEntropyRows(labels, targets);
  const entropy = negate(sum(multiply(probabilities, logSoftmax(logits)), overClasses));
  const scaled = add(divergence, multiply(entropy, beta));
  return mean(add(multiply(scaled, 1 / classes), multiply(compatibility, alpha)));
}

/** PENCIL: every row's label is a distribution that is learned beside the network. */
export const labelCorrection = defineMethod({
  name: "pencil",
  title: "PENCIL",
  family: "regularization",
  summary: "learns a distribution over labels for every row, then trains on it",
  source:
    "Yi & Wu 2019, https://arxiv.org/abs/1903.07788; α, β and the parts 70 : 130 : 120 of its three stages; the rate 600 of 320 epochs, larger for fewer",
  fields: {
    alpha: { kind: "number", description: "weight of staying near the observed labels", min: 0 },
    beta: { kind: "number", description: "weight of the entropy of predictions", min: 0 },
    labelRate: { kind: "number", description: "learning rate of the labels", min: 0 },
    backbone: { kind: "number", description: "epochs of plain cross-entropy first", min: 0, isWhole: true },
    correction: { kind: "number", description: "epochs in which the labels are learned", min: 1, isWhole: true },
  },
  defaults: ({ epochs }) => ({
    ...{ alpha: 0.1, beta: 0.4, labelRate: 600 * Math.max(1, 320 / epochs) },
    ...{ backbone: Math.round(0.22 * epochs), correction: Math.max(1, Math.round(0.4 * epochs)) },
  }),
  check: ({ backbone, correction }, { epochs }) =>
    backbone + correction <= epochs ? [] : [`backbone and correction must fit into ${epochs} epochs`],
  phases: ({ alpha, beta, labelRate, backbone, correction }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) => {
        const { labels } = setup.examples;
        const first = new Float32Array(labels.length * setup.classes);
        labels.forEach((label, i) => {
          first[i * setup.classes + label] = 10;
        });
        return passes(setup, {
          epochs,
          rows: { labels: new NdArray(first, [labels.length, setup.classes]) },
          loss: ({ networks: [network], inputs, targets, rows, scalars }) => {
            const logits = network(inputs);
            const own = rows.labels;
            const joint = labelCorrectionLoss({ logits, labels: own, targets }, { alpha, beta });
            const learned = subtract(own, multiply(gradients(joint, own), multiply(scalars.learns, labelRate)));
            const plain = mean(crossEntropyRows(logits, targets));
            const settled = mean(crossEntropyRows(logits, stopGradient(softmax(own))));
            const parts = [
              multiply(plain, scalars.plain),
              multiply(joint, scalars.learns),
              multiply(settled, scalars.settled),
            ];
            return { loss: parts.reduce((total, part) => add(total, part)), rows: { labels: learned } };
          },
          scalars: ({ epoch }) => {
            const [plain, learns] = [epoch < backbone, epoch >= backbone && epoch < backbone + correction];
            return { plain: Number(plain), learns: Number(learns), settled: Number(!plain && !learns) };
          },
          selection: ({ rows }) => selectionOfMemory(rows.labels, labels),
        });
      },
    },
  ],
});
