import {
  add,
  max,
  mean,
  multiply,
  NdArray,
  samplePermutation,
  stopGradient,
  subtract,
  sum,
} from "../../../../engine/index.ts";
import { crossEntropyRows } from "../label-losses.ts";
import { defineMethod, type Phase, type Setup } from "../method.ts";
import { keepEveryClass, markedRows } from "../pruning.ts";
import { filledRows } from "../row-memory.ts";
import { passes } from "../stage.ts";
import type { Arrays } from "../step.ts";
import { crossEntropyStage } from "./cross-entropy.ts";

/** The threshold rows of run 0 or 1: `n / (k + 1)` each, never the same row in both. */
function thresholdRows(setup: Setup, run: 0 | 1): Int32Array {
  const { labels } = setup.examples;
  const count = Math.min(Math.max(1, Math.round(labels.length / (setup.classes + 1))), Math.floor(labels.length / 2));
  return samplePermutation(setup.drawKey, labels.length).slice(run * count, (run + 1) * count);
}

/** One ranking run: the threshold rows get a class of their own, and every row's margin is summed over the epochs. */
function rankingRun(run: 0 | 1, epochs: number): Phase {
  return {
    name: run === 0 ? "rank" : "rank again",
    epochs,
    begin: (setup) => {
      const labels = setup.examples.labels.slice();
      for (const row of thresholdRows(setup, run)) labels[row] = setup.classes;
      const constant = { ...setup, options: { ...setup.options, schedule: "constant" as const } };
      return passes(constant, {
        ...{ epochs, labels, classes: setup.classes + 1 },
        rows: { margins: filledRows(setup) },
        loss: ({ networks: [network], inputs, targets, rows }) => {
          const logits = network(inputs);
          const own = sum(multiply(logits, targets), { axes: -1 });
          const others = max(subtract(logits, multiply(targets, 1e9)), { axes: -1 });
          const margins = add(rows.margins, multiply(stopGradient(subtract(own, others)), 1 / epochs));
          return { loss: mean(crossEntropyRows(logits, targets)), rows: { margins } };
        },
        finish: ({ rows }) => ({ [run === 0 ? "margins" : "marginsAgain"]: rows.margins }),
      });
    },
  };
}

/**
 * The value that `part` of the numbers do not exceed, interpolated between neighbours; where there are few numbers, at most the fifth
 * largest, so that one row that was learned early does not decide.
 */
function upperQuantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = Math.max(0, Math.min(part * (sorted.length - 1), sorted.length - 5));
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** Each row's margin above the cut of the run in which it kept its label. */
function marginsAboveCut(setup: Setup, facts: Arrays, percentile: number): Float32Array {
  const runs = [facts.margins, facts.marginsAgain].map((margins) => margins.data as Float32Array);
  const thresholds = [thresholdRows(setup, 0), thresholdRows(setup, 1)];
  const cuts = runs.map((margins, i) =>
    upperQuantile(
      Array.from(thresholds[i], (row) => margins[row]),
      percentile / 100,
    ),
  );
  const isThreshold = new Set(thresholds[0]);
  return Float32Array.from(setup.examples.labels, (_, row) => {
    const run = isThreshold.has(row) ? 1 : 0;
    return runs[run][row] - cuts[run];
  });
}

/** AUM: rows whose label the network never comes to prefer are left out, as seldom as rows that are known to be wrong. */
export const areaUnderMargin = defineMethod({
  name: "aum",
  title: "AUM",
  family: "selection",
  summary:
    "ranks rows by how far their label leads during training, cuts by rows labelled wrong on purpose, and retrains",
  source: "Pleiss et al. 2020, https://arxiv.org/abs/2001.10528; percentile of its section 3.2",
  fields: {
    ranking: { kind: "number", description: "epochs of each of the two ranking runs", min: 1, isWhole: true },
    percentile: {
      kind: "number",
      description: "of the threshold rows' margins, at which rows are cut",
      min: 0,
      max: 100,
    },
  },
  defaults: ({ epochs }) => ({ ranking: Math.max(1, Math.round(epochs / 4)), percentile: 99 }),
  phases: ({ ranking, percentile }, { epochs }) => [
    rankingRun(0, ranking),
    rankingRun(1, ranking),
    {
      name: "train",
      epochs,
      begin: (setup, facts) => {
        const { labels } = setup.examples;
        const margins = marginsAboveCut(setup, facts, percentile);
        const kept = keepEveryClass((row) => margins[row] > 0, labels, margins);
        const selection = { kept, weights: Float32Array.from(kept), labels };
        return {
          ...crossEntropyStage(setup, epochs, { kept: markedRows(kept) }),
          selection: () => selection,
          finish: () => ({ areaUnderMargin: new NdArray(margins) }),
        };
      },
    },
  ],
});
