import { Counts } from "../../src/instruments/mapping/counts.ts";
import { Enumeration } from "../../src/instruments/mapping/enumeration.ts";
import {
  type Design,
  eyeriss,
  Mapspace,
  mapNetwork,
  publishedNetwork,
  quantizeLayers,
  search,
  simba,
} from "../../src/instruments/mapping/index.ts";
import { Nest } from "../../src/instruments/mapping/nest.ts";
import { Tally } from "../../src/instruments/mapping/tally.ts";
import { type BenchResult, type BenchRow, median, rowOf } from "../result.ts";

const rounds = 5;
const alexnet = publishedNetwork("alexnet", { paperCompatible: true });

/** Energy-delay products that an exhaustive Timeloop search printed for AlexNet L1–L5 on the 16-bit Eyeriss. */
const publishedProducts = [511.3406, 9983.603, 786.6651, 1747.899, 780.0743];
/** Total energy in µJ that the published study found for MobileNetV1 with 8-bit activations, by weight width. */
const publishedEnergy = {
  "eyeriss-16": { 8: 17101, 5: 15657, 4: 14885, 3: 14472, 2: 13846 },
  "eyeriss-8": { 8: 10138, 4: 7900, 2: 6844 },
} as const;

/** Microseconds per mapping: one core, AlexNet L2 on Eyeriss, every valid mapping, with the enumeration around it. */
function timeEvaluation(): BenchRow[] {
  const { problem } = alexnet[1];
  const { architecture, constraintsFor } = eyeriss(16);
  const space = new Mapspace(problem, architecture, constraintsFor(problem));
  const whole: number[] = [];
  const alone: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const tally = new Tally(["edp"]);
    const enumeration = new Enumeration(space, tally, { front: false });
    const start = performance.now();
    enumeration.run({ storage: 0, from: 0, to: space.tables[enumeration.sequence[0]].rows });
    whole.push((1000 * (performance.now() - start)) / tally.valid);
    const nest = new Nest(space.layout);
    space.place(tally.best!.point, nest);
    const counts = new Counts(nest);
    const again = performance.now();
    for (let k = 0; k < 100_000; k++) counts.evaluate();
    alone.push((performance.now() - again) / 100);
  }
  const rate = (us: number) => `${Math.round(1e6 / us).toLocaleString("en")} mappings a second`;
  return [
    rowOf("AlexNet L2: valid mapping found and evaluated, µs", median(whole), null, {
      note: `${rate(median(whole))}, target 20,000`,
    }),
    rowOf("AlexNet L2: evaluation alone, µs", median(alone), null, { note: rate(median(alone)) }),
  ];
}

/** Seconds for the five layers with everything kept, and by how much the optimum differs from the published one. */
async function timeAlexnet(): Promise<BenchRow[]> {
  const { architecture, constraintsFor } = eyeriss(16);
  const rows: BenchRow[] = [];
  for (const strategy of ["exhaustive", "branch-and-bound"] as const) {
    let seconds = 0;
    let worst = 0;
    for (const [i, { problem }] of alexnet.entries()) {
      const spec = {
        problem,
        architecture,
        constraints: constraintsFor(problem),
        strategy,
        front: strategy === "exhaustive",
      };
      const result = await search(spec, { workers: 2 });
      seconds += result.seconds;
      worst = Math.max(worst, Math.abs(result.best!.evaluation.energyDelayProduct / publishedProducts[i] - 1));
    }
    const note = `two workers; optimum within ${worst.toExponential(1)} of the published one; target 30 s`;
    rows.push(rowOf(`AlexNet L1–L5 ${strategy}, s`, seconds, null, { note }));
  }
  return rows;
}

/** Twenty seeds of 2,000 random valid mappings: the second worst against the optimum. */
async function sampleAlexnet(): Promise<BenchRow> {
  const { architecture, constraintsFor } = eyeriss(16);
  const { problem } = alexnet[1];
  const ratios: number[] = [];
  for (let seed = 0; seed < 20; seed++) {
    const constraints = constraintsFor(problem);
    const { best } = await search({ problem, architecture, constraints, strategy: "random", samples: 2000, seed });
    ratios.push(best!.evaluation.energyDelayProduct / publishedProducts[1]);
  }
  const sorted = ratios.sort((a, b) => a - b);
  return rowOf("AlexNet L2: 2,000 random mappings over optimum, 19th of 20 seeds", sorted[18], 1, { target: 1.1 });
}

/** Total energy of MobileNetV1 in µJ, as the study maps it. */
async function mapMobilenet(design: Design, weights: number, published: number, cycles: number): Promise<BenchRow> {
  const layers = publishedNetwork("mobilenet-v1", { paperCompatible: true });
  const start = performance.now();
  const { totals } = await mapNetwork(
    quantizeLayers(
      layers,
      layers.map(() => ({ activations: 8, weights })),
    ),
    { ...design, strategy: "exhaustive" },
  );
  const seconds = (performance.now() - start) / 1000;
  return rowOf(`MobileNetV1 ${design.architecture.name} w${weights}, µJ`, totals.energyPicojoules / 1e6, published, {
    target: 1,
    note: `${seconds.toFixed(1)} s exhaustively, ${totals.cycles} cycles against ${cycles}`,
  });
}

/** The published Simba total against branch and bound with a time limit per layer. */
async function mapOnSimba(): Promise<BenchRow> {
  const layers = publishedNetwork("mobilenet-v1", { paperCompatible: true });
  const start = performance.now();
  const { totals, layers: mapped } = await mapNetwork(
    quantizeLayers(
      layers,
      layers.map(() => ({ activations: 8, weights: 8 })),
    ),
    { ...simba(16), workers: 2, maxSecondsPerLayer: 20 },
  );
  const seconds = (performance.now() - start) / 1000;
  const complete = mapped.filter((l) => l.isComplete).length;
  return rowOf("MobileNetV1 simba-16 w8, µJ", totals.energyPicojoules / 1e6, 27483, {
    target: 1,
    note: `${seconds.toFixed(0)} s, ${complete} of ${mapped.length} spaces covered, ${totals.cycles} cycles`,
  });
}

/** `npm run bench -- mapping [simba]`: the free loop orders of Simba take minutes and are left out unless asked for. */
export async function bench(args: readonly string[]): Promise<BenchResult> {
  const rows = [...timeEvaluation(), ...(await timeAlexnet()), await sampleAlexnet()];
  for (const design of [eyeriss(16), eyeriss(8)]) {
    const published = publishedEnergy[design.architecture.name as keyof typeof publishedEnergy];
    for (const [weights, energy] of Object.entries(published).reverse()) {
      rows.push(await mapMobilenet(design, Number(weights), energy, 30_140_000));
    }
  }
  if (args.includes("simba")) rows.push(await mapOnSimba());
  rows.push(rowOf("peak memory, MB", process.resourceUsage().maxRSS / 1024, null, { note: "target 300 MB" }));
  return { question: "How fast are accelerators mapped, and how good are the mappings against published ones?", rows };
}
