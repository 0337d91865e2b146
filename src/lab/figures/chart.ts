import * as Plot from "@observablehq/plot";
import type { Chart, DataTable } from "../figure.ts";
import { layersOf } from "./layers.ts";
import { layoutOf } from "./layout.ts";
import { type ColorScale, legendOf } from "./legend.ts";
import { formatNumber } from "./quantities.ts";
import {
  colorKind,
  colorOptions,
  columnsOnScale,
  facetOptions,
  labelOf,
  positionOptions,
  type ScaleName,
  symbolOptions,
} from "./scales.ts";
import { escapeText, textOverflow } from "./svg-text.ts";

/** Where and how a chart is drawn. */
export interface ChartOptions {
  /** A DOM document that makes the elements; default: the browser's. */
  readonly document?: object;
  /**
   * `page` (default) takes its ink from the text around it and its paper from the CSS variable `--plot-background`; `light` and `dark` bring both.
   */
  readonly theme?: "page" | "light" | "dark";
  /** Begins every id in the drawing: unique on a page. */
  readonly name: string;
  readonly title: string;
  /** What is to be seen, for people who do not see it. */
  readonly summary: string;
  /** Pixels, for charts that say nothing; default 640. */
  readonly width?: number;
}

const themes = { light: { ink: "#1b1e23", paper: "#ffffff" }, dark: { ink: "#e4e6ea", paper: "#15171a" } } as const;

/** Fonts of drawings that stand alone; pages may set another. */
const fontFamily = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/**
 * Draws a chart as the text of one `svg` element: key inside, title and summary for screen readers, ids that begin with its name. The same
 * chart gives the same text in Node and, but for the order of attributes and half a pixel on coarse screens, in browsers.
 * @throws Error of Observable Plot for what it cannot draw, e.g. a scheme it does not know.
 */
export function renderChart(chart: Chart, table: DataTable, options: ChartOptions): string {
  const { theme = "page", name, title, summary, width: defaultWidth = 640 } = options;
  const document = options.document ?? (globalThis as { readonly document?: object }).document;
  const color = colorKind(chart, table);
  const { x, y, ...size } = layoutOf(chart, table, defaultWidth);
  const plot = Plot.plot({
    document: document as Plot.PlotOptions["document"],
    ...size,
    ...(chart.aspectRatio !== undefined &&
      chart.height === undefined &&
      !isCellMap(chart) && { height: undefined, aspectRatio: chart.aspectRatio }),
    ...scalesOf(chart, table, { x, y }),
    color: colorOptions(chart, table, color) as Plot.ScaleOptions,
    symbol: symbolOptions(color) as Plot.ScaleOptions,
    marks: chart.marks.flatMap((mark) => layersOf(mark, { chart, table, color })),
  });
  plot.setAttribute("font-size", "12");
  writePowers(plot);
  const [width, height] = ["width", "height"].map((side) => Number(plot.getAttribute(side)));
  const legend = legendOf(chart, table, {
    kind: color,
    scale: plot.scale("color") as ColorScale | undefined,
    width: width - 8,
    name,
  });
  const over = textOverflow(plot, width, height);
  plot.querySelector("style")?.remove();

  const key =
    legend === undefined
      ? ""
      : `<g transform="translate(${Math.round(-over.left) + 2},${Math.round(8 - legend.height - over.top)})" text-anchor="start">${legend.markup}</g>`;
  const top = over.top + (legend?.height ?? 0);
  const box = [-over.left, -top, width + over.left + over.right, height + top + over.bottom].map(Math.round);
  return finish(key + plot.innerHTML, { box, theme, name, title, summary });
}

/** Ticks of logarithmic scales come as `1e-5`; people write 10⁻⁵. */
function writePowers(plot: Element): void {
  for (const text of plot.querySelectorAll("text")) {
    if (!/^\d+(\.\d+)?e[+-]\d+$/.test(text.textContent ?? "")) continue;
    text.textContent = formatNumber(Number(text.textContent)).replace(/^1 × /, "");
  }
}

const isCellMap = (chart: Chart) => chart.marks.some(({ mark }) => mark === "cell");

function scalesOf(chart: Chart, table: DataTable, axes: Readonly<Record<"x" | "y", object>>): Plot.ScaleDefaults {
  const isShown = (scale: ScaleName) =>
    chart.marks.some(
      ({ mark, ...rest }) =>
        columnsOnScale({ mark, ...rest }, scale).length > 0 || (scale === "y" && mark === "histogram"),
    );
  const positions = (["x", "y"] as const)
    .filter(isShown)
    .map((scale) => [scale, { ...positionOptions(chart, table, scale), ...axes[scale] }]);
  const facets = (["fx", "fy"] as const).filter(isShown).map((scale) => [scale, facetOptions(chart, table, scale)]);
  const r =
    chart.r === undefined
      ? {}
      : { r: { type: chart.r.type, domain: chart.r.domain, label: labelOf(chart, table, "r") } };
  return { ...Object.fromEntries([...positions, ...facets]), ...r };
}

interface Finish extends Required<Pick<ChartOptions, "theme" | "name" | "title" | "summary">> {
  /** Left, top, width and height. */
  readonly box: readonly number[];
}

/** The whole element: ids of this figure, short numbers, and what says what it is. */
function finish(inner: string, { box, theme, name, title, summary }: Finish): string {
  const ids = new Map<string, string>();
  for (const [, id, kind] of inner.matchAll(/ id="(plot-([a-z]+)-\d+)"/g))
    ids.set(id, `${name}-${kind}-${ids.size + 1}`);
  const body = inner
    .replace(/plot-[a-z]+-\d+/g, (id) => ids.get(id) ?? id)
    .replace(/<[a-z][^>]*>/gi, (tag) =>
      tag
        .replace(/ aria-[a-z]+="[^"]*"/g, "")
        .replace(/xlink:href=/g, "href=")
        .replace(/-?\d+\.\d{3,}(?:e-\d+)?/g, (number) => String(Number(Number(number).toFixed(2)))),
    );
  const [left, top, width, height] = box;
  const head = [
    'xmlns="http://www.w3.org/2000/svg" role="img"',
    `aria-labelledby="${name}-title" aria-describedby="${name}-summary"`,
    `viewBox="${box.join(" ")}" width="${width}" height="${height}"`,
    `fill="currentColor" font-family="${fontFamily}" font-size="12" text-anchor="middle"`,
  ].join(" ");
  const told = `<title id="${name}-title">${escapeText(title)}</title><desc id="${name}-summary">${escapeText(summary)}</desc>`;
  const style = "max-width:100%;height:auto;overflow:visible";
  if (theme === "page") {
    return `<svg ${head} style="${style}">${told}${body.replaceAll("var(--plot-background)", "var(--plot-background,#fff)")}</svg>`;
  }
  const { ink, paper } = themes[theme];
  const ground = `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${paper}" stroke="none"/>`;
  return `<svg ${head} color="${ink}" style="${style};color:${ink}">${told}${ground}${body.replaceAll("var(--plot-background)", paper)}</svg>`;
}
