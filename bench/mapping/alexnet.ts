import { eyeriss, publishedNetwork, search } from "../../src/instruments/mapping/index.ts";
import { type BenchResult, type BenchRow, rowOf } from "../result.ts";

const alexnet = publishedNetwork("alexnet", { paperCompatible: true });

/** Energy-delay products that an exhaustive Timeloop search printed for AlexNet L1–L5 on the 16-bit Eyeriss. */
const publishedProducts = [511.3406, 9983.603, 786.6651, 1747.899, 780.0743];

/** Time and optima of the five layers, and how close random mappings come. */
export async function benchAlexnet(): Promise<BenchResult> {
  const rows = [...(await timeAlexnet()), await sampleAlexnet()];
  return { question: "How fast is AlexNet mapped on Eyeriss, and are the optima Timeloop's?", rows };
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
