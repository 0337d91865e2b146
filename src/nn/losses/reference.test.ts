import { describe, expect, it } from "vitest";
import { logSoftmax, type Tensor, tensor } from "../../engine/index.ts";
import { arrayOf, compareWithReference, executors, referenceCases, type StoredArray } from "../reference-case.ts";
import { negativeLogLikelihood, softmaxCrossEntropy } from "./cross-entropy.ts";
import { binaryCrossEntropyWithLogits, klDivergence } from "./probability.ts";
import type { Reduction } from "./reduce-loss.ts";
import { huber, meanAbsoluteError, meanSquaredError, smoothL1 } from "./regression.ts";

const reference = referenceCases("losses.json");

interface Settings {
  readonly reduction?: Reduction;
  readonly label_smoothing?: number;
  readonly weight?: StoredArray;
  readonly ignore_index?: number;
  readonly pos_weight?: StoredArray;
  readonly delta?: number;
  readonly beta?: number;
}

describe.each(executors)("on $provider, values and gradients are PyTorch's", (executor) => {
  type Loss = (input: Tensor, target: Tensor, settings: Settings) => Tensor;
  const known = (stored: StoredArray | undefined) =>
    stored === undefined ? undefined : tensor(arrayOf(stored, executor.float));
  const agree = async (name: string, loss: Loss) => {
    const entry = reference(name);
    const forward = ({
      input,
      target = known(entry.constants?.target) as Tensor,
    }: Readonly<Record<string, Tensor>>) => ({
      output: loss(input, target, entry.settings as Settings),
    });
    expect(await compareWithReference(entry, forward, executor)).toEqual([]);
  };

  it.each([
    "mean",
    "sum",
    "none",
    "label smoothing",
    "class weights",
    "class weights, sum",
    "class weights and label smoothing",
    "ignore index",
    "ignore index, class weights and label smoothing",
    "probabilities",
  ])("for cross-entropy, %s", (name) =>
    agree(`crossEntropy ${name}`, (input, target, { reduction, label_smoothing, weight, ignore_index }) =>
      softmaxCrossEntropy(input, target, {
        reduction,
        labelSmoothing: label_smoothing,
        classWeights: known(weight),
        ignoreIndex: ignore_index,
      }),
    ),
  );

  it.each(["mean", "sum", "class weights", "ignore index"])("for the negative log-likelihood, %s", (name) =>
    agree(`nll of logSoftmax ${name}`, (input, target, { reduction, weight, ignore_index }) =>
      negativeLogLikelihood(logSoftmax(input), target, {
        reduction,
        classWeights: known(weight),
        ignoreIndex: ignore_index,
      }),
    ),
  );

  const regressions: readonly [string, Loss][] = [
    ["mse", (x, t, { reduction }) => meanSquaredError(x, t, { reduction })],
    ["l1", (x, t, { reduction }) => meanAbsoluteError(x, t, { reduction })],
    ["huber, delta 1", (x, t, { reduction, delta }) => huber(x, t, { reduction, delta })],
    ["huber, delta 0.5", (x, t, { reduction, delta }) => huber(x, t, { reduction, delta })],
    ["smoothL1, beta 1", (x, t, { reduction, beta }) => smoothL1(x, t, { reduction, beta })],
    ["smoothL1, beta 0.5", (x, t, { reduction, beta }) => smoothL1(x, t, { reduction, beta })],
  ];
  it.each(regressions)("for %s", async (name, loss) => {
    await agree(`${name} mean`, loss);
    await agree(`${name} sum`, loss);
  });

  it.each(["mean", "sum", "positive weight"])("for binary cross-entropy, %s", (name) =>
    agree(`bceWithLogits ${name}`, (input, target, { reduction, pos_weight }) =>
      binaryCrossEntropyWithLogits(input, target, { reduction, positiveWeight: known(pos_weight) }),
    ),
  );

  it("for the Kullback–Leibler divergence", async () => {
    await agree("klDiv of logSoftmax batchmean", (x, t) => klDivergence(logSoftmax(x), t));
    await agree("klDiv of logSoftmax sum", (x, t) => klDivergence(logSoftmax(x), t, { reduction: "sum" }));
  });
});
