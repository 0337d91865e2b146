import { type CompiledFunction, compile, type Key, type NdArray } from "../../../engine/index.ts";
import { type FoldedLayer, foldNetwork, type NetworkParams } from "./folding.ts";
import { type Drawn, IncrementalSampler } from "./kernel/incremental-sampler.ts";
import type { NetworkPlan } from "./network-plan.ts";

/** Draws batches from a network whose parameters change: messages are folded into the weights once for each change. */
export class NetworkSampler {
  readonly #plan: NetworkPlan;
  readonly #sampler: IncrementalSampler;
  readonly #fold: CompiledFunction<[NetworkParams], FoldedLayer[]>;

  /** @param batch samples of one draw */
  constructor(plan: NetworkPlan, batch: number, threads?: number) {
    this.#plan = plan;
    this.#sampler = new IncrementalSampler({ ...plan, batch });
    this.#fold = compile((params: NetworkParams) => foldNetwork(plan, params), { threads });
  }

  /** Takes over parameters. */
  async load(params: NetworkParams<NdArray>): Promise<void> {
    const layers = (await this.#fold(params)) as readonly FoldedLayer<NdArray<"float32">>[];
    this.#sampler.load(
      layers.map(({ weight, bias, slope }) => ({
        ...{ weights: weight.data, bias: bias.data },
        ...(slope === undefined ? {} : { slopes: slope.data }),
      })),
    );
  }

  /**
   * Draws a batch at an inverse temperature. An anchored first spin is +1 in all samples; of a mixture no sample is turned, and
   * `logProbabilities` are those of the network alone, before the symmetry.
   */
  draw(key: Key, beta: number): Drawn {
    const { symmetry, hamiltonianSkip } = this.#plan.settings;
    return this.#sampler.draw({
      source: key,
      skip: hamiltonianSkip ? 2 * beta : 0,
      isAnchored: symmetry === "anchor",
    });
  }

  /** Frees what was compiled. */
  release(): Promise<void> {
    return this.#fold.release();
  }
}
