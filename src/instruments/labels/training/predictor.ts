import { type Computed, compile, NdArray, softmax, type Tensor } from "../../../engine/index.ts";
import type { Network, NetworkVariables } from "./step.ts";

/** A network with one set of variables, or several whose probabilities are averaged. */
export interface Ensemble {
  readonly network: Network;
  readonly members: readonly NetworkVariables[];
}

const chunk = 1024;

/** Compiled forward passes, one for each network, without training. */
export class Predictor {
  readonly #threads: number | undefined;
  readonly #compiled = new Map<
    Network,
    ((variables: unknown, x: NdArray) => Promise<NdArray>) & { release(): Promise<void> }
  >();

  constructor(threads: number | undefined) {
    this.#threads = threads;
  }

  #forwardOf(network: Network) {
    const known = this.#compiled.get(network);
    if (known !== undefined) return known;
    const forward = ({ params, state }: NetworkVariables, x: Tensor) =>
      softmax(network.apply(params, state, x, { training: false }).output);
    const compiled = compile(forward, { threads: this.#threads }) as unknown as ((
      variables: unknown,
      x: NdArray,
    ) => Promise<Computed<Tensor>>) & { release(): Promise<void> };
    this.#compiled.set(network, compiled);
    return compiled;
  }

  /** The probabilities `[n, k]` of inputs `[n, …]`: the mean over the members. */
  async probabilities({ network, members }: Ensemble, inputs: NdArray<"float32">): Promise<NdArray<"float32">> {
    const forward = this.#forwardOf(network);
    const [count, ...rest] = inputs.shape;
    const width = inputs.size / count;
    let total: NdArray<"float32"> | undefined;
    for (const { params, state } of members) {
      for (let start = 0; start < count; start += chunk) {
        const size = Math.min(chunk, count - start);
        const rows = new NdArray(inputs.data.subarray(start * width, (start + size) * width), [size, ...rest]);
        const { data, shape } = (await forward({ params, state }, rows)) as NdArray<"float32">;
        const [, classes] = shape;
        total ??= new NdArray(new Float32Array(count * classes), [count, classes]);
        for (let i = 0; i < data.length; i++) total.data[start * classes + i] += data[i] / members.length;
      }
    }
    return total as NdArray<"float32">;
  }

  async release(): Promise<void> {
    for (const compiled of this.#compiled.values()) await compiled.release();
    this.#compiled.clear();
  }
}
