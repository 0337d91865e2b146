import { Batches } from "../../../data/index.ts";
import type { Key } from "../../../engine/index.ts";
import { Learner, type LearnerOptions } from "./learner.ts";
import type { EpochOutcome, Setup, Stage } from "./method.ts";
import { scheduleOf } from "./options.ts";
import type { Selection } from "./selection.ts";
import type { Arrays, NetworkVariables } from "./step.ts";

/** Where a step stands in its phase. */
export interface StepPlace {
  readonly epoch: number;
  /** Counted from the phase's beginning. */
  readonly step: number;
  /** The phase's length. */
  readonly steps: number;
  readonly rows: Int32Array;
  readonly key: Key;
}

/** A phase that goes through all its rows in every epoch and updates its networks together. */
export interface PassesOptions extends Omit<LearnerOptions, "keys"> {
  readonly epochs: number;
  /** Networks trained side by side; 1 when left out. */
  readonly networks?: 1 | 2;
  /** The rows to learn from; all training rows when left out. */
  readonly kept?: Int32Array;
  /** The method's own numbers of a step. */
  scalars?(place: StepPlace, learner: Learner): Readonly<Record<string, number>>;
  extras?(place: StepPlace, learner: Learner): Arrays;
  beforeEpoch?(epoch: number, learner: Learner): void | Promise<void>;
  /** The models whose probabilities are averaged; the first network when left out. */
  members?(learner: Learner): readonly NetworkVariables[];
  selection?(learner: Learner): Selection;
  finish?(learner: Learner): Arrays | Promise<Arrays>;
}

/** The rows of an epoch before shuffling; where classes are balanced, each as often as the largest, its rows repeating in turn. */
function rowsOfEpoch(setup: Setup, kept: Int32Array | undefined): Int32Array {
  const rows = kept ?? Int32Array.from(setup.examples.labels, (_, i) => i);
  if (!setup.options.balanceClasses) return rows;
  const byClass = new Map<number, number[]>();
  for (const row of rows) {
    const label = setup.examples.labels[row];
    byClass.set(label, [...(byClass.get(label) ?? []), row]);
  }
  const largest = Math.max(...[...byClass.values()].map(({ length }) => length));
  return Int32Array.from(
    [...byClass.values()].flatMap((members) => Array.from({ length: largest }, (_, i) => members[i % members.length])),
  );
}

/** Means of numbers by name. */
export class Means {
  readonly #sums = new Map<string, number>();
  #count = 0;

  add(values: Readonly<Record<string, number>>): void {
    this.#count++;
    for (const [name, value] of Object.entries(values)) this.#sums.set(name, (this.#sums.get(name) ?? 0) + value);
  }

  outcome(): EpochOutcome {
    const means = Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#count]));
    const { loss, ...metrics } = means;
    return { loss, metrics };
  }
}

/** A phase of passes: shuffled batches, the shared schedule, and the method's loss. */
export function passes(setup: Setup, options: PassesOptions): Stage {
  const { epochs, networks = 1, kept } = options;
  const [forNetworks, forOrder, forSteps] = setup.key.split(3);
  const learner = new Learner(setup, { ...options, keys: forNetworks.split(networks) });
  const rows = rowsOfEpoch(setup, kept);
  const batches = new Batches({ count: rows.length, batchSize: setup.options.batchSize, key: forOrder });
  const steps = epochs * batches.perEpoch;
  const learningRate = scheduleOf(setup.options, steps);
  const epoch = async (number: number): Promise<EpochOutcome> => {
    await options.beforeEpoch?.(number, learner);
    const means = new Means();
    for (const { batch, indices } of batches.epoch(number)) {
      const step = number * batches.perEpoch + batch;
      const [key, forMethod] = forSteps.fold(step).split(2);
      const own = Int32Array.from(indices, (i) => rows[i]);
      const place: StepPlace = { epoch: number, step, steps, rows: own, key: forMethod };
      const scalars = { learningRate: learningRate(step), ...options.scalars?.(place, learner) };
      means.add(await learner.update({ rows: own, scalars, key, extras: options.extras?.(place, learner) }));
      setup.reportPart((batch + 1) / batches.perEpoch);
    }
    return means.outcome();
  };
  const { selection, finish } = options;
  return {
    epoch,
    model: () => ({ network: learner.network, members: options.members?.(learner) ?? [learner.variables()] }),
    state: () => learner.state(),
    restore: (state) => learner.restore(state),
    ...(selection === undefined ? {} : { selection: () => selection(learner) }),
    ...(finish === undefined ? {} : { finish: () => finish(learner) }),
    release: () => learner.step.release(),
  };
}
