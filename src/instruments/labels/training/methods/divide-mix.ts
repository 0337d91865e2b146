import { Batches } from "../../../../data/index.ts";
import {
  add,
  concat,
  divide,
  expandDims,
  type Key,
  mean,
  multiply,
  NdArray,
  power,
  slice,
  softmax,
  square,
  stopGradient,
  subtract,
  sum,
  type Tensor,
} from "../../../../engine/index.ts";
import { gaussianMixture } from "../../../../math/gaussian-mixture.ts";
import { symmetricBeta } from "../beta.ts";
import { balancePenalty, crossEntropyRows, negativeEntropy } from "../label-losses.ts";
import { Learner } from "../learner.ts";
import { type DefaultsContext, defineMethod, type EpochOutcome, type Setup, type Stage } from "../method.ts";
import { mixWithPartners } from "../mixing.ts";
import { scheduleOf } from "../options.ts";
import { argMaxRows } from "../selection.ts";
import { Means } from "../stage.ts";
import type { StepContext, StepResult } from "../step.ts";

/** The settings of DivideMix. */
type DivideMixSettings = {
  readonly warmUp: number;
  readonly unlabelledWeight: number;
  readonly rampUp: number;
  readonly threshold: number;
  readonly temperature: number;
  readonly alpha: number;
  readonly confidencePenalty: number;
};

/** `p^(1/T) / Σ p^(1/T)`. */
function sharpen(probabilities: Tensor, temperature: number): Tensor {
  const powered = power(probabilities, 1 / temperature);
  return divide(powered, sum(powered, { axes: -1, keepDims: true }));
}

const average = (parts: readonly Tensor[]) =>
  multiply(
    parts.reduce((total, part) => add(total, part)),
    1 / parts.length,
  );

/** The targets of a batch: labelled rows' refined labels and the guesses of the unlabelled, both sharpened constants. */
function targetsOf({ evaluations: [own], others: [other], inputs, targets, extras }: StepContext, temperature: number) {
  const labelled = average([own(inputs), own(extras.inputsAgain)].map((logits) => softmax(logits)));
  const weight = expandDims(extras.weights, -1);
  const refined = add(multiply(targets, weight), multiply(labelled, subtract(1, weight)));
  const views = [extras.unlabelled, extras.unlabelledAgain];
  const guessed = average([own, other].flatMap((network) => views.map((view) => softmax(network(view)))));
  return [stopGradient(sharpen(refined, temperature)), stopGradient(sharpen(guessed, temperature))];
}

/** MixMatch on labelled and unlabelled rows: cross-entropy, squared error and the penalty on predicting few classes. */
function semiSupervisedLoss(context: StepContext, { temperature }: DivideMixSettings): StepResult {
  const { networks, inputs, extras, scalars, key } = context;
  const [refined, guessed] = targetsOf(context, temperature);
  const all = concat([inputs, extras.inputsAgain, extras.unlabelled, extras.unlabelledAgain], 0);
  const allTargets = concat([refined, refined, guessed, guessed], 0);
  const mix = mixWithPartners(all.shape[0], scalars.share, key);
  const logits = networks[0](mix(all));
  const targets = mix(allTargets);
  const labelled = 2 * inputs.shape[0];
  const part = (x: Tensor, start: number, end: number) => slice(x, [[start, end]]);
  const fit = mean(crossEntropyRows(part(logits, 0, labelled), part(targets, 0, labelled)));
  const probabilities = softmax(logits);
  const count = all.shape[0];
  const difference = subtract(part(probabilities, labelled, count), part(targets, labelled, count));
  const consistency = multiply(mean(square(difference)), scalars.unlabelledWeight);
  return { loss: add(fit, add(consistency, balancePenalty(probabilities))), metrics: { labelledLoss: fit } };
}

/** Cross-entropy of every row in [0, 1], and the probability that it belongs to the lower of two normal distributions. */
function cleanProbabilities(probabilities: NdArray<"float32">, labels: Int32Array): Float64Array {
  const [, classes] = probabilities.shape;
  const losses = Float64Array.from(
    labels,
    (label, i) => -Math.log(Math.max(probabilities.data[i * classes + label], 1e-12)),
  );
  const [least, most] = losses.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [Infinity, -Infinity]);
  const scaled = losses.map((loss) => (loss - least) / Math.max(most - least, 1e-12));
  return gaussianMixture(scaled, { iterations: 10, tolerance: 1e-2, regularization: 5e-4 }).lower;
}

/** An endless walk through rows in shuffled passes. */
function* endless(rows: Int32Array, batchSize: number, key: Key): Generator<Int32Array, never> {
  let pass = 0;
  let waiting: number[] = [];
  const batches = new Batches({ count: rows.length, batchSize: rows.length, key });
  for (;;) {
    while (waiting.length < batchSize) {
      waiting = [...waiting, ...Array.from(batches.at({ epoch: pass++, batch: 0 }).indices, (i) => rows[i])];
    }
    yield Int32Array.from(waiting.slice(0, batchSize));
    waiting = waiting.slice(batchSize);
  }
}

/** Two learners that divide the rows for each other. */
class DivideMixStage implements Stage {
  readonly #setup: Setup;
  readonly #settings: DivideMixSettings;
  readonly #epochs: number;
  readonly #learners: readonly Learner[];
  readonly #keys: readonly Key[];
  /** How clean each network thinks each row, `[2, n]`, and the labels that both would give. */
  #clean: NdArray<"float32">;
  #proposed: NdArray<"int32">;

  constructor(setup: Setup, settings: DivideMixSettings, epochs: number) {
    const keys = setup.key.split(4);
    const loss = (context: StepContext): StepResult => {
      // A step without unlabelled rows belongs to the warm-up: it is traced apart.
      if ("unlabelled" in context.extras) return semiSupervisedLoss(context, settings);
      const logits = context.networks[0](context.inputs);
      const plain = mean(crossEntropyRows(logits, context.targets));
      return { loss: add(plain, multiply(negativeEntropy(logits), settings.confidencePenalty)) };
    };
    const first = new Learner(setup, { loss, keys: [keys[0]] });
    this.#setup = setup;
    this.#settings = settings;
    this.#epochs = epochs;
    this.#learners = [first, new Learner(setup, { loss, keys: [keys[1]], step: first.step })];
    this.#keys = keys.slice(2);
    const { labels } = setup.examples;
    this.#clean = new NdArray(new Float32Array(2 * labels.length).fill(1), [2, labels.length]);
    this.#proposed = new NdArray(labels.slice());
  }

  async epoch(epoch: number): Promise<EpochOutcome> {
    const means = new Means();
    if (epoch >= this.#settings.warmUp) await this.#divide();
    for (const [index, key] of this.#keys.entries()) {
      if (epoch < this.#settings.warmUp) await this.#warmUp(index, epoch, key.fold(epoch), means);
      else await this.#train(index, epoch, key.fold(epoch), means);
    }
    return means.outcome();
  }

  /** The learning rate of a part of an epoch: the number of its steps is known only when it begins. */
  #rate(epoch: number, part: number): number {
    return scheduleOf(this.#setup.options, 1e6 * this.#epochs)(Math.floor(1e6 * (epoch + part)));
  }

  async #warmUp(index: number, epoch: number, key: Key, means: Means): Promise<void> {
    const { options, examples } = this.#setup;
    const [forOrder, forSteps] = key.split(2);
    const batches = new Batches({ count: examples.labels.length, batchSize: options.batchSize, key: forOrder });
    for (const { batch, indices } of batches.epoch(0)) {
      const scalars = { learningRate: this.#rate(epoch, batch / batches.perEpoch) };
      means.add(await this.#learners[index].update({ rows: indices, scalars, key: forSteps.fold(batch) }));
      this.#setup.reportPart((index + (batch + 1) / batches.perEpoch) / 2);
    }
  }

  async #divide(): Promise<void> {
    const { examples, predictor, classes } = this.#setup;
    const { labels, inputs } = examples;
    const sums = new Float32Array(labels.length * classes);
    const clean: Float64Array[] = [];
    for (const learner of this.#learners) {
      const model = { network: learner.network, members: [learner.variables()] };
      const probabilities = await predictor.probabilities(model, inputs);
      probabilities.data.forEach((p, i) => {
        sums[i] += p;
      });
      clean.push(cleanProbabilities(probabilities, labels));
    }
    const flat = Float32Array.from([...clean[0], ...clean[1]]);
    this.#clean = new NdArray(flat, [2, labels.length]);
    this.#proposed = new NdArray(argMaxRows({ data: sums, shape: [labels.length, classes] }));
  }

  /** How clean the other network thinks each row. */
  #weightsFor(index: number): Float32Array {
    const count = this.#setup.examples.labels.length;
    return this.#clean.data.subarray((1 - index) * count, (2 - index) * count);
  }

  async #train(index: number, epoch: number, key: Key, means: Means): Promise<void> {
    const { options, examples } = this.#setup;
    const { warmUp, rampUp, unlabelledWeight, threshold, alpha } = this.#settings;
    const weights = this.#weightsFor(index);
    const all = Int32Array.from(examples.labels, (_, i) => i);
    const [clean, doubtful] = [true, false].map((side) => all.filter((row) => weights[row] > threshold === side));
    // Where one part is empty the other stands for both; unlabelled rows then have no weight.
    const labelled = clean.length === 0 ? all : clean;
    const size = Math.max(1, options.batchSize >> 1);
    const [forLabelled, forUnlabelled, forSteps] = key.split(3);
    const first = endless(labelled, size, forLabelled);
    const second = endless(doubtful.length === 0 ? all : doubtful, size, forUnlabelled);
    const steps = Math.ceil(labelled.length / size);
    const learner = this.#learners[index];
    const others = [this.#learners[1 - index].variables()];
    for (let step = 0; step < steps; step++) {
      const [forStep, forShare, ...forViews] = forSteps.fold(step).split(5);
      const rows = first.next().value;
      const unlabelled = second.next().value;
      const drawn = symmetricBeta(alpha, forShare);
      const risen = Math.min((epoch + step / steps - warmUp) / rampUp, 1);
      const scalars = {
        learningRate: this.#rate(epoch, step / steps),
        share: Math.max(drawn, 1 - drawn),
        unlabelledWeight: doubtful.length === 0 ? 0 : unlabelledWeight * risen,
      };
      const extras = {
        inputsAgain: learner.view(rows, forViews[0]),
        unlabelled: learner.view(unlabelled, forViews[1]),
        unlabelledAgain: learner.view(unlabelled, forViews[2]),
        weights: new NdArray(Float32Array.from(rows, (row) => weights[row])),
      };
      means.add(await learner.update({ rows, scalars, key: forStep, extras, others }));
      this.#setup.reportPart((index + (step + 1) / steps) / 2);
    }
  }

  model() {
    const [first, second] = this.#learners;
    return { network: first.network, members: [first.variables(), second.variables()] };
  }

  state() {
    const learners = this.#learners.map((learner) => learner.state());
    return { learners, clean: this.#clean, proposed: this.#proposed };
  }

  restore(state: unknown): void {
    const { learners, clean, proposed } = state as ReturnType<DivideMixStage["state"]>;
    this.#learners.forEach((learner, i) => {
      learner.restore(learners[i]);
    });
    this.#clean = clean;
    this.#proposed = proposed;
  }

  selection() {
    const { labels } = this.#setup.examples;
    const weights = this.#weightsFor(0).slice();
    const kept = Uint8Array.from(weights, (weight) => (weight > this.#settings.threshold ? 1 : 0));
    return { kept, weights, labels: labels.map((label, i) => (kept[i] === 1 ? label : this.#proposed.data[i])) };
  }

  release(): Promise<void> {
    return this.#learners[0].step.release();
  }
}

/** λ_u of the paper's table 6 and of its users' reports: at low rates and for asymmetric noise the squared error does harm. */
function unlabelledWeightFor({ rate, kind }: DefaultsContext): number {
  if (kind !== "symmetric" || rate < 0.35) return 0;
  return rate > 0.85 ? 50 : 25;
}

/** DivideMix: two networks divide the rows into labelled and unlabelled for each other and learn both with MixMatch. */
export const divideMix = defineMethod<DivideMixSettings>({
  name: "dividemix",
  title: "DivideMix",
  family: "semi-supervised",
  summary: "splits rows by their losses, drops the doubtful labels and learns those rows without them",
  source:
    "Li et al. 2020, https://arxiv.org/abs/2002.07394; settings of its code, λ_u 0 for human noise (its re-runs on CIFAR-10N), warm-up and ramp as parts of 40 epochs",
  fields: {
    warmUp: { kind: "number", description: "epochs of cross-entropy before rows are divided", min: 1, isWhole: true },
    unlabelledWeight: { kind: "number", description: "final weight λ_u of the unlabelled rows' squared error", min: 0 },
    rampUp: { kind: "number", description: "epochs until it has its final weight", min: 1, isWhole: true },
    threshold: {
      kind: "number",
      description: "how clean a row must seem to keep its label",
      min: 0,
      max: 1,
      isBelowMax: true,
    },
    temperature: { kind: "number", description: "of the guesses; below 1 sharpens them", min: 0.05, max: 1 },
    alpha: { kind: "number", description: "of Beta(α, α), from which the mixing shares are drawn", min: 0.01 },
    confidencePenalty: { kind: "number", description: "weight of the negative entropy in the warm-up", min: 0 },
  },
  defaults: (context) => ({
    warmUp: Math.max(1, Math.round(context.epochs / 4)),
    unlabelledWeight: unlabelledWeightFor(context),
    rampUp: Math.max(1, Math.round(0.4 * context.epochs)),
    threshold: context.rate > 0.85 ? 0.6 : 0.5,
    ...{ temperature: 0.5, alpha: 4 },
    confidencePenalty: context.kind === "symmetric" ? 0 : 1,
  }),
  check: ({ warmUp }, { epochs }) => (warmUp < epochs ? [] : [`warmUp must be below the ${epochs} epochs`]),
  phases: (settings, { epochs }) => [
    { name: "train", epochs, begin: (setup) => new DivideMixStage(setup, settings, epochs) },
  ],
});
