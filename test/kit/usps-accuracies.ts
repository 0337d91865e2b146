import type { Dataset } from "../../src/data/index.ts";
import { key } from "../../src/engine/index.ts";
import { type MethodChoice, trainRobust } from "../../src/instruments/labels/training/index.ts";
import { withNoise } from "./noisy-labels.ts";

/** What is trained on, how many of its labels are wrong (40 %), and how often. */
interface Trial {
  readonly usps: { readonly train: Dataset; readonly test: Dataset };
  readonly kind: "symmetric" | "pair";
  /** Runs, each with its own noise and network. */
  readonly seeds?: number;
}

/**
 * Mean test accuracy in percent of the last epochs, and of the best ones by the test set, at one schedule for all methods: dense
 * 256-128-128-10, SGD .02, momentum .9, decay 1e-4, cosine, 40 epochs of batches of 128, nothing held out.
 */
export async function uspsAccuracies(method: MethodChoice, { usps, kind, seeds = 2 }: Trial) {
  const noise = { kind, rate: 0.4 } as const;
  let [last, oracle] = [0, 0];
  for (let seed = 0; seed < seeds; seed++) {
    const dataset = await withNoise(usps.train, { ...noise, key: key(100 + seed) });
    const result = await trainRobust({
      ...{ method, options: { noise }, key: key(seed) },
      ...{ dataset, validation: { fraction: 0 }, test: usps.test },
    });
    last += (100 * (result.last.record.test?.accuracy ?? 0)) / seeds;
    oracle += (100 * (result.oracle?.record.test?.accuracy ?? 0)) / seeds;
  }
  return { last, oracle };
}
