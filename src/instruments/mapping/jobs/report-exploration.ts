import { tableCsv } from "../../../lab/figures/table-csv.ts";
import type { JobContext, Outcome } from "../../../lab/index.ts";
import { type BitSetting, describeSetting } from "../accuracy.ts";
import {
  baselineOf,
  bitsFigure,
  cheapestWithin,
  costNames,
  type DrawnExploration,
  frontFigure,
  hypervolumeFigure,
  shownCost,
  shownSettings,
} from "../report.ts";

/** Draws an exploration, keeps its front as files, and says what it comes to. */
export async function reportExploration(drawn: DrawnExploration, context: JobContext): Promise<Outcome> {
  const front = frontFigure(drawn);
  for (const figure of [front, bitsFigure(drawn), hypervolumeFigure(drawn)]) context.figure(figure);
  await context.artifact("front.csv", tableCsv(front.table), "The front and what it is compared with.");
  const widths = (setting: BitSetting) => tableCsv({ rows: setting.map((b, l) => ({ layer: drawn.layers[l], ...b })) });
  for (const [i, { setting }] of shownSettings(drawn.exploration).entries()) {
    const number = String(i + 1).padStart(2, "0");
    await context.artifact(`widths/${number}.csv`, widths(setting), `Setting ${number} along the front.`);
  }
  const chosen = cheapestWithin(measuredOnly(drawn), 0);
  const told = "The cheapest measured setting that is as accurate, for orrery mapping network --widths.";
  await context.artifact("widths/chosen.csv", widths(chosen.setting), told);
  return describe(drawn);
}

function measuredOnly(drawn: DrawnExploration): DrawnExploration {
  return drawn.model === undefined ? drawn : { ...drawn, exploration: drawn.model.measured };
}

/** What was measured comes first; what a model expects beyond it, second. */
function describe(drawn: DrawnExploration): Outcome {
  const { exploration, metric, model } = drawn;
  const sure = measuredOnly(drawn);
  const { label, unit } = costNames[metric];
  const base = baselineOf(sure);
  const [equal, small] = [cheapestWithin(sure, 0), cheapestWithin(sure, 0.003)];
  const expected = cheapestWithin(drawn, 0);
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  const beyond =
    model === undefined
      ? ""
      : ` The sensitivity model, off by ${(100 * model.error).toFixed(2)} points (root mean square) on ${model.measured.evaluated.length} measurements, expects ${percent(expected.saved)} of ${describeSetting(expected.setting)}: measure a setting before you choose it.`;
  return {
    summary: `Of ${sure.exploration.evaluated.length} measured settings the cheapest that is as accurate as ${base.name} saves ${percent(equal.saved)} of the ${label}: ${describeSetting(equal.setting)}. At 0.3 points less it is ${percent(small.saved)}.${beyond}`,
    headlines: [
      {
        label: "saved at equal accuracy",
        value: equal.saved,
        isFraction: true,
        note: `against ${base.name}, accuracy ${(100 * base.point.accuracy).toFixed(2)} %`,
      },
      { label: "saved at 0.3 points less", value: small.saved, isFraction: true },
      ...(model === undefined
        ? []
        : [{ label: "saved as the model expects", value: expected.saved, isFraction: true, note: "not measured" }]),
      { label: "settings on the front", value: exploration.front.length },
      { label: `${label} of ${base.name}`, value: shownCost(metric, base.point.cost), unit },
    ],
    next: [
      {
        command: "orrery mapping network … --widths artifacts/widths/chosen.csv",
        why: "The chosen setting, layer by layer; … are the layers and the accelerator as here.",
      },
    ],
  };
}
