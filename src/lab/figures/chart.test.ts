import { describe, expect, it } from "vitest";
import { accuracyCurves, isingLattice, paretoFront, transitionMatrix } from "../../../test/kit/figure-gallery.ts";
import type { Chart, DataTable, Figure, Mark, MarkName, Row } from "../figure.ts";
import { renderChart } from "./chart.ts";
import { renderDrawing } from "./drawing.ts";
import { gridOf } from "./grids.ts";
import { dashes, inkOn, okabeIto } from "./palette.ts";
import { withSharedScales } from "./shared-scales.ts";
import { svgDocument } from "./svg-document.ts";

const document = svgDocument();
const draw = (chart: Chart, table: DataTable, theme?: "page" | "light" | "dark") =>
  renderChart(chart, table, { document, theme, name: "fig", title: "A <title>", summary: "What is seen" });
const chartOf = (...marks: Mark[]): Chart => ({ kind: "chart", marks });
const drawFigure = (figure: Figure) => draw(figure.drawing as Chart, figure.table);

const rows: Row[] = Array.from({ length: 12 }, (_, i) => ({
  x: i % 4,
  y: Math.floor(i / 4),
  value: i - 3,
  size: i + 1,
  kind: ["first", "second", "third"][i % 3],
  x2: (i % 4) + 0.5,
  y2: Math.floor(i / 4) + 0.5,
}));
const between = { x1: "x", y1: "y", x2: "x2", y2: "y2" };
const channels: Readonly<Record<MarkName, Readonly<Record<string, string>>>> = {
  line: { x: "size", y: "value" },
  areaY: { x: "size", y: "size" },
  dot: { x: "x", y: "y", r: "size" },
  barX: { x: "size", y: "size" },
  barY: { x: "size", y: "size" },
  rect: between,
  rectY: { x1: "x", x2: "x2", y: "size" },
  cell: { x: "x", y: "y", fill: "value" },
  text: { x: "x", y: "y", text: "value" },
  ruleX: { x: "x" },
  ruleY: { y: "y" },
  tickX: { x: "x", y: "kind" },
  tickY: { x: "kind", y: "y" },
  link: between,
  arrow: between,
  vector: { x: "x", y: "y", length: "size", rotate: "value" },
  contour: { x: "x", y: "y", fill: "value" },
  raster: { x: "x", y: "y", fill: "value" },
  boxX: { x: "size", y: "kind" },
  boxY: { x: "kind", y: "size" },
  histogram: { x: "value", fill: "kind" },
  frame: {},
};

describe("renderChart", () => {
  it.each(Object.keys(channels) as MarkName[])("draws %s", (mark) => {
    const svg = draw(chartOf({ mark, channels: channels[mark] }), { rows });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" role="img" aria-labelledby="fig-title"/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    const empty = draw(chartOf({ mark: "text", rows: rows.slice(0, 1), channels: { x: "x", y: "y", text: "kind" } }), {
      rows,
    });
    expect(svg.match(/<(path|rect|line|circle|image|text|polygon)\b/g)?.length).toBeGreaterThanOrEqual(
      mark === "frame" ? 1 : 2,
    );
    expect(svg).not.toBe(empty);
  });

  it("says what it shows, escaped", () => {
    const svg = draw(chartOf({ mark: "dot", channels: { x: "x", y: "y" } }), { rows });
    expect(svg).toContain('<title id="fig-title">A &#60;title&#62;</title><desc id="fig-summary">What is seen</desc>');
  });

  it("gives the same text again, whatever was drawn before", () => {
    const contour = chartOf({ mark: "contour", channels: channels.contour });
    const first = draw(contour, { rows });
    drawFigure(accuracyCurves());
    expect(draw(contour, { rows })).toBe(first);
    expect(first).toContain('id="fig-clip-1"');
    expect(first).not.toContain("plot-clip");
  });

  it("takes Okabe and Ito's colours for categories in the order in which they come, and tells lines apart by dashes too", () => {
    const svg = drawFigure(accuracyCurves());
    const lines = [
      ...svg.matchAll(/<line x2="26" stroke="(#\w+)" stroke-width="2.5"(?: stroke-dasharray="([^"]+)")?\/>/g),
    ];
    expect(lines.map(([, color]) => color)).toEqual(okabeIto.slice(0, 3));
    expect(lines.map(([, , dash]) => dash)).toEqual([undefined, ...dashes.slice(1, 3)]);
    for (const dash of dashes.slice(1, 3)) expect(svg.split(`stroke-dasharray="${dash}"`)).toHaveLength(3);
    expect(svg.indexOf(">cross-entropy<")).toBeLessThan(svg.indexOf(">label smoothing<"));
  });

  it("marks the points of sparse lines, and the categories of points, with shapes", () => {
    const symbolsIn = (mark: MarkName, channel: string) => {
      const svg = draw(chartOf({ mark, channels: { x: "x", y: "value", [channel]: "kind" } }), { rows });
      const filled = [...svg.matchAll(/<path[^>]* fill="#[^>]*>/g)].map(([tag]) => tag.match(/ d="([^"]+)"/)?.[1]);
      return { shapes: new Set(filled).size, points: filled.length };
    };
    expect(symbolsIn("dot", "fill")).toEqual({ shapes: 3, points: 12 });
    expect(symbolsIn("line", "stroke").shapes).toBeGreaterThanOrEqual(2);
  });

  it("shows no key of what an axis or the cells themselves say", () => {
    const bars = (fill: string) => draw(chartOf({ mark: "barY", channels: { x: "kind", y: "size", fill } }), { rows });
    expect(bars("kind").split(">second<")).toHaveLength(2);
    expect(drawFigure(transitionMatrix())).not.toContain("linearGradient");
    const map = draw(chartOf({ mark: "cell", channels: channels.cell }), { rows });
    expect(map).toContain('<linearGradient id="fig-ramp">');
  });

  it("colours magnitudes by viridis, signed ones by RdBu about zero, where nothing else is said", () => {
    const colors = (fill: string, color?: Chart["color"]) => {
      const svg = draw({ ...chartOf({ mark: "cell", channels: { x: "x", y: "y", fill } }), color }, { rows });
      return [...svg.matchAll(/stop-color="([^"]+)"/g)].map(([, stop]) => stop);
    };
    expect(colors("size").at(0)).toBe("#440154");
    expect(colors("size").at(-1)).toBe("#fde725");
    expect(colors("value").at(-1)).toBe("rgb(5, 48, 97)");
    expect(colors("size", { scheme: "blues" }).at(-1)).toBe("rgb(8, 48, 107)");
  });

  it("writes on cells in black or white, whichever is read better", () => {
    const svg = drawFigure(transitionMatrix());
    expect(svg).toMatch(/<text[^>]*fill="#000"[^>]*>0\.92<|fill="#000"[^>]*>0\.92</);
    expect(svg).toMatch(/fill="#fff"[^>]*>0\.02</);
    expect([inkOn("#440154"), inkOn("rgb(253, 231, 37)"), inkOn("blue")]).toEqual(["#fff", "#000", "currentColor"]);
  });

  it("leaves room for long names: no text begins outside of the drawing", () => {
    const long = rows.map((row) => ({ ...row, kind: `a very long name of the ${row.kind} category` }));
    const wide = draw(chartOf({ mark: "barX", channels: { x: "size", y: "kind" } }), { rows: long });
    const [, left, , width] = wide.match(/viewBox="(\S+) (\S+) (\S+) (\S+)"/)!.map(Number);
    expect(left + width).toBeGreaterThanOrEqual(640);
    const turned = draw(chartOf({ mark: "barY", channels: { x: "kind", y: "size" } }), { rows: long });
    expect(turned).toContain("rotate(-35)");
  });

  it("draws lattices with square cells and thinned labels", () => {
    const svg = drawFigure(isingLattice());
    const [, width] =
      svg.match(/<rect[^>]* width="([\d.]+)"[^>]*height="\1"/) ?? svg.match(/<rect height="([\d.]+)" width="\1"/)!;
    expect(Number(width)).toBeGreaterThan(8);
    expect(svg).toContain(">30<");
    expect(svg).not.toContain(">31<");
  });

  it("brings paper and ink where it is to stand alone, and takes the page's otherwise", () => {
    const chart = chartOf(
      { mark: "dot", channels: { x: "x", y: "y" } },
      { mark: "text", channels: { x: "x", y: "y", text: "kind" } },
    );
    expect(draw(chart, { rows })).toContain("var(--plot-background,#fff)");
    expect(draw(chart, { rows }, "light")).toMatch(/color:#1b1e23.*fill="#ffffff"/);
    expect(draw(chart, { rows }, "dark")).not.toContain("var(");
  });

  it("draws lines over white-centred maps in black, on dark pages too", () => {
    const outline: Mark = { mark: "line", channels: { x: "x", y: "y" }, options: { stroke: "currentColor" } };
    const map = (fill: string) =>
      draw(chartOf({ mark: "raster", channels: { x: "x", y: "y", fill } }, outline), { rows });
    expect(map("value")).toContain('stroke="#111"');
    expect(map("size")).not.toContain('stroke="#111"');
  });

  it("hides an axis whose format is empty", () => {
    const chart = chartOf({ mark: "dot", channels: { x: "x", y: "y" } });
    expect(draw(chart, { rows })).toContain("tabular-nums");
    const hidden = { label: "", tickFormat: "" };
    expect(draw({ ...chart, x: hidden, y: hidden }, { rows })).not.toContain("<text");
  });

  it("writes the ticks of a logarithmic axis as numbers that people write", () => {
    const errors: DataTable = {
      ...{ columns: [{ name: "step" }, { name: "error" }] },
      rows: [1, 2, 3, 4, 5, 6, 7].map((step) => ({ step, error: 10 ** (1 - step) })),
    };
    const svg = draw({ ...chartOf({ mark: "line", channels: { x: "step", y: "error" } }), y: { type: "log" } }, errors);
    const ticks = [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text);
    expect(ticks).toEqual(expect.arrayContaining(["10⁻⁶", "10⁻⁵", "0.0001", "0.001", "0.01", "0.1", "1"]));
    expect(svg).not.toMatch(/>\d+e/);
  });

  it("looks as it did", () => {
    expect(drawFigure(accuracyCurves())).toMatchSnapshot();
    expect(drawFigure(paretoFront()).replace(/<title>.*?<\/title>/gs, "")).toMatchSnapshot();
  });
});

describe("grids", () => {
  it("are found in rows of any order, with bounds half a step outside", () => {
    const shuffled = [...rows].reverse();
    const grid = gridOf(
      shuffled,
      (row) => row.x,
      (row) => row.y,
    )!;
    expect(grid.rows).toEqual(rows);
    expect(grid.bounds).toEqual({ width: 4, height: 3, x1: -0.5, x2: 3.5, y1: -0.5, y2: 2.5 });
  });

  it("are not seen where a place is missing, taken twice, or unevenly spaced", () => {
    const grid = (some: readonly Row[]) =>
      gridOf(
        some,
        (row) => row.x,
        (row) => row.y,
      );
    expect(grid(rows.slice(1))).toBeUndefined();
    expect(grid([...rows.slice(1), rows[1]])).toBeUndefined();
    expect(grid(rows.map((row) => ({ ...row, x: Number(row.x) ** 2 })))).toBeUndefined();
  });
});

describe("frames", () => {
  const chart = (scale: number): Chart =>
    chartOf({
      mark: "dot",
      rows: rows.map((row) => ({ ...row, x: scale * Number(row.x) })),
      channels: { x: "x", y: "y", fill: "kind" },
    });

  it("are drawn over the same scales, unless a chart has its own", () => {
    const [first, second] = withSharedScales([chart(1), { ...chart(10), y: { domain: [0, 9] } }], { rows });
    expect(first.x?.domain).toEqual([0, 30]);
    expect(second.x?.domain).toEqual([0, 30]);
    expect(first.color?.domain).toEqual(["first", "second", "third"]);
    expect([first.y?.domain, second.y?.domain]).toEqual([
      [0, 2],
      [0, 9],
    ]);
  });

  it("and figures have ids of their own on one page", () => {
    const figure = (name: string): Figure => ({
      ...{ name, title: "T", summary: "S", table: { rows } },
      drawing: {
        kind: "frames",
        label: "t",
        frames: [1, 2].map((scale) => ({ label: `${scale} s`, drawing: chart(scale) })),
      },
    });
    const page = ["a", "a-1", "b"].map((name) => renderDrawing(figure(name), { document })).join("");
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThanOrEqual(12);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("renderDrawing", () => {
  const figure = (drawing: Figure["drawing"]): Figure => ({
    name: "f",
    title: "T",
    summary: "S",
    drawing,
    table: { rows },
  });

  it("gives drawings of others ids of the figure, and keeps what they refer to", () => {
    const svg =
      '<svg viewBox="0 0 9 9" role="presentation"><defs><g id="a"/></defs><use href="#a"/><rect fill="url(#a)"/><a href="#b"/></svg>';
    const html = renderDrawing(figure({ kind: "svg", svg }));
    expect(html).toContain('<g id="f-a"/></defs><use href="#f-a"/><rect fill="url(#f-a)"/><a href="#b"/></svg>');
    expect(html).toContain('role="img" aria-labelledby="f-title" aria-describedby="f-summary" viewBox="0 0 9 9">');
    expect(html).not.toContain("presentation");
    expect(renderDrawing(figure({ kind: "svg", svg: '<svg viewBox="0 0 1 1"/>' }))).toMatch(/<\/desc><\/svg><\/div>$/);
  });

  it("escapes captions and texts", () => {
    const images = [{ source: "data:image/png;base64,AAAA", caption: "<7>", detail: "99 %" }];
    expect(renderDrawing(figure({ kind: "images", images, size: 50 }))).toContain(
      'width="50"><span>&#60;7&#62;</span><small>99\u00a0%</small>',
    );
    expect(renderDrawing(figure({ kind: "text", text: "a < b\n  c" }))).toContain(">a &#60; b\n  c</pre>");
  });
});
