import { takeRows } from "../../../data/index.ts";
import { type Key, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { copyArrays } from "../../../nn/index.ts";
import type { Examples, Setup } from "./method.ts";
import { optimizerOf } from "./options.ts";
import {
  type Arrays,
  type Carry,
  initialCarry,
  type Network,
  type NetworkVariables,
  type RobustStep,
  robustStep,
  type StepLoss,
  type StepScalars,
} from "./step.ts";

/** What one step is made of. */
export interface LearnerStep {
  /** Which training rows. */
  readonly rows: Int32Array;
  readonly scalars: StepScalars;
  readonly key: Key;
  readonly extras?: Arrays;
  readonly others?: readonly NetworkVariables[];
}

/** What distinguishes a learner from others. */
export interface LearnerOptions {
  readonly loss: StepLoss;
  /** One key for each network that is trained in the same step. */
  readonly keys: readonly Key[];
  readonly classes?: number;
  readonly isAveraged?: boolean;
  /** Per-sample memory as it begins, `[n, …]` each, in the order of the training rows. */
  readonly rows?: Arrays;
  readonly memory?: Arrays;
  /** The labels to learn instead of the observed ones. */
  readonly labels?: Int32Array;
  /** The compiled step of a like learner, to be shared. */
  readonly step?: RobustStep;
}

/** Copies the rows of a batch back to where they came from. */
function putRows(memory: NdArray, indices: Int32Array, values: NdArray): void {
  const width = memory.size / memory.shape[0];
  const [to, from] = [memory.data as Float32Array, values.data as Float32Array];
  for (let i = 0; i < indices.length; i++) {
    for (let j = 0; j < width; j++) to[indices[i] * width + j] = from[i * width + j];
  }
}

/**
 * Networks that learn the training rows together, with a per-sample memory: a batch carries its rows of the memory into the step,
 * which answers their new values. That costs the batch's part of the memory a step; a memory inside the graph costs the whole of it.
 */
export class Learner {
  readonly network: Network;
  readonly step: RobustStep;
  /** The per-sample memory, in the order of the training rows. */
  rows: Arrays;
  #carry: Carry;
  readonly #examples: Examples;
  readonly #setup: Setup;

  constructor(setup: Setup, options: LearnerOptions) {
    const { loss, keys, classes = setup.classes, isAveraged = false, rows = {}, memory = {} } = options;
    const optimizer = optimizerOf(setup.options);
    this.#setup = setup;
    this.network = setup.network(classes);
    this.rows = copyArrays(rows);
    this.#examples = { ...setup.examples, ...(options.labels === undefined ? {} : { labels: options.labels }) };
    const { threads } = setup.options;
    this.step = options.step ?? robustStep({ layer: this.network, classes, loss, optimizer, threads });
    this.#carry = initialCarry({ layer: this.network, optimizer, keys, isAveraged, memory: copyArrays(memory) });
  }

  /** Inputs of training rows, augmented anew for each key. */
  view(rows: Int32Array, key: Key): NdArray<"float32"> {
    const inputs = takeRows(this.#examples.inputs, rows);
    this.#setup.augment(inputs.data, key);
    return inputs;
  }

  /** One update. @throws OrreryError `runtime` when the loss is not finite, `cancelled` when the run is to stop. */
  async update({
    rows,
    scalars,
    key,
    extras = {},
    others = [],
  }: LearnerStep): Promise<Readonly<Record<string, number>>> {
    this.#setup.checkCancelled();
    const [forView, forStep] = key.split(2);
    const memory = Object.entries(this.rows).map(([name, array]) => [name, takeRows(array, rows)] as const);
    const labels = Int32Array.from(rows, (row) => this.#examples.labels[row]);
    const batch = {
      inputs: this.view(rows, forView),
      labels: new NdArray(labels),
      rows: Object.fromEntries(memory),
      ...{ extras, others },
    };
    const { carry, rows: updated, metrics } = await this.step.run(this.#carry, batch, scalars, forStep);
    this.#carry = carry;
    if (!Number.isFinite(metrics.loss)) {
      throw new OrreryError("runtime", `labels train: the loss is ${metrics.loss}`, {
        hint: "Lower the learning rate, or the method's weights.",
      });
    }
    for (const [name, values] of Object.entries(updated)) putRows(this.rows[name], rows, values);
    return metrics;
  }

  /** The variables of network `index`, averaged if asked; the next update overwrites them. */
  variables(index = 0, isAveraged = false): NetworkVariables {
    const { params, average, state } = this.#carry;
    return { params: (isAveraged ? average : params)[index], state: state[index] };
  }

  get memory(): Arrays {
    return this.#carry.memory;
  }

  /** Replaces some of the memory. */
  remember(memory: Arrays): void {
    this.#carry = { ...this.#carry, memory: { ...this.#carry.memory, ...memory } };
  }

  /** Everything that must be kept to go on; not a copy. */
  state(): { readonly carry: Carry; readonly rows: Arrays } {
    return { carry: this.#carry, rows: this.rows };
  }

  restore(state: unknown): void {
    const { carry, rows } = copyArrays(state) as { carry: Carry; rows: Arrays };
    this.#carry = carry;
    this.rows = rows;
  }
}
