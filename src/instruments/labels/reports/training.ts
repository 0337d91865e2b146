import type { Figure, Row } from "../../../lab/index.ts";
import type { EpochRecord, RobustResult } from "../training/index.ts";

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** Epochs over all phases with the curves that were measured, as rows `{ epoch, what, value }`. */
function curves(
  history: readonly EpochRecord[],
  pick: (record: EpochRecord) => Readonly<Record<string, number | undefined>>,
): Row[] {
  return history.flatMap((record, i) =>
    Object.entries(pick(record)).flatMap(([what, value]) =>
      value === undefined ? [] : [{ epoch: i + 1, what, value }],
    ),
  );
}

function lines(rows: readonly Row[], yLabel: string): Figure["drawing"] {
  return {
    kind: "chart",
    marks: [{ mark: "line", rows, channels: { x: "epoch", y: "value", stroke: "what" }, options: { strokeWidth: 2 } }],
    x: { label: "epoch" },
    y: { label: yLabel, tickFormat: ".0%", grid: true },
  };
}

function accuracyFigure({ history, model }: RobustResult): Figure[] {
  const rows = curves(history, ({ validation, test }) => ({
    "noisy validation": validation?.accuracy,
    test: test?.accuracy,
  }));
  if (rows.length === 0) return [];
  const last = history.at(-1) as EpochRecord;
  const parts = [
    ...(last.test === undefined ? [] : [`test accuracy ends at ${percent(last.test.accuracy)}`]),
    ...(last.validation === undefined
      ? []
      : [`agreement with noisy validation labels ends at ${percent(last.validation.accuracy)}`]),
  ];
  const best =
    model.record.validation === undefined ? "" : ` The chosen epoch is ${history.indexOf(model.record) + 1}.`;
  const summary = `${parts.join("; ")}.${best}`;
  return [
    {
      ...{ name: "accuracy", title: "Accuracy over training", table: { rows } },
      summary: summary.charAt(0).toUpperCase() + summary.slice(1),
      drawing: lines(rows, "accuracy"),
    },
  ];
}

function memorizationFigure({ history }: RobustResult): Figure[] {
  const rows = curves(history, ({ memorization }) =>
    memorization === undefined
      ? {}
      : {
          "right labels learned": memorization.cleanCorrect,
          "wrong labels seen through": memorization.noisyCorrected,
          "wrong labels learned by heart": memorization.noisyFitted,
        },
  );
  const last = history.at(-1)?.memorization;
  if (rows.length === 0 || last === undefined) return [];
  return [
    {
      ...{ name: "memorization", title: "What the network makes of right and wrong labels", table: { rows } },
      summary: `At the end it has learned ${percent(last.noisyFitted)} of the wrong labels by heart and sees through ${percent(last.noisyCorrected)} of them; of the right labels it has ${percent(last.cleanCorrect)}.`,
      drawing: lines(rows, "part of the rows"),
    },
  ];
}

function selectionFigure({ history }: RobustResult): Figure[] {
  const rows = curves(history, ({ selection }) => ({
    "trusted rows that are right": selection?.precision,
    "right rows that are trusted": selection?.recall,
  }));
  const last = history.at(-1)?.selection;
  if (rows.length === 0 || last?.precision === undefined) return [];
  return [
    {
      ...{ name: "selection", title: "How well the method chooses its rows", table: { rows } },
      summary: `It ends with ${last.size} trusted rows, of which ${percent(last.precision)} have the right label.`,
      drawing: lines(rows, "part of the rows"),
    },
  ];
}

/** The figures of one training: accuracy, learning by heart, and the choice of rows where the method makes one. */
export function trainingFigures(result: RobustResult): Figure[] {
  return [...accuracyFigure(result), ...memorizationFigure(result), ...selectionFigure(result)];
}
