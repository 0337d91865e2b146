import { degreeFigure, type Figure, type FileLook, type Headline, networkFigure } from "../../../lab/index.ts";
import { quboOfIsing } from "../conversion.ts";
import { latticeShapeOf } from "../generators/lattice-shape.ts";
import type { IsingModel } from "../model.ts";
import { couplingHistogram, couplingMap } from "./couplings.ts";
import { type InstanceFacts, instanceFacts } from "./instance-facts.ts";
import { countText, shown } from "./text.ts";

/** Graphs up to this size are drawn as such; larger ones as their matrix. */
const drawn = { spins: 80, pairs: 300 };

const kinds = {
  ising: "an energy of spins",
  qubo: "a quadratic form of bits",
  "max-cut": "a graph to be cut",
} as const;

const rangeText = (least: number, most: number) => (least === most ? shown(least) : `${shown(least)} … ${shown(most)}`);

/** The least and largest weight as the user's file has them. */
function weightRange(model: IsingModel, [least, most]: InstanceFacts["couplings"]): Headline {
  if (model.kind === "ising") return { label: "couplings J", value: rangeText(least, most) };
  // A cut's weights are −2 J; adding 0 makes nothing of −0.
  if (model.kind === "max-cut") return { label: "weights", value: rangeText(-2 * most + 0, -2 * least + 0) };
  const { weight } = quboOfIsing(model).terms;
  const [low, high] = [Math.min, Math.max].map((f) => Array.from(weight).reduce((a, b) => f(a, b), weight[0] ?? 0));
  return { label: "coefficients", value: rangeText(low, high) };
}

function factsOf(model: IsingModel, facts: InstanceFacts): Headline[] {
  const shape = latticeShapeOf(model);
  const isMaximized = model.sense === "maximize";
  const list: (Headline | false)[] = [
    { label: "holds", value: kinds[model.kind], note: isMaximized ? "to be maximised" : "to be minimised" },
    { label: model.kind === "ising" ? "spins" : model.kind === "qubo" ? "bits" : "vertices", value: facts.spins },
    { label: model.kind === "max-cut" ? "edges" : "couplings", value: facts.pairs },
    { label: "of all pairs", value: facts.density, isFraction: true },
    { label: "neighbours", value: rangeText(...facts.degrees) },
    weightRange(model, facts.couplings),
    model.kind !== "max-cut" && { label: "fields", value: facts.fields, note: "spins that have one" },
    facts.components > 1 && { label: "parts", value: facts.components, note: "that no coupling joins" },
    shape !== undefined && { label: "lattice", value: shape.lengths.join(" × "), note: shape.boundary },
    facts.frustration !== undefined && { label: "frustrated squares", value: facts.frustration, isFraction: true },
  ];
  return list.filter((fact) => fact !== false);
}

function graphOf(model: IsingModel, names: readonly string[]): Figure {
  const { from, to, weight } = model.edges();
  return networkFigure(
    { nodes: model.spins, from, to, weights: weight, names, signs: ["J > 0", "J < 0"] },
    {
      name: "coupling-map",
      title: "The couplings as a graph",
      summary: `${countText(model.spins, "spin")} and ${countText(model.pairs, "coupling")}, paler where they are weak.`,
    },
  );
}

/** An instance before anything is done with it: its facts, its couplings as a lattice, graph or matrix, their sizes, the neighbours. */
export async function lookAtInstance(model: IsingModel, names: readonly string[]): Promise<FileLook> {
  const facts = instanceFacts(model);
  const isLattice = latticeShapeOf(model)?.lengths.length === 2;
  const isSmall = model.pairs > 0 && model.spins <= drawn.spins && model.pairs <= drawn.pairs;
  const map = isSmall && !isLattice ? graphOf(model, names) : await couplingMap(model, facts.frustration);
  const degrees = model.rowStart.subarray(1).map((end, i) => end - model.rowStart[i]);
  const figures = [map, couplingHistogram(model), degreeFigure(degrees)];
  return { facts: factsOf(model, facts), figures: figures.filter((figure) => figure !== undefined) };
}
