import { type Chart, type Figure, pngUri, type Row } from "../../../lab/index.ts";
import { type LatticeShape, latticeShapeOf } from "../generators/lattice-shape.ts";
import type { IsingModel } from "../model.ts";
import { histogramOf } from "./bins.ts";
import { countText, shown } from "./text.ts";

/** More bonds make a drawing grey. */
const mostBonds = 3000;
/** Pixels along the side of a matrix at most; larger ones have several spins to a pixel. */
const mostPixels = 512;
/** Couplings listed beside a matrix. */
const listed = 50;

/** How often each coupling comes. */
export function couplingHistogram(model: IsingModel): Figure {
  const { weight } = model.edges();
  const { rows, isDiscrete } = histogramOf(weight.length === 0 ? [0] : weight);
  const mean = weight.reduce((sum, J) => sum + J, 0) / Math.max(1, weight.length);
  const spread = Math.sqrt(weight.reduce((sum, J) => sum + (J - mean) ** 2, 0) / Math.max(1, weight.length));
  const values = isDiscrete
    ? rows.map(({ from, to, count }) => `${count.toLocaleString("en-US")} × ${shown((from + to) / 2)}`).slice(0, 4)
    : [`from ${shown(rows[0].from)} to ${shown(rows[rows.length - 1].to)}`];
  return {
    name: "couplings",
    title: "The couplings",
    summary:
      weight.length === 0
        ? "No two spins are coupled."
        : `${countText(weight.length, "coupling")}, mean ${shown(mean)}, standard deviation ${shown(spread)}: ${values.join(", ")}.`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "rectY", channels: { x1: "from", x2: "to", y: "count" } },
        { mark: "ruleY", rows: [{ zero: 0 }], channels: { y: "zero" } },
      ],
      x: { label: "coupling J" },
      y: { label: "couplings", grid: true },
      height: 260,
    },
    table: { rows },
  };
}

/** The bonds of a square lattice as lines; those that go round end half way out. */
function bondRows(model: IsingModel, [, columns]: readonly number[]): Row[] {
  const { from, to, weight } = model.edges();
  const largest = weight.reduce((most, J) => Math.max(most, Math.abs(J)), 0);
  return Array.from(weight).flatMap((J, k): Row[] => {
    const [x1, y1] = [from[k] % columns, Math.floor(from[k] / columns)];
    const [x2, y2] = [to[k] % columns, Math.floor(to[k] / columns)];
    const [sign, strength] = [J > 0 ? "J > 0" : "J < 0", 0.3 + (0.7 * Math.abs(J)) / largest];
    const bond = { from: from[k], to: to[k], coupling: J, sign, strength };
    if (Math.abs(x2 - x1) + Math.abs(y2 - y1) === 1) return [{ ...bond, x1, y1, x2, y2 }];
    const [dx, dy] = [-0.4 * Math.sign(x2 - x1), -0.4 * Math.sign(y2 - y1)];
    return [
      { ...bond, x1, y1, x2: x1 + dx, y2: y1 + dy },
      { ...bond, x1: x2, y1: y2, x2: x2 - dx, y2: y2 - dy },
    ];
  });
}

function latticeChart(rows: readonly Row[]): Chart {
  return {
    kind: "chart",
    marks: [
      {
        mark: "link",
        rows,
        channels: { x1: "x1", y1: "y1", x2: "x2", y2: "y2", stroke: "sign", strokeOpacity: "strength" },
        options: { strokeWidth: rows.length > 900 ? 2 : 3 },
      },
    ],
    x: { label: "", tickFormat: "" },
    y: { label: "", tickFormat: "", reverse: true },
    color: { label: "coupling", type: "categorical", domain: ["J > 0", "J < 0"], legend: true },
    aspectRatio: 1,
    width: 460,
  };
}

function latticeFigure(
  model: IsingModel,
  { lengths, boundary }: LatticeShape,
  frustration: number | undefined,
): Figure {
  const rows = bondRows(model, lengths);
  const squares =
    frustration === undefined
      ? ""
      : ` ${(100 * frustration).toFixed(1)} % of its squares are frustrated: no state satisfies all four bonds.`;
  return {
    name: "coupling-map",
    title: "The couplings on the lattice",
    summary: `${boundary === "open" ? "An open" : "A periodic"} ${lengths.join("×")} lattice with ${countText(model.pairs, "coupling")}.${squares}`,
    drawing: latticeChart(rows),
    table: {
      columns: [{ name: "from" }, { name: "to" }, { name: "coupling", label: "J" }],
      rows,
    },
  };
}

/** Sums of J and of its sizes in each pixel's block of spins, `[side, side]`. */
function blocksOf(model: IsingModel, spinsAPixel: number, side: number) {
  const [sums, sizes] = [new Float64Array(side * side), new Float64Array(side * side)];
  for (let i = 0; i < model.spins; i++) {
    const row = Math.floor(i / spinsAPixel) * side;
    for (let k = model.rowStart[i]; k < model.rowStart[i + 1]; k++) {
      const pixel = row + Math.floor(model.neighbors[k] / spinsAPixel);
      sums[pixel] += model.couplings[k];
      sizes[pixel] += Math.abs(model.couplings[k]);
    }
  }
  return { sums, sizes };
}

/** Blue where J > 0 or its sum is, orange where it is not, paler where it is small; nothing where there is none. */
async function matrixPicture(model: IsingModel): Promise<{ readonly source: string; readonly spinsAPixel: number }> {
  const spinsAPixel = Math.ceil(model.spins / mostPixels);
  const side = Math.ceil(model.spins / spinsAPixel);
  const { sums, sizes } = blocksOf(model, spinsAPixel, side);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const data = new Uint8Array(4 * side * side);
  for (let pixel = 0; pixel < sums.length; pixel++) {
    if (sizes[pixel] === 0) continue;
    const color = sums[pixel] > 0 ? [0, 114, 178] : [213, 94, 0];
    data.set([...color, Math.round(255 * (0.15 + (0.85 * sizes[pixel]) / largest))], 4 * pixel);
  }
  return { source: await pngUri({ data, width: side, height: side, channels: 4 }), spinsAPixel };
}

async function matrixFigure(model: IsingModel): Promise<Figure> {
  const { source, spinsAPixel } = await matrixPicture(model);
  const part = spinsAPixel > 1 ? `, ${spinsAPixel} × ${spinsAPixel} pairs to a pixel` : "";
  const { from, to, weight } = model.edges();
  const ranked = Array.from(weight.keys()).sort((a, b) => Math.abs(weight[b]) - Math.abs(weight[a]) || a - b);
  const rows = ranked.slice(0, listed).map((k) => ({ from: from[k], to: to[k], coupling: weight[k] }));
  return {
    name: "coupling-map",
    title: "The matrix of couplings",
    summary: `The matrix J${part}: ${countText(model.pairs, "coupling")}, ${Number((100 * model.density).toPrecision(3))} % of all pairs. The table lists the ${rows.length} strongest.`,
    drawing: {
      kind: "images",
      images: [{ source, caption: "blue J > 0, orange J < 0, pale where weak", id: "couplings" }],
      size: 420,
    },
    table: { columns: [{ name: "from" }, { name: "to" }, { name: "coupling", label: "J" }], rows },
  };
}

/** A drawing of the couplings: bonds of a square lattice, else their matrix; undefined where there are none. */
export async function couplingMap(model: IsingModel, frustration?: number): Promise<Figure | undefined> {
  if (model.pairs === 0) return undefined;
  const shape = latticeShapeOf(model);
  const isDrawn = shape?.lengths.length === 2 && model.pairs <= mostBonds;
  return isDrawn ? latticeFigure(model, shape, frustration) : matrixFigure(model);
}
