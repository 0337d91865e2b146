import type { Figure } from "../../../lab/index.ts";
import type { IsingModel } from "../model.ts";
import type { TemperatureRecord } from "../sampling/thermal-samples.ts";
import { countText, shown } from "./text.ts";

/** What parallel tempering met at each of its temperatures on the way from β = 0. */
export function ladderFigure(model: IsingModel, ladder: readonly TemperatureRecord[]): Figure {
  const n = model.spins;
  const rows = ladder.map((t) => ({
    beta: t.beta,
    heatCapacity: t.heatCapacity / n,
    energy: t.meanEnergy / n,
    error: Number.isFinite(t.error) ? t.error / n : null,
    exchanged: t.exchangeRate ?? null,
    lnZ: t.lnZ,
  }));
  const rates = ladder.flatMap(({ exchangeRate }) => exchangeRate ?? []);
  const peak = rows.reduce((most, row) => (row.heatCapacity > most.heatCapacity ? row : most));
  return {
    name: "ladder",
    title: "Temperatures on the way",
    summary: `${countText(rows.length, "temperature")} from β = 0; between ${Math.round(100 * Math.min(...rates))} % and ${Math.round(100 * Math.max(...rates))} % of the exchanges between neighbours were made. The heat capacity peaks at β = ${shown(peak.beta)} with ${shown(peak.heatCapacity)} a spin.`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "line", channels: { x: "beta", y: "heatCapacity" } },
        { mark: "dot", channels: { x: "beta", y: "heatCapacity" }, options: { r: 3 } },
      ],
      x: { label: "β" },
      y: { label: "heat capacity a spin", grid: true, zero: true },
      height: 260,
    },
    table: {
      columns: [
        { name: "beta", label: "β" },
        { name: "energy", label: "⟨E⟩ a spin", digits: 6 },
        { name: "error", label: "its error", digits: 2 },
        { name: "heatCapacity", label: "heat capacity a spin" },
        { name: "exchanged", label: "exchanges made with the next" },
        { name: "lnZ", label: "ln Z", digits: 8 },
      ],
      rows,
    },
  };
}
