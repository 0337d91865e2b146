import type { Volume } from "../figure.ts";
import { isosurface } from "./isosurface.ts";
import { pngUriOfRgba } from "./png.ts";
import { formatQuantity } from "./quantities.ts";
import { dot, rasterSurface, sideColors, viewFrom } from "./raster-surface.ts";
import { escapeText } from "./svg-text.ts";
import { axisLabel, sidesOf, stillView, unpackVolume } from "./volume.ts";

/** What a picture of a volume is called. */
interface Named {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
}

const [width, height, scale] = [640, 560, 330];
const number = (value: number) => formatQuantity(value, { digits: 3 });
/** Pixels of the surface's picture for a pixel of the drawing. */
const density = 1.5;

type Corner = readonly [number, number, number];
const cube: readonly Corner[] = Array.from({ length: 8 }, (_, i) => [i >> 2, (i >> 1) & 1, i & 1]);
const edges = cube.flatMap((from, i) =>
  cube.slice(i + 1).flatMap((to) => (from.filter((side, axis) => side !== to[axis]).length === 1 ? [[from, to]] : [])),
);
/** The corner that the view has farthest away; its three edges lie behind everything. */
const isFarthest = ([x, y, z]: Corner) => x === 0 && y === 1 && z === 0;
const isNearest = ([x, y, z]: Corner) => x === 1 && y === 0 && z === 1;

/** The edges that the axes are written along, with where their texts stand. */
const ruled = [
  { from: [0, 0, 0], to: [1, 0, 0], dx: -6, dy: 16, anchor: "end" },
  { from: [1, 0, 0], to: [1, 1, 0], dx: 8, dy: 14, anchor: "start" },
  { from: [0, 0, 0], to: [0, 0, 1], dx: -8, dy: 4, anchor: "end" },
] as const;

/**
 * A still picture of the surface where a volume has its level, as the text of one `svg` element: the surface as pixels, the box with its
 * axes as lines and text in the colour of the text around it.
 */
export function renderVolume(volume: Volume, step: number, { name, title, summary }: Named): string {
  const { axes, level } = volume;
  const sides = sidesOf(axes);
  const view = viewFrom(stillView.azimuth, stillView.elevation);
  const shape = axes.map(({ points }) => points) as unknown as Corner;
  const surface = isosurface({ shape, sides, values: unpackVolume(volume, step) }, level);
  const [w, h] = [width * density, height * density];
  const pixels = rasterSurface(surface, { view, width: w, height: h, scale: scale * density });
  const place = (corner: readonly number[]): readonly [number, number] => {
    const point = corner.map((side, axis) => (side - 0.5) * sides[axis]) as unknown as Corner;
    return [
      Math.round(10 * (width / 2 + scale * dot(point, view.right))) / 10,
      Math.round(10 * (height / 2 - scale * dot(point, view.up))) / 10,
    ];
  };
  const line = ([from, to]: readonly Corner[]) => `M${place(from).join(" ")}L${place(to).join(" ")}`;
  const [near, rest] = [edges.filter((edge) => edge.some(isNearest)), edges.filter((edge) => !edge.some(isNearest))];
  const [far, outline] = [rest.filter((edge) => edge.some(isFarthest)), rest.filter((edge) => !edge.some(isFarthest))];
  const path = (some: readonly (readonly Corner[])[], opacity: number) =>
    `<path d="${some.map(line).join("")}" fill="none" stroke="currentColor" stroke-opacity="${opacity}"/>`;
  const texts = ruled.flatMap(({ from, to, dx, dy, anchor }, axis) => {
    const text = (share: number, words: string, weight = "") => {
      const [x, y] = place(from.map((side, i) => side + share * (to[i] - side)));
      return `<text x="${x + dx}" y="${y + dy}" text-anchor="${anchor}"${weight}>${escapeText(words)}</text>`;
    };
    const { low, high } = axes[axis];
    return [text(0.06, number(low)), text(0.94, number(high)), text(0.5, axisLabel(axes[axis]), ' font-weight="600"')];
  });
  const key = (["greater", "smaller"] as const).map((side, i) => {
    const words = `seen from ${volume.quantity} ${side === "greater" ? ">" : "<"} ${number(level)}`;
    const y = 14 + 18 * i;
    return `<rect x="6" y="${y - 10}" width="12" height="12" fill="rgb(${sideColors[side]})"/><text x="24" y="${y}">${escapeText(words)}</text>`;
  });
  const head = `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${name}-title" aria-describedby="${name}-summary" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" fill="currentColor" font-size="12">`;
  const told = `<title id="${name}-title">${escapeText(title)}</title><desc id="${name}-summary">${escapeText(summary)}</desc>`;
  const picture = `<image width="${width}" height="${height}" href="${pngUriOfRgba(pixels, w, h)}"/>`;
  return `${head}${told}${path(far, 0.25)}${picture}${path(outline, 0.6)}${path(near, 0.25)}${texts.join("")}${key.join("")}</svg>`;
}
