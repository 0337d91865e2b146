import type { Figure } from "../../../lab/index.ts";
import type { AuditResult } from "../audit/index.ts";
import type { EpochRecord } from "../training/index.ts";

/** How well suspects meet the labels that are wrong indeed. */
export interface AuditScore {
  /** Labels that are wrong. */
  readonly wrong: number;
  readonly found: number;
  readonly missed: number;
  /** Suspects whose label is right. */
  readonly false: number;
  /** The part of the suspects that are wrong indeed; 0 without suspects. */
  readonly precision: number;
  /** The part of the wrong labels that are suspects; 0 without wrong labels. */
  readonly recall: number;
  /** The part of the found ones whose suggested label is the true one. */
  readonly repaired: number;
}

/** Scores an audit against the truth. */
export function scoreAudit({ suspects, labels }: AuditResult, truth: ArrayLike<number>): AuditScore {
  const wrong = labels.data.reduce((sum, label, place) => sum + Number(label !== truth[place]), 0);
  const found = suspects.places.filter((place) => labels.data[place] !== truth[place]).length;
  const repaired = suspects.places.reduce(
    (sum, place, i) => sum + Number(labels.data[place] !== truth[place] && suspects.suggested[i] === truth[place]),
    0,
  );
  return {
    ...{ wrong, found, missed: wrong - found, false: suspects.places.length - found },
    precision: found / Math.max(1, suspects.places.length),
    recall: found / Math.max(1, wrong),
    repaired: repaired / Math.max(1, found),
  };
}

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** Found, missed and false suspects, where the truth is known. */
export function foundFigure(score: AuditScore): Figure {
  const rows = [
    { what: "wrong and found", labels: score.found },
    { what: "wrong and missed", labels: score.missed },
    { what: "right but suspected", labels: score.false },
  ];
  return {
    name: "found",
    title: "What the audit found of the labels that were made wrong",
    summary: `${score.found} of ${score.wrong} wrong labels were found (${percent(score.recall)}), ${score.missed} missed; ${score.false} suspects are right. For ${percent(score.repaired)} of those found, the suggested label is the true one.`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "barX", channels: { x: "labels", y: "what", fill: "what" } },
        { mark: "text", channels: { x: "labels", y: "what", text: "labels" }, options: { dx: 14 } },
      ],
      x: { label: "labels", grid: true },
      y: { label: "", domain: rows.map(({ what }) => what) },
      color: { legend: false },
      height: 150,
      marginLeft: 150,
    },
    table: { rows },
  };
}

/** Test accuracy of a plain and a robust network over the epochs, and what they learned by heart. */
export function comparisonFigure(
  runs: readonly { readonly method: string; readonly history: readonly EpochRecord[] }[],
): Figure {
  const rows = runs.flatMap(({ method, history }) =>
    history.map(({ test, memorization }, i) => ({
      method,
      epoch: i + 1,
      accuracy: test?.accuracy ?? null,
      memorized: memorization?.noisyFitted ?? null,
    })),
  );
  const parts = runs.map(({ method, history }) => {
    const last = history.at(-1);
    return `${method} ends at ${percent(last?.test?.accuracy ?? 0)} having learned ${percent(last?.memorization?.noisyFitted ?? 0)} of the wrong labels by heart`;
  });
  return {
    name: "training",
    title: "Plain and robust training on these labels",
    summary: `On held-out rows with right labels ${parts.join("; ")}.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "line", channels: { x: "epoch", y: "accuracy", stroke: "method" }, options: { strokeWidth: 2 } }],
      x: { label: "epoch" },
      y: { label: "test accuracy", tickFormat: ".0%", grid: true },
    },
    table: { rows },
  };
}
