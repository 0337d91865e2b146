import { type Figure, pngUri } from "../../../lab/index.ts";
import { type LatticeShape, latticeShapeOf } from "../generators/lattice-shape.ts";
import type { IsingModel } from "../model.ts";
import { magnetizationOf } from "./samples.ts";
import { shown } from "./text.ts";

/** Samples that are drawn. */
const drawn = 12;
/** Layers of a cube that are drawn side by side at most. */
const mostLayers = 8;
const [up, down] = [
  [0, 114, 178],
  [230, 159, 0],
] as const;

/** Spins of a lattice as pixels; the layers of a cube side by side, a pixel apart. */
function pixelsOf(state: Int8Array, { lengths }: LatticeShape) {
  const [layers, rows, columns] = lengths.length === 3 ? lengths : [1, ...lengths];
  const shownLayers = Math.min(layers, mostLayers);
  const width = shownLayers * (columns + 1) - 1;
  const data = new Uint8Array(4 * rows * width);
  for (let layer = 0; layer < shownLayers; layer++) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const color = state[(layer * rows + r) * columns + c] > 0 ? up : down;
        data.set([...color, 255], 4 * (r * width + layer * (columns + 1) + c));
      }
    }
  }
  return { data, width, height: rows, channels: 4 as const };
}

/** Some states of a square or cubic lattice as pictures; undefined for other models. */
export async function configurationSheet(
  model: IsingModel,
  states: readonly Int8Array[],
  objective: string,
): Promise<Figure | undefined> {
  const shape = latticeShapeOf(model);
  if (shape === undefined) return undefined;
  const isCube = shape.lengths.length === 3;
  const count = Math.min(isCube ? 4 : drawn, states.length);
  const chosen = Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * states.length) / count));
  const rows = chosen.map((k) => ({
    sample: k,
    objective: model.objective(states[k]),
    magnetization: magnetizationOf(states[k]),
  }));
  const images = await Promise.all(
    rows.map(async ({ sample, objective: value, magnetization }) => ({
      source: await pngUri(pixelsOf(states[sample], shape)),
      caption: `sample ${sample}`,
      detail: `${objective} ${shown(value)}, m ${shown(magnetization)}`,
      id: String(sample),
    })),
  );
  const layers = isCube ? `, layer by layer${shape.lengths[0] > mostLayers ? `, the first ${mostLayers}` : ""}` : "";
  return {
    name: "configurations",
    title: "Some samples on their lattice",
    summary: `${count} of ${states.length} samples of the ${shape.lengths.join("×")} lattice${layers}: blue s = +1, orange s = −1.`,
    drawing: { kind: "images", images, size: isCube ? 560 : 132 },
    table: {
      columns: [{ name: "sample" }, { name: "objective", label: objective }, { name: "magnetization", label: "m" }],
      rows,
    },
  };
}
