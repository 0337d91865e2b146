import { describe, expect, it } from "vitest";
import { OrreryError } from "../../errors.ts";
import type { Drawing, Figure } from "../figure.ts";
import { checkFigure } from "./check.ts";

const png = "data:image/png;base64,iVBORw0KGgo=";
const rows = [
  { epoch: 1, loss: 0.5, method: "elr" },
  { epoch: 2, loss: null, method: "elr" },
];
const line = { mark: "line", channels: { x: "epoch", y: "loss", stroke: "method" } } as const;
const figureOf = (drawing: Drawing, other: Partial<Figure> = {}): Figure => ({
  name: "loss-1",
  title: "Loss",
  summary: "Loss falls.",
  drawing,
  table: { rows },
  ...other,
});

function problemOf(figure: Figure): string {
  try {
    checkFigure(figure);
  } catch (error) {
    expect(error).toBeInstanceOf(OrreryError);
    return (error as Error).message;
  }
  return "none";
}

describe("checkFigure", () => {
  it("answers what can be drawn", () => {
    const drawings: Drawing[] = [
      { kind: "chart", marks: [line, { mark: "frame" }, { mark: "dot", rows: [], channels: { x: "epoch" } }] },
      { kind: "images", images: [{ source: png, caption: "7, labelled 1" }] },
      { kind: "text", text: "for (k)" },
      { kind: "svg", svg: "<svg viewBox='0 0 1 1'/>" },
      { kind: "table" },
      { kind: "frames", label: "time", frames: [{ label: "0 s", drawing: { kind: "chart", marks: [line] } }] },
    ];
    for (const drawing of drawings) {
      const figure = figureOf(drawing);
      expect(checkFigure(figure)).toBe(figure);
    }
  });

  it("names everything that is wrong at once", () => {
    const figure = figureOf(
      {
        kind: "chart",
        marks: [
          { mark: "lines" as "line" },
          { mark: "dot", channels: { x: "epoc", colour: "loss" }, options: { r: Number.NaN } },
          { mark: "dot", rows: [{ x: Number.NaN }], channels: { x: "x" } },
        ],
      },
      {
        name: "Loss 1",
        title: " ",
        table: {
          columns: [{ name: "epochs" }],
          rows: [...rows, { epoch: Number.POSITIVE_INFINITY, loss: 1, method: "elr" }],
        },
      },
    );
    expect(problemOf(figure).split("; ")).toEqual([
      'figure "Loss 1": name must be small letters, digits and hyphens',
      'got "Loss 1"',
      "title is empty",
      'table has no column "epochs". Did you mean "epoch"?',
      'table row 3, column "epoch": expected a finite number, text, boolean or null',
      "got Infinity",
      'drawing mark 1: unknown mark "lines". Did you mean "line"?',
      'drawing mark 2 (dot): channel x is no column: "epoc"',
      'there are "epoch", "loss", "method"',
      expect.stringContaining('drawing mark 2 (dot): unknown channel "colour". There are: "x", "y"'),
      "drawing mark 2: option r is NaN",
      'drawing mark 3 row 1, column "x": expected a finite number, text, boolean or null',
      "got NaN",
    ]);
  });

  it("refuses what shows nothing", () => {
    expect(problemOf(figureOf({ kind: "table" }, { table: { rows: [] } }))).toContain("table has no rows");
    expect(problemOf(figureOf({ kind: "chart", marks: [] }))).toContain("drawing: no marks");
    expect(problemOf(figureOf({ kind: "chart", marks: [{ ...line, rows: [] }] }))).toContain("no mark has rows");
    expect(problemOf(figureOf({ kind: "images", images: [] }))).toContain("drawing: no images");
    expect(problemOf(figureOf({ kind: "text", text: "\n" }))).toContain("drawing: text is empty");
    expect(problemOf(figureOf({ kind: "frames", label: "t", frames: [] }))).toContain("drawing: no frames");
    expect(problemOf(figureOf({ kind: "plot" } as unknown as Drawing))).toContain('unknown kind "plot"');
  });

  it("refuses pictures that do not travel with the figure", () => {
    const images = [
      { source: "suspects/1.png", caption: "7" },
      { source: png, caption: "" },
    ];
    const text = problemOf(
      figureOf({ kind: "frames", label: "t", frames: [{ label: "1", drawing: { kind: "images", images } }] }),
    );
    expect(text).toContain(
      'drawing frame 1 image 1: source must be a data:image/png or data:image/svg+xml URI in base64; got "suspects/1.png"',
    );
    expect(text).toContain("drawing frame 1 image 2: caption is empty");
    expect(problemOf(figureOf({ kind: "svg", svg: "https://a.b/c.svg" }))).toContain('svg must begin with "<svg"');
  });
});
