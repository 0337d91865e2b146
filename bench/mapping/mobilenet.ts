import {
  type Design,
  eyeriss,
  mapNetwork,
  publishedNetwork,
  quantizeLayers,
  simba,
} from "../../src/instruments/mapping/index.ts";
import { type BenchResult, type BenchRow, rowOf } from "../result.ts";

/** Total energy in µJ that the published study found for MobileNetV1 with 8-bit activations, by the width of weights; and its cycles. */
const published: Readonly<
  Record<string, { design: Design; energy: Readonly<Record<number, number>>; cycles: number }>
> = {
  "eyeriss-16": {
    design: eyeriss(16),
    energy: { 8: 17101, 5: 15657, 4: 14885, 3: 14472, 2: 13846 },
    cycles: 30_140_000,
  },
  "eyeriss-8": { design: eyeriss(8), energy: { 8: 10138, 4: 7900, 2: 6844 }, cycles: 30_140_000 },
  "simba-16": { design: simba(16), energy: { 8: 27483, 2: 25427 }, cycles: 16_670_000 },
  "simba-8": { design: simba(8), energy: { 8: 20054, 4: 18721, 2: 18042 }, cycles: 16_670_000 },
};

/** MobileNetV1 on one accelerator as the study maps it, depthwise layers dense. All of Eyeriss's mappings are visited; Simba's, whose loops may have any order, are bounded. */
export async function benchMobilenet(accelerator: string): Promise<BenchResult> {
  const { energy } = published[accelerator];
  const rows: BenchRow[] = [];
  for (const weights of Object.keys(energy).reverse()) rows.push(await mapWith(accelerator, Number(weights)));
  rows.push(rowOf("peak memory, MB", process.resourceUsage().maxRSS / 1024, null, { note: "target 300 MB" }));
  return { question: `What does MobileNetV1 cost on ${accelerator}, against the mixed-precision study?`, rows };
}

async function mapWith(accelerator: string, weights: number): Promise<BenchRow> {
  const { design, energy, cycles } = published[accelerator];
  const layers = publishedNetwork("mobilenet-v1", { paperCompatible: true });
  const setting = layers.map(() => ({ activations: 8, weights }));
  const strategy = accelerator.startsWith("eyeriss") ? "exhaustive" : "branch-and-bound";
  const startedAt = performance.now();
  const { totals, layers: mapped } = await mapNetwork(quantizeLayers(layers, setting), {
    ...design,
    strategy,
    workers: 2,
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const microjoules = totals.energyPicojoules / 1e6;
  const proven = mapped.filter((l) => l.gap <= 0).length;
  return rowOf(`MobileNetV1 ${accelerator} w${weights}, µJ`, microjoules, energy[weights], {
    target: 1,
    note: `${microjoules.toFixed(0)} µJ against ${energy[weights]}; ${totals.cycles} cycles against about ${cycles}; ${proven} of ${mapped.length} layers proven best; ${seconds.toFixed(1)} s ${strategy}, two workers`,
  });
}
