import { useMemo, useState } from "preact/hooks";
import { formatDuration } from "../../../lab/figures/quantities.ts";
import type { SweepDetail, TrialRow } from "../../api.ts";
import { formatValue } from "../state/format.ts";
import { go } from "../state/route.ts";
import { ScrollBox } from "./scroll-box.tsx";
import { StateMark } from "./state-mark.tsx";

/** Trials that are compared at once at most. */
const mostCompared = 50;

type Direction = "ascending" | "descending";

function valueFor(trial: TrialRow, by: string): string | number {
  return (trial.options[by] as string | number) ?? trial.metrics[by]?.best.value ?? Number.POSITIVE_INFINITY;
}

const showOption = (value: TrialRow["options"][string] | undefined) =>
  typeof value === "boolean" ? String(value) : formatValue(value);

function sorted(trials: readonly TrialRow[], by: string, direction: Direction): readonly TrialRow[] {
  if (by === "") return trials;
  const sign = direction === "ascending" ? 1 : -1;
  return [...trials].sort((a, b) => {
    const [x, y] = [valueFor(a, by), valueFor(b, by)];
    return x < y ? -sign : x > y ? sign : 0;
  });
}

/** The trials of a sweep: their options and best values, sorted by a column, chosen for comparing. */
export function TrialTable({ sweep }: { readonly sweep: SweepDetail }) {
  const { trials, varied, declarations } = sweep;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [{ by, direction }, setOrder] = useState<{ by: string; direction: Direction }>({
    by: "",
    direction: "ascending",
  });
  const metrics = useMemo(() => [...new Set(trials.flatMap((trial) => Object.keys(trial.metrics)))], [trials]);
  const rows = useMemo(() => sorted(trials, by, direction), [trials, by, direction]);
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const heading = (name: string, text: string) => (
    <th key={name} scope="col" aria-sort={by === name ? direction : "none"}>
      <button
        type="button"
        class="quiet"
        onClick={() =>
          setOrder({ by: name, direction: by === name && direction === "ascending" ? "descending" : "ascending" })
        }
      >
        {text}
        {by === name && (direction === "ascending" ? " ↑" : " ↓")}
      </button>
    </th>
  );
  const compared = [...chosen].map(encodeURIComponent).join(",");
  return (
    <section aria-labelledby="trials-title">
      <h2 id="trials-title">Trials</h2>
      <div class="actions">
        <button
          type="button"
          disabled={chosen.size < 2 || chosen.size > mostCompared}
          onClick={() => go(`/compare?runs=${compared}`)}
        >
          Compare {chosen.size > 0 ? chosen.size : ""}
        </button>
      </div>
      <ScrollBox label="Table of trials">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="hidden">Choose</span>
              </th>
              <th scope="col">Trial</th>
              <th scope="col">State</th>
              {varied.map((name) => heading(name, name))}
              {metrics.map((name) => heading(name, `${name}, best`))}
              <th scope="col">Took</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, state, options, metrics: measured, seconds, progress }) => {
              const name = id.slice(id.indexOf("~") + 1);
              const has = state !== "waiting";
              return (
                <tr key={id}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`Choose ${name}`}
                      checked={chosen.has(id)}
                      disabled={!has}
                      onChange={() => toggle(id)}
                    />
                  </td>
                  <th scope="row">{has ? <a href={`/runs/${id}`}>{name}</a> : name}</th>
                  <td>
                    {state === "waiting" ? <span class="muted">waiting</span> : <StateMark state={state} />}
                    {state === "running" && progress?.total !== undefined && (
                      <progress value={progress.done} max={progress.total} aria-label={`Progress of ${name}`} />
                    )}
                  </td>
                  {varied.map((option) => (
                    <td key={option}>{showOption(options[option])}</td>
                  ))}
                  {metrics.map((metric) => (
                    <td key={metric} class="number">
                      {formatValue(
                        measured[metric]?.best.value,
                        declarations[metric.slice(metric.lastIndexOf("/") + 1)],
                      )}
                    </td>
                  ))}
                  <td class="number">{seconds === undefined ? "–" : formatDuration(seconds)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}
