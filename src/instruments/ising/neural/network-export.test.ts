import { describe, expect, it } from "vitest";
import { compile, importModel, key, NdArray, sampleUniform, type Tensor } from "../../../engine/index.ts";
import { IncrementalSampler } from "./kernel/incremental-sampler.ts";
import { glass, kernelWeights, logProbabilities, randomNetwork } from "./network-case.ts";
import { exportConditionals, exportSampler } from "./network-export.ts";
import type { NetworkOptions } from "./network-options.ts";
import { toDrawingOrder } from "./network-plan.ts";
import { sampleNetwork, type TrainedNetwork } from "./trained-network.ts";

const n = 12;
const beta = 0.75;
const kinds: Readonly<Record<string, NetworkOptions>> = {
  "an anchor": { depth: 3 },
  "a mixture": { symmetry: "mixture", order: "random" },
  "no symmetry": { symmetry: "none", order: "random" },
  "a two-body first layer": { design: "two-body", depth: 3 },
  "residual blocks": { residual: true, depth: 4 },
};

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((worst, x, k) => Math.max(worst, Math.abs(x - b[k])), 0);

describe.each(Object.entries(kinds))("an exported network with %s", (_, options) => {
  const model = glass(n);
  const { plan, params } = randomNetwork(model, options);
  const network: TrainedNetwork = { model, plan, parameters: params, beta };

  it("gives conditionals and probabilities of any states, however many", async () => {
    const exported = importModel(await exportConditionals(network));
    const run = compile((spins: Tensor) => exported.apply({ spins }));
    for (const count of [1, 5]) {
      const { spins } = await sampleNetwork(network, { count, key: key(1) });
      const given = Float32Array.from(spins);
      const out = await run(new NdArray(given, [count, n]));
      const states = new NdArray(toDrawingOrder(plan, given), [n, count]);
      expect(
        farthest(out.log_probability.data as Float32Array, logProbabilities(plan, params, states, beta)),
      ).toBeLessThan(1e-5);
      if (options.symmetry === "mixture") continue;
      const logs = Float64Array.from({ length: count }, (_, b) => {
        let sum = 0;
        for (let i = 0; i < n; i++) sum -= Math.log1p(Math.exp(-given[b * n + i] * Number(out.logits.data[b * n + i])));
        return sum;
      });
      expect(farthest(logs, out.log_probability.data as Float32Array)).toBeLessThan(1e-5);
    }
    await run.release();
    expect(exported.metadata).toMatchObject({ beta: "0.75", order: [...plan.order].join(" ") });
  });

  it("draws the samples that the kernel draws from the same numbers", async () => {
    const batch = 30;
    const exported = importModel(await exportSampler(network));
    const uniforms = sampleUniform(key(2), batch * n);
    const coins: Record<string, NdArray> =
      plan.settings.symmetry === "none" ? {} : { coins: new NdArray(new Float32Array(batch), [batch]) };
    const run = compile((given: Record<string, Tensor>) => exported.apply(given));
    const out = await run({ uniforms: new NdArray(uniforms, [batch, n]), ...coins });
    await run.release();
    const sampler = new IncrementalSampler({ ...plan, batch });
    sampler.load(kernelWeights(plan, params));
    const source = Float32Array.from(
      { length: n * batch },
      (_, k) => uniforms[(k % batch) * n + Math.floor(k / batch)],
    );
    const { spins } = sampler.draw({ source, skip: 2 * beta, isAnchored: plan.settings.symmetry === "anchor" });
    expect(toDrawingOrder(plan, out.spins.data as Float32Array)).toEqual(spins);
    const states = new NdArray(spins, [n, batch]);
    expect(
      farthest(out.log_probability.data as Float32Array, logProbabilities(plan, params, states, beta)),
    ).toBeLessThan(1e-5);
  });
});
