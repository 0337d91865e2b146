import type { Chart, DataTable, Drawing, Figure, Frames, ImageSheet, Volume } from "../figure.ts";
import { type ChartOptions, renderChart } from "./chart.ts";
import { renderTable } from "./data-table.ts";
import { withSharedScales } from "./shared-scales.ts";
import { escapeText } from "./svg-text.ts";
import { renderVolume } from "./volume-still.ts";

/** Where a figure is drawn. */
export type DrawingOptions = Pick<ChartOptions, "document" | "theme" | "width">;

interface Named {
  /** Begins every id in the drawing. */
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly table: DataTable;
}

/** A figure's drawing as HTML: charts as SVG, pictures in a list, frames one after the other for a slider to choose from. */
export function renderDrawing(figure: Figure, options: DrawingOptions = {}): string {
  return renderPart(figure.drawing, figure, options);
}

function renderPart(drawing: Drawing, named: Named, options: DrawingOptions): string {
  switch (drawing.kind) {
    case "chart":
      return `<div class="chart">${renderChart(drawing, named.table, { ...options, ...named })}</div>`;
    case "images":
      return renderSheet(drawing);
    case "text":
      return `<pre class="text" tabindex="0" role="group" aria-label="${escapeText(named.title)}">${escapeText(drawing.text)}</pre>`;
    case "svg":
      return `<div class="chart">${renderSvg(drawing.svg, named)}</div>`;
    case "table":
      return renderTable(named.table, { label: named.title });
    case "frames":
      return renderFrames(drawing, named, options);
    case "volume":
      return renderVolumes(drawing, named);
  }
}

function renderSheet({ images, size = 96, isPixelated = true }: ImageSheet): string {
  const items = images.map(({ source, caption, detail }) => {
    const more = detail === undefined ? "" : `<small>${escapeText(detail.replaceAll(" %", "\u00a0%"))}</small>`;
    // The caption beside it is the picture's text.
    return `<li><img src="${source}" alt="" width="${size}"><span>${escapeText(caption)}</span>${more}</li>`;
  });
  return `<ul class="sheet${isPixelated ? " pixels" : ""}" style="--size:${size}px">\n${items.join("\n")}\n</ul>`;
}

/** A given drawing with ids of its figure and what says what it is. */
function renderSvg(svg: string, { name, title, summary }: Named): string {
  const ids = new Set([...svg.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id));
  const own = svg
    .replace(/(\sid=")([^"]+)"/g, (_, start, id) => `${start}${name}-${id}"`)
    .replace(/(url\(#|href="#)([^")]+)/g, (whole, start, id) => (ids.has(id) ? `${start}${name}-${id}` : whole));
  const [, attributes] = own.match(/^\s*<svg([^>]*)>/) ?? ["", ""];
  const kept = attributes.replace(/\s(role|aria-[a-z]+|xmlns)="[^"]*"/g, "").replace(/\/$/, "");
  const told = `<title id="${name}-title">${escapeText(title)}</title><desc id="${name}-summary">${escapeText(summary)}</desc>`;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${name}-title" aria-describedby="${name}-summary"${kept}>`;
  const closed = /^\s*<svg[^>]*\/>\s*$/.test(own) ? "</svg>" : "";
  return own.trim().replace(/^<svg[^>]*>/, () => `${head}${told}`) + closed;
}

function renderFrames({ label, frames }: Frames, named: Named, options: DrawingOptions): string {
  const charts = frames.map(({ drawing }) => drawing).filter((drawing): drawing is Chart => drawing.kind === "chart");
  const shared = withSharedScales(charts, named.table);
  const parts = frames.map((frame, i) => {
    const { drawing } = frame;
    const drawn = drawing.kind === "chart" ? shared[charts.indexOf(drawing)] : drawing;
    const title = `${named.title}: ${label} ${frame.label}`;
    const html = renderPart(drawn, { ...named, name: `${named.name}_${i + 1}`, title }, options);
    return inFrame(`${label} ${frame.label}`, html);
  });
  return slided(label, parts);
}

function renderVolumes(volume: Volume, named: Named): string {
  const { label, steps } = volume;
  const still = (step: number, own: Named) => `<div class="chart">${renderVolume(volume, step, own)}</div>`;
  if (steps.length === 1) return still(0, named);
  const parts = steps.map((step, i) => {
    const words = `${label} ${step.label}`;
    return inFrame(words, still(i, { ...named, name: `${named.name}_${i + 1}`, title: `${named.title}: ${words}` }));
  });
  return slided(label, parts);
}

const inFrame = (words: string, html: string) =>
  `<div class="frame"><p class="frame-label">${escapeText(words)}</p>${html}</div>`;

/** Frames that a page's script puts behind a slider. */
const slided = (label: string, frames: readonly string[]) =>
  `<div class="frames" data-label="${escapeText(label)}">\n${frames.join("\n")}\n</div>`;
