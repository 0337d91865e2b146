import type { ReportInput, ReportMetric } from "../../src/lab/report/report-input.ts";
import type { Measurement } from "../../src/nn/index.ts";
import { type MetricRecord, measured } from "../../src/nn/index.ts";
import { figureGallery } from "./figure-gallery.ts";

function metricOf(name: string, direction: "higher" | "lower", valueAt: (epoch: number) => number): ReportMetric {
  const points: Measurement[] = Array.from({ length: 121 }, (_, step) => ({ step, value: valueAt(step) }));
  const record = points.reduce<MetricRecord | undefined>((sum, point) => measured(sum, direction, point), undefined)!;
  const isFraction = name.endsWith("Accuracy");
  const label = isFraction ? "Accuracy on clean labels" : "Training loss";
  return { name, label, isFraction, points, ...record };
}

/** A report with everything a report can show. */
export async function reportExample(): Promise<ReportInput> {
  return {
    title: "Digits with a fifth of the labels wrong",
    job: "labels audit",
    id: "2026-11-25-labels-audit-quiet-otter",
    state: "done",
    created: "2026-11-25T22:04:31.250Z",
    seconds: 83.4,
    outcome: {
      summary:
        "324 of 359 wrong labels were found among the 400 most suspicious rows; 35 were missed, and 76 rows are suspected though their label is right. Trained on the noisy labels, ELR keeps 94.9 % accuracy where plain training falls to 74.5 %.",
      headlines: [
        { label: "Wrong labels found", value: 0.9025, isFraction: true, note: "324 of 359" },
        { label: "Precision of the first 100", value: 0.99, isFraction: true, note: "confident learning: 97 %" },
        { label: "Accuracy of ELR", value: 0.949, isFraction: true, note: "plain training: 74.5 %" },
        { label: "Time of a forward pass", value: 0.00231, unit: "s", note: "batch of 64" },
        { label: "Kind of noise", value: "asymmetric", note: "symmetric is 31 times less likely" },
      ],
      next: [
        {
          command: "orrery labels train --data digits.csv --method elr --epochs 120 --seeds 3",
          why: "Train the robust network on all rows, and keep it as ONNX.",
        },
        { command: "orrery runs compare quiet-otter calm-heron", why: "See what a larger network changes." },
      ],
    },
    warnings: ["12 rows are exact duplicates of others with another label; both are listed as suspects."],
    figures: await figureGallery(),
    metrics: [
      metricOf("elr/testAccuracy", "higher", (t) => 0.1 + 0.85 * (1 - Math.exp(-t / 9))),
      metricOf(
        "cross-entropy/testAccuracy",
        "higher",
        (t) => 0.1 + 0.82 * (1 - Math.exp(-t / 9)) - 0.18 / (1 + Math.exp(-(t - 55) / 9)),
      ),
      metricOf("elr/trainLoss", "lower", (t) => (t === 3 ? Number.NaN : 0.4 + 1.9 * Math.exp(-t / 12))),
      metricOf("cross-entropy/trainLoss", "lower", (t) => 0.02 + 2.2 * Math.exp(-t / 30)),
    ],
    stepName: "epoch",
    metricsHref: "metrics.ndjson",
    options: [
      {
        name: "data",
        value: "/home/ada/digits.csv",
        origin: "labels audit <data>",
        description: "Table, image folder or archive with labels.",
      },
      {
        name: "noise.rate",
        value: 0.2,
        origin: "recipe.yaml:4:9",
        description: "Part of the labels that is changed before the audit, 0…0.9.",
      },
      { name: "methods", value: ["cross-entropy", "elr"], origin: "--methods", description: "Methods to train." },
      {
        name: "network",
        value: { kind: "mlp", hidden: [128, 128] },
        origin: "preset standard",
        description: "The network that is trained.",
      },
      { name: "epochs", value: 120, origin: "default", description: "Epochs of training." },
      { name: "timeLimit", value: 90, unit: "s", origin: "default", description: "Training ends after this time." },
      {
        name: "seed",
        value: 0,
        origin: "default",
        description: "Seed of all randomness: the same seed gives the same run.",
      },
      { name: "augment", value: false, origin: "default" },
    ],
    artifacts: [
      {
        name: "suspects.csv",
        description: "All rows with their score, the most suspicious first.",
        bytes: 48_210,
        href: "artifacts/suspects.csv",
      },
      { name: "model.onnx", description: "The robust network.", bytes: 1_204_224, href: "artifacts/model.onnx" },
    ],
    environment: [
      { label: "Orrery", value: "0.1.0" },
      { label: "Node", value: "20.20.2" },
      { label: "Processor", value: "Example CPU, 2 cores" },
      { label: "Memory", value: "24 GB" },
    ],
    command: "orrery run runs/2026-11-25-labels-audit-quiet-otter/recipe.yaml",
  };
}
