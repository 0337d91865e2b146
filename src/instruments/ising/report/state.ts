import type { Figure } from "../../../lab/index.ts";
import { latticeShapeOf } from "../generators/lattice-shape.ts";
import type { IsingModel } from "../model.ts";
import { countText, shown } from "./text.ts";

/** Larger lattices are a grey field. */
const mostCells = 10_000;

/** A state of a square lattice, cell by cell; undefined for other models. */
export function stateFigure(model: IsingModel, spins: Int8Array): Figure | undefined {
  const lengths = model.spins > mostCells ? undefined : latticeShapeOf(model)?.lengths;
  if (lengths?.length !== 2) return undefined;
  const columns = lengths[1];
  const place = (i: number) => ({ x: i % columns, y: Math.floor(i / columns) });
  const rows = Array.from(spins, (s, i) => ({ ...place(i), spin: s > 0 ? "+1" : "−1", variable: i }));
  const broken = unsatisfied(model, spins);
  const up = spins.reduce((count, s) => count + (s > 0 ? 1 : 0), 0);
  return {
    name: "state",
    title: "The best state on its lattice",
    summary: `${up} of ${countText(spins.length, "spin")} are up; ${broken} of ${countText(model.pairs, "bond")} (${shown((100 * broken) / Math.max(1, model.pairs))} %) are not satisfied.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "cell", channels: { x: "x", y: "y", fill: "spin" } }],
      x: { label: "", tickFormat: "" },
      y: { label: "", tickFormat: "" },
      color: { label: "spin", type: "categorical", domain: ["+1", "−1"], legend: true },
      aspectRatio: 1,
      width: Math.min(560, 60 + 24 * columns),
    },
    table: { rows },
  };
}

/** Pairs whose coupling asks for the other alignment. */
function unsatisfied(model: IsingModel, spins: Int8Array): number {
  const { from, to, weight } = model.edges();
  return weight.reduce((count, J, k) => count + (J * spins[from[k]] * spins[to[k]] < 0 ? 1 : 0), 0);
}
