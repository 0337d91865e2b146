import type { Cell, Chart, DataTable } from "../figure.ts";
import { dashes, hasShapes, symbols } from "./palette.ts";
import { formatNumber } from "./quantities.ts";
import { type ColorKind, columnsOnScale, labelOf } from "./scales.ts";
import { escapeText, textWidth } from "./svg-text.ts";

/** A key of colours as markup, with the room it takes. */
export interface Legend {
  readonly markup: string;
  readonly height: number;
}

/** Plot's colour scale, as far as a key needs it. */
export interface ColorScale {
  readonly type: string;
  readonly domain: readonly Cell[];
  apply(value: Cell): string;
}

const fontSize = 12;
const lineHeight = 20;

function polygon(radii: readonly number[], turn = 0): string {
  const points = radii.map((radius, i) => {
    const angle = (2 * Math.PI * i) / radii.length - Math.PI / 2 + turn;
    return `${(radius * Math.cos(angle)).toFixed(2)},${(radius * Math.sin(angle)).toFixed(2)}`;
  });
  return `<polygon points="${points.join(" ")}"/>`;
}

/** The shapes of `symbols` about the origin. */
const shapes: Readonly<Record<(typeof symbols)[number], string>> = {
  circle: '<circle r="4"/>',
  square: '<rect x="-3.6" y="-3.6" width="7.2" height="7.2"/>',
  triangle: polygon([5, 5, 5]),
  diamond: polygon([5.6, 3.4, 5.6, 3.4]),
  star: polygon(Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 5.6 : 2.3))),
  cross: '<path d="M-1.6,-4.8h3.2v3.2h3.2v3.2h-3.2v3.2h-3.2v-3.2h-3.2v-3.2h3.2z"/>',
};

/** What the categories of a chart are drawn as. */
type Sample = "line" | "line with points" | "point" | "area";

function sampleOf(chart: Chart, table: DataTable): Sample {
  const coloring = chart.marks.filter((mark) => columnsOnScale(mark, "color").length > 0);
  const line = coloring.find(({ mark }) => mark === "line");
  if (line === undefined) return coloring.some(({ mark }) => mark === "dot") ? "point" : "area";
  const [name] = columnsOnScale(line, "color");
  const counts = new Map<Cell, number>();
  for (const row of line.rows ?? table.rows) counts.set(row[name], (counts.get(row[name]) ?? 0) + 1);
  return [...counts.values()].every(hasShapes) ? "line with points" : "line";
}

/** Whether a key says nothing that an axis does not say. */
function isTold(chart: Chart, kind: ColorKind): boolean {
  const coloring = chart.marks.filter((mark) => columnsOnScale(mark, "color").length > 0);
  if (kind.kind === "categories") {
    return coloring.every((mark) => {
      const [color] = columnsOnScale(mark, "color");
      return ["x", "y", "fx", "fy"].some((channel) => mark.channels?.[channel] === color);
    });
  }
  const written = chart.marks.filter(({ mark }) => mark === "text").map(({ channels }) => channels?.text);
  return coloring.every((mark) => columnsOnScale(mark, "color").some((name) => written.includes(name)));
}

/** The key of a chart's colours; undefined when there is none to show. */
export function legendOf(
  chart: Chart,
  table: DataTable,
  {
    kind,
    scale,
    width,
    name,
  }: { readonly kind: ColorKind; readonly scale?: ColorScale; readonly width: number; readonly name: string },
): Legend | undefined {
  if (scale === undefined || kind.kind === "none" || kind.kind === "literal") return undefined;
  const isWanted = kind.kind === "magnitudes" || kind.domain.length > 1;
  if (!(chart.color?.legend ?? (isWanted && !isTold(chart, kind)))) return undefined;
  const label = labelOf(chart, table, "color");
  if (kind.kind === "magnitudes") return ramp(scale, label, name);
  return swatches(kind.domain, { scale, width, sample: sampleOf(chart, table), label: chart.color?.label });
}

interface SwatchOptions {
  readonly scale: ColorScale;
  readonly width: number;
  readonly sample: Sample;
  readonly label: string | undefined;
}

function swatches(domain: readonly Cell[], { scale, width, sample, label }: SwatchOptions): Legend {
  const sampleWidth = sample.startsWith("line") ? 26 : 12;
  let [x, line, markup] = [0, 0, ""];
  if (label) {
    markup += `<text y="0.35em" font-weight="600">${escapeText(label)}</text>`;
    x = textWidth(label, fontSize) * 1.05 + 14;
  }
  for (const [i, category] of domain.entries()) {
    const text = String(category);
    const itemWidth = sampleWidth + 6 + textWidth(text, fontSize) + 16;
    if (x > 0 && x + itemWidth > width) [x, line] = [0, line + 1];
    const picture = sampleMarkup(sample, scale.apply(category), domain.length, i);
    markup += `<g transform="translate(${x.toFixed(1)},${line * lineHeight})">${picture}<text x="${sampleWidth + 6}" y="0.35em">${escapeText(text)}</text></g>`;
    x += itemWidth;
  }
  return { markup, height: (line + 1) * lineHeight + 6 };
}

function sampleMarkup(sample: Sample, color: string, count: number, i: number): string {
  if (sample === "area" || (sample === "point" && count > symbols.length)) {
    return `<rect y="-6" width="12" height="12" rx="1.5" fill="${color}"/>`;
  }
  if (sample === "point") return `<g transform="translate(6,0)" fill="${color}">${shapes[symbols[i]]}</g>`;
  const dash = count <= dashes.length && dashes[i] !== "none" ? ` stroke-dasharray="${dashes[i]}"` : "";
  const line = `<line x2="26" stroke="${color}" stroke-width="2.5"${dash}/>`;
  const hasPoint = sample === "line with points" && count <= symbols.length;
  return hasPoint ? `${line}<g transform="translate(13,0)" fill="${color}">${shapes[symbols[i]]}</g>` : line;
}

const rampWidth = 240;

function ramp(scale: ColorScale, label: string | null, name: string): Legend {
  const numbers = scale.domain.filter((value) => typeof value === "number");
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const isLog = scale.type.includes("log") && low > 0;
  const valueAt = (t: number) => (isLog ? low * (high / low) ** t : low + t * (high - low));
  const placeOf = (value: number) =>
    isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low || 1);
  const stops = Array.from(
    { length: 25 },
    (_, i) => `<stop offset="${((i / 24) * 100).toFixed(1)}%" stop-color="${scale.apply(valueAt(i / 24))}"/>`,
  );
  const ticks = (isLog ? powersBetween(low, high) : roundNumbersBetween(low, high)).map((value) => {
    const x = (placeOf(value) * rampWidth).toFixed(1);
    return `<g transform="translate(${x},0)"><line y1="10" y2="14" stroke="currentColor"/><text y="26" text-anchor="middle">${formatNumber(value, 3)}</text></g>`;
  });
  const top = label === null ? 0 : 18;
  const heading = label === null ? "" : `<text x="-5" y="-10">${escapeText(label)}</text>`;
  const bar = `<rect width="${rampWidth}" height="10" fill="url(#${name}-ramp)"/>`;
  return {
    markup: `<g transform="translate(5,${top - 4})">${heading}<linearGradient id="${name}-ramp">${stops.join("")}</linearGradient>${bar}${ticks.join("")}</g>`,
    height: top + 36,
  };
}

/** Three to six round numbers in a range. */
function roundNumbersBetween(low: number, high: number): number[] {
  if (!(high > low)) return [low];
  const power = 10 ** Math.floor(Math.log10((high - low) / 4));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => (high - low) / size <= 5)!;
  const count = Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1;
  return Array.from({ length: count }, (_, i) => Number(((Math.ceil(low / step - 1e-9) + i) * step).toPrecision(12)));
}

/** Powers of ten in a range, or its ends when there are fewer than two. */
function powersBetween(low: number, high: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  if (last <= first) return [low, high];
  const every = Math.ceil((last - first) / 5);
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => 10 ** (first + i * every));
}
