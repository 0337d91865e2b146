import { useEffect, useRef, useState } from "preact/hooks";
import { columnsOf, headingOf } from "../../../lab/figures/columns.ts";
import type { Chart, DataTable, Drawing, Figure, SvgDrawing } from "../../../lab/index.ts";
import { formatValue } from "../state/format.ts";
import { useSeen } from "../state/use-seen.ts";
import { ScrollBox } from "./scroll-box.tsx";
import { SuspectSheet } from "./suspect-sheet.tsx";
import { VolumeFigure } from "./volume-figure.tsx";

/** Rows of a table that are in the page at first. */
const firstRows = 50;

function FigureTable({ table, title }: { readonly table: DataTable; readonly title: string }) {
  const [shown, setShown] = useState(firstRows);
  const columns = columnsOf(table);
  return (
    <>
      <ScrollBox label={`Data: ${title}`}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.name} scope="col">
                  {headingOf(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.slice(0, shown).map((row, i) => (
              <tr key={String(i)}>
                {columns.map(({ name, digits }) => (
                  <td key={name} class={typeof row[name] === "number" ? "number" : ""}>
                    {formatValue(
                      typeof row[name] === "boolean" ? String(row[name]) : (row[name] as number | string | null),
                      { digits },
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {table.rows.length > shown && (
        <button type="button" onClick={() => setShown(table.rows.length)}>
          Show all {table.rows.length} rows
        </button>
      )}
    </>
  );
}

/** A chart or drawing, made when it comes into sight. */
function Drawn({ drawing, figure }: { readonly drawing: Chart | SvgDrawing; readonly figure: Figure }) {
  const box = useRef<HTMLDivElement>(null);
  const isSeen = useSeen(box);
  useEffect(() => {
    if (!isSeen || box.current === null) return undefined;
    let isGone = false;
    void import("../../../lab/figures/chart.ts").then(({ renderChart }) => {
      if (isGone || box.current === null) return;
      const { name, title, summary, table } = figure;
      box.current.innerHTML =
        drawing.kind === "svg" ? drawing.svg : renderChart(drawing, table, { name, title, summary });
      // The picture as a whole has a name; labels of its parts would be told twice.
      for (const part of box.current.querySelectorAll("svg [aria-label]")) part.removeAttribute("aria-label");
    });
    return () => {
      isGone = true;
    };
  }, [isSeen, drawing, figure]);
  return <div ref={box} class="drawing" style={isSeen ? undefined : { minHeight: "320px" }} />;
}

type Frame = Extract<Drawing, { kind: "frames" }>["frames"][number];

/** The frames over one set of scales, so that what moves is the data; as they are until the scales are known. */
function useSharedScales(frames: readonly Frame[], table: DataTable): readonly Frame[] {
  const [shared, setShared] = useState(frames);
  useEffect(() => {
    let isGone = false;
    void import("../../../lab/figures/shared-scales.ts").then(({ withSharedScales }) => {
      const charts = frames.flatMap(({ drawing }) => (drawing.kind === "chart" ? [drawing] : []));
      const scaled = withSharedScales(charts, table);
      const drawingOf = ({ drawing }: Frame) => (drawing.kind === "chart" ? scaled[charts.indexOf(drawing)] : drawing);
      if (!isGone) setShared(frames.map((frame) => ({ ...frame, drawing: drawingOf(frame) })));
    });
    return () => {
      isGone = true;
    };
  }, [frames, table]);
  return shared.length === frames.length ? shared : frames;
}

function Slider({
  drawing,
  figure,
  decide,
}: {
  readonly drawing: Extract<Drawing, { kind: "frames" }>;
  readonly figure: Figure;
  readonly decide: DecideProps | undefined;
}) {
  const [at, setAt] = useState(0);
  const frames = useSharedScales(drawing.frames, figure.table);
  const frame = frames[at];
  return (
    <>
      <label class="slider">
        <span>
          {drawing.label}: <strong>{frame.label}</strong>
        </span>
        <input
          type="range"
          min="0"
          max={drawing.frames.length - 1}
          value={at}
          aria-valuetext={frame.label}
          onInput={(event) => setAt(Number(event.currentTarget.value))}
        />
      </label>
      <DrawingView drawing={frame.drawing} figure={figure} decide={decide} />
    </>
  );
}

/** What decisions about pictures need. */
export interface DecideProps {
  readonly decisions: Readonly<Record<string, "confirm" | "reject">>;
  readonly change: (id: string, decision: "confirm" | "reject" | undefined) => void;
}

function DrawingView({
  drawing,
  figure,
  decide,
}: {
  readonly drawing: Drawing;
  readonly figure: Figure;
  readonly decide: DecideProps | undefined;
}) {
  switch (drawing.kind) {
    case "chart":
    case "svg":
      return <Drawn drawing={drawing} figure={figure} />;
    case "images":
      return <SuspectSheet sheet={drawing} decide={decide} />;
    case "text":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys
        <pre class="text" tabIndex={0} role="region" aria-label={figure.title}>
          {drawing.text}
        </pre>
      );
    case "frames":
      return <Slider drawing={drawing} figure={figure} decide={decide} />;
    case "volume":
      return <VolumeFigure volume={drawing} figure={figure} />;
    case "table":
      return null;
  }
}

function download(name: string, type: string, content: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function csvOf(table: DataTable): string {
  const columns = columnsOf(table).map(({ name }) => name);
  const cell = (value: unknown) => {
    const text = value === null || value === undefined ? "" : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${[columns, ...table.rows.map((row) => columns.map((name) => row[name]))].map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

/** The figure's picture as SVG that stands alone, or as PNG at twice the size. */
async function savePicture(figure: Figure, as: "svg" | "png"): Promise<void> {
  if (figure.drawing.kind !== "chart") return;
  const { renderChart } = await import("../../../lab/figures/chart.ts");
  const { name, title, summary, table } = figure;
  const svg = renderChart(figure.drawing, table, { name, title, summary, theme: "light" });
  if (as === "svg") return download(`${name}.svg`, "image/svg+xml", svg);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * image.width, height: 2 * image.height });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const link = Object.assign(document.createElement("a"), {
    href: canvas.toDataURL("image/png"),
    download: `${name}.png`,
  });
  link.click();
}

/** A figure: title, picture, the sentence that says what is to be seen, and its numbers. */
export function FigureView({ figure, decide }: { readonly figure: Figure; readonly decide?: DecideProps }) {
  const { name, title, summary, drawing, table } = figure;
  return (
    <figure class="figure" id={`figure-${name}`}>
      <h3>{title}</h3>
      <DrawingView drawing={drawing} figure={figure} decide={decide} />
      <figcaption>{summary}</figcaption>
      <div class="actions">
        {drawing.kind === "chart" && (
          <>
            <button type="button" class="quiet" onClick={() => void savePicture(figure, "svg")}>
              SVG
            </button>
            <button type="button" class="quiet" onClick={() => void savePicture(figure, "png")}>
              PNG
            </button>
          </>
        )}
        <button type="button" class="quiet" onClick={() => download(`${name}.csv`, "text/csv", csvOf(table))}>
          CSV
        </button>
      </div>
      {drawing.kind === "table" ? (
        <FigureTable table={table} title={title} />
      ) : (
        <details>
          <summary>Data, {table.rows.length} rows</summary>
          <FigureTable table={table} title={title} />
        </details>
      )}
    </figure>
  );
}
