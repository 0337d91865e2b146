import { useEffect, useRef, useState } from "preact/hooks";
import { formatDuration, wordsOf } from "../../../lab/figures/quantities.ts";
import type { RunRow } from "../../api.ts";
import { formatAge, formatValue } from "../state/format.ts";
import { go, setQuery } from "../state/route.ts";
import { mainMetric, type Sorting } from "../state/run-list.ts";
import { StateMark } from "./state-mark.tsx";

/** Pixels of a row: all the same, so that the rows out of sight need not be there. */
const rowHeight = 38;
/** Rows that are there beyond what is seen. */
const spare = 8;

const columns: readonly (readonly [string, string])[] = [
  ["job", "Job"],
  ["name", "Name"],
  ["state", "State"],
  ["created", "Begun"],
  ["seconds", "Time"],
  ["best", "Best"],
  ["last", "Last"],
  ["tags", "Tags"],
];

function MetricCell({ row, which }: { readonly row: RunRow; readonly which: "best" | "last" }) {
  const name = mainMetric(row);
  if (name === undefined) return <span class="muted">–</span>;
  const { direction, ...measured } = row.metrics[name];
  return (
    <span title={`${name}, ${direction} is better`}>
      {formatValue(measured[which].value)}{" "}
      {which === "best" && <span class="muted">{`${direction === "higher" ? "↑" : "↓"} ${wordsOf(name)}`}</span>}
    </span>
  );
}

function Progress({ row }: { readonly row: RunRow }) {
  const { progress, state } = row;
  if (state !== "running" || progress?.total === undefined) return null;
  return <progress value={progress.done} max={progress.total} aria-label="Progress" />;
}

/** Stands for rows that are out of sight. */
function Gap({ height }: { readonly height: number }) {
  return (
    <tr>
      <td colSpan={columns.length + 1} style={{ height: `${height}px`, padding: 0, border: 0 }} />
    </tr>
  );
}

interface RunTableProps {
  readonly rows: readonly RunRow[];
  readonly chosen: ReadonlySet<string>;
  /** The row that keys act on. */
  readonly cursor: number;
  readonly sorting: Sorting;
  readonly toggle: (row: RunRow) => void;
}

/** The table of runs; only the rows in sight are in the page. */
export function RunTable({ rows, chosen, cursor, sorting, toggle }: RunTableProps) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 700 });
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const measure = () => setSeen({ top: element.scrollTop, height: element.clientHeight });
    element.addEventListener("scroll", measure, { passive: true });
    const fit = new ResizeObserver(measure);
    fit.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      fit.disconnect();
    };
  }, []);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    // Whoever moves the cursor goes on from here: Enter opens.
    if (cursor > 0 && document.activeElement === document.body) element.focus({ preventScroll: true });
    const top = cursor * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    const bottom = element.scrollTop + element.clientHeight - 2 * rowHeight;
    if (top > bottom) element.scrollTop = top - element.clientHeight + 2 * rowHeight;
  }, [cursor]);
  const first = Math.max(0, Math.floor(seen.top / rowHeight) - spare);
  const end = Math.min(rows.length, Math.ceil((seen.top + seen.height) / rowHeight) + spare);
  const sortBy = (by: string) =>
    setQuery({ sort: by, order: sorting.by === by && sorting.isDescending ? "up" : undefined });
  const open = (event: KeyboardEvent) => {
    if (event.key === "Enter" && rows[cursor] !== undefined && event.target === box.current)
      go(`/runs/${rows[cursor].id}`);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the box scrolls, and keys move within it
    <div class="table-box" ref={box} tabIndex={0} role="region" aria-label="Runs" onKeyDown={open}>
      <table class="runs" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">
              <span class="hidden">Choose</span>
            </th>
            {columns.map(([by, title]) => (
              <th
                key={by}
                scope="col"
                aria-sort={sorting.by === by ? (sorting.isDescending ? "descending" : "ascending") : undefined}
              >
                <button type="button" class="quiet" onClick={() => sortBy(by)}>
                  {title} {sorting.by === by ? (sorting.isDescending ? "↓" : "↑") : ""}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Gap height={first * rowHeight} />}
          {rows.slice(first, end).map((row, i) => (
            <tr
              key={row.id}
              aria-rowindex={first + i + 2}
              class={first + i === cursor ? "cursor" : ""}
              style={{ height: `${rowHeight}px` }}
            >
              <td>
                <input
                  type="checkbox"
                  aria-label={`Choose ${row.id}`}
                  checked={chosen.has(row.id)}
                  onChange={() => toggle(row)}
                />
              </td>
              <td>
                <a href={`/runs/${row.id}`}>{row.job}</a>
              </td>
              <td>{row.name ?? ""}</td>
              <td>
                <StateMark state={row.state} /> <Progress row={row} />
              </td>
              <td title={row.created}>{formatAge(row.created)}</td>
              <td class="number">{formatDuration(row.seconds)}</td>
              <td>
                <MetricCell row={row} which="best" />
              </td>
              <td>
                <MetricCell row={row} which="last" />
              </td>
              <td>{row.tags.join(", ")}</td>
            </tr>
          ))}
          {end < rows.length && <Gap height={(rows.length - end) * rowHeight} />}
        </tbody>
      </table>
    </div>
  );
}
