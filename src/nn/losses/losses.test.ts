import { describe, expect, it } from "vitest";
import { compile, gradients, type Tensor, tensor } from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import { accuracy, topKAccuracy } from "./accuracy.ts";
import { softmaxCrossEntropy } from "./cross-entropy.ts";
import { binaryCrossEntropyWithLogits, klDivergence } from "./probability.ts";
import { meanSquaredError, smoothL1 } from "./regression.ts";

const numberOf = async (x: Tensor) => (await x.read()).item();

describe("labels", () => {
  const logits = tensor([
    [2, 0, -1],
    [0, 0, 5],
  ]);

  it("give the loss of their one-hot probabilities", async () => {
    const byLabel = await numberOf(softmaxCrossEntropy(logits, [0, 1], { labelSmoothing: 0.2 }));
    const oneHot = [
      [1, 0, 0],
      [0, 1, 0],
    ];
    expect(byLabel).toBeCloseTo(await numberOf(softmaxCrossEntropy(logits, oneHot, { labelSmoothing: 0.2 })), 5);
  });

  it.each([-1, 3, -100])("outside the classes stop the run: %i", async (label) => {
    await expect(softmaxCrossEntropy(logits, [0, label]).read()).rejects.toThrow(OrreryError);
  });

  it("that are all ignored give a loss and a gradient of 0", async () => {
    const f = compile((x: Tensor) => {
      const loss = softmaxCrossEntropy(x, [-1, -1], { ignoreIndex: -1 });
      return { loss, gradient: gradients(loss, x) };
    });
    const { loss, gradient } = await f(await logits.read());
    expect(loss.item()).toBe(0);
    expect([...gradient.data]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("of a sequence are taken position by position", async () => {
    const sequence = tensor([[[2, 0, -1]], [[0, 0, 5]]]);
    const losses = await softmaxCrossEntropy(sequence, [[0], [1]], { reduction: "none" }).read();
    expect(losses.shape).toEqual([2, 1]);
    const flat = await softmaxCrossEntropy(logits, [0, 1], { reduction: "none" }).read();
    expect([...losses.data]).toEqual([...flat.data]);
  });
});

describe("accuracy", () => {
  const scores = tensor([
    [3, 2, 1],
    [1, 3, 2],
    [1, 2, 3],
    [0, 0, 0],
  ]);

  it("counts the examples whose largest score is their label's", async () => {
    expect(await numberOf(accuracy(scores, [0, 2, 2, 1]))).toBe(0.5);
  });

  it("among the k largest grows with k, and equal scores say nothing", async () => {
    const values = await Promise.all([1, 2, 3].map((k) => numberOf(topKAccuracy(scores, [0, 2, 0, 1], k))));
    expect(values).toEqual([0.25, 0.5, 1]);
  });

  it("of a network that gives NaN is not perfect", async () => {
    const broken = tensor([[Number.NaN, Number.NaN]]);
    expect(await numberOf(topKAccuracy(broken, [1], 1))).toBe(0);
  });
});

it("binary cross-entropy has the derivative σ(x) − t also at 0", async () => {
  const f = compile((x: Tensor) => gradients(binaryCrossEntropyWithLogits(x, [1]), x));
  expect((await f(await tensor([0]).read())).item()).toBeCloseTo(-0.5, 6);
});

it("the divergence of a distribution from itself is 0, also where a probability is 0", async () => {
  const p = tensor([[0.25, 0.75, 0]]);
  expect(await numberOf(klDivergence(tensor([[Math.log(0.25), Math.log(0.75), -1e4]]), p))).toBeCloseTo(0, 6);
});

describe("errors name what does not fit", () => {
  const messageOf = (f: () => unknown) => {
    try {
      f();
    } catch (error) {
      return String(error);
    }
    return "no error";
  };
  const logits = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);

  it.each([
    ["labels of another length", () => softmaxCrossEntropy(logits, [0, 1])],
    ["labels as floats", () => softmaxCrossEntropy(logits, tensor([0, 1, 1]))],
    ["too few class weights", () => softmaxCrossEntropy(logits, [0, 1, 1], { classWeights: [1] })],
    ["a smoothing above 1", () => softmaxCrossEntropy(logits, [0, 1, 1], { labelSmoothing: 2 })],
    ["targets that would broadcast", () => meanSquaredError(tensor([[1], [2]]), tensor([1, 2]))],
    ["a beta of 0", () => smoothL1([1], [1], { beta: 0 })],
    ["k of 0", () => topKAccuracy(logits, [0, 1, 1], 0)],
  ] as const)("%s", (_, f) => {
    expect(messageOf(f)).toMatchSnapshot();
  });
});
