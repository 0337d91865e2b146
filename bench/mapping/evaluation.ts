import { Counts } from "../../src/instruments/mapping/counts.ts";
import { Enumeration } from "../../src/instruments/mapping/enumeration.ts";
import { eyeriss, Mapspace, publishedNetwork } from "../../src/instruments/mapping/index.ts";
import { Nest } from "../../src/instruments/mapping/nest.ts";
import { Tally } from "../../src/instruments/mapping/tally.ts";
import { type BenchResult, median, rowOf } from "../result.ts";

const rounds = 5;

/** Microseconds per mapping: one core, AlexNet L2 on Eyeriss, every valid mapping, with the enumeration around it. */
export function timeEvaluation(): BenchResult {
  const { problem } = publishedNetwork("alexnet", { paperCompatible: true })[1];
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
  const rows = [
    rowOf("AlexNet L2: valid mapping found and evaluated, µs", median(whole), null, {
      note: `${rate(median(whole))}, target 20,000`,
    }),
    rowOf("AlexNet L2: evaluation alone, µs", median(alone), null, { note: rate(median(alone)) }),
  ];
  return { question: "How many mappings are found and evaluated a second on one core?", rows };
}
