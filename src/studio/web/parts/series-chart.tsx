import { useEffect, useMemo, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { wordsOf } from "../../../lab/figures/quantities.ts";
import type { MetricDeclaration } from "../../../lab/index.ts";
import type { Series } from "../../api.ts";
import { formatValue } from "../state/format.ts";
import { useSeen } from "../state/use-seen.ts";
import { useTheme } from "../state/use-theme.ts";

/** Okabe–Ito without yellow, which is too pale on white. */
const colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#777777"];
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 4], [12, 4]];
/** No two of 49 lines have colour and dash alike. */
const dashOf = (line: number) => dashes[(line + Math.floor(line / colors.length)) % dashes.length];
const height = 220;
/** Between marks of the steps, which are whole. */
const wholeSteps = Array.from({ length: 13 }, (_, i) => [1, 2, 5].map((x) => x * 10 ** i)).flat();

/** All series over the steps of any of them. */
function aligned(lines: readonly Series[]): uPlot.AlignedData {
  const steps = [...new Set(lines.flatMap(({ points }) => points.map(([step]) => step)))].sort((a, b) => a - b);
  const place = new Map(steps.map((step, i) => [step, i]));
  const columns = lines.map(({ points }) => {
    const column = new Array<number | null | undefined>(steps.length).fill(undefined);
    for (const [step, value] of points) column[place.get(step) as number] = value;
    return column;
  });
  return [steps, ...columns];
}

function sentence(title: string, lines: readonly Series[], declaration: MetricDeclaration | undefined): string {
  const parts = lines.slice(0, 6).map(({ name, points }) => {
    const values = points.flatMap(([, value]) => value ?? []);
    const best = declaration?.direction === "higher" ? Math.max(...values) : Math.min(...values);
    const last = values.at(-1);
    const who = lines.length === 1 ? "" : `${name}: `;
    return values.length === 0
      ? `${who}no value`
      : `${who}last ${formatValue(last, declaration)}, best ${formatValue(best, declaration)}`;
  });
  return `${title}: ${parts.join("; ")}${lines.length > 6 ? `; and ${lines.length - 6} more` : ""}.`;
}

interface SeriesChartProps {
  readonly metric: string;
  readonly lines: readonly Series[];
  readonly declaration: MetricDeclaration | undefined;
  readonly stepName: string;
}

/** A metric over steps, live: lines told apart by colour and dash, a sentence and a table for those who do not see them. */
export function SeriesChart({ metric, lines, declaration, stepName }: SeriesChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const theme = useTheme();
  const isSeen = useSeen(box);
  const data = useMemo(() => aligned(lines), [lines]);
  const latest = useRef(data);
  latest.current = data;
  // A run that goes on is told anew each second, with declarations that are the same.
  const declared = JSON.stringify(declaration);
  const title = declaration?.label ?? wordsOf(metric);
  const names = lines.map(({ name }) => name).join("\n");
  useEffect(() => {
    const element = box.current;
    if (element === null || !isSeen) return undefined;
    let isGone = false;
    // Paper is white whatever the page is: print turns what was drawn for dark.
    element.dataset.drawn = theme;
    const { color, borderTopColor } = getComputedStyle(element);
    const axis = { stroke: color, grid: { stroke: borderTopColor, width: 1 }, ticks: { stroke: borderTopColor } };
    const format = (_: unknown, values: readonly number[]) => values.map((value) => formatValue(value, declaration));
    void import("./uplot.ts").then(({ UPlot }) => {
      if (isGone) return;
      chart.current = new UPlot(
        {
          ...{ width: element.clientWidth, height },
          scales: { x: { time: false } },
          axes: [
            { ...axis, incrs: wholeSteps },
            { ...axis, size: 66, values: format },
          ],
          legend: { show: names.includes("\n") },
          series: [
            { label: stepName },
            ...names.split("\n").map((name, i) => ({
              ...{
                label: name,
                stroke: colors[i % colors.length],
                dash: dashOf(i),
                width: 1.6,
                spanGaps: true,
              },
              value: (_: unknown, value: number | null) => formatValue(value, declaration),
            })),
          ],
        },
        latest.current,
        element,
      );
    });
    const fit = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height }));
    fit.observe(element);
    return () => {
      isGone = true;
      fit.disconnect();
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [isSeen, names, theme, declared, stepName]);
  useEffect(() => chart.current?.setData(data), [data]);
  const summary = sentence(title, lines, declaration);
  return (
    <figure class="series">
      <figcaption>
        <strong>{title}</strong>{" "}
        {declaration !== undefined && <span class="muted">{declaration.direction} is better</span>}
      </figcaption>
      <div ref={box} class="plot" style={{ minHeight: `${height}px` }} role="img" aria-label={summary} />
      <p class="summary">{summary}</p>
    </figure>
  );
}
