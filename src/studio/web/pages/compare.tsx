import { useEffect, useMemo, useState } from "preact/hooks";
import { wordsOf } from "../../../lab/figures/quantities.ts";
import type { Cell, Figure, Row } from "../../../lab/index.ts";
import { flattenOptions, optionText } from "../../../lab/recipes/flatten-options.ts";
import type { RunDetail, RunSeries, Series } from "../../api.ts";
import { FigureView } from "../parts/figure-view.tsx";
import { LoadError } from "../parts/load-error.tsx";
import { SeriesChart } from "../parts/series-chart.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { ask, type RequestError } from "../state/api-client.ts";
import { formatValue } from "../state/format.ts";
import { groupSeries } from "../state/series.ts";

/** Points of a series in an overlay. */
const pointsEach = 400;

interface Compared {
  readonly run: RunDetail;
  readonly series: readonly Series[];
}

function useRuns(ids: readonly string[]): {
  readonly all: readonly Compared[] | undefined;
  readonly error: RequestError | undefined;
} {
  const [state, setState] = useState<{ all?: readonly Compared[]; error?: RequestError }>({});
  const wanted = ids.join(",");
  useEffect(() => {
    const load = async (id: string): Promise<Compared> => {
      const [run, { series }] = await Promise.all([
        ask<RunDetail>(`/runs/${id}`),
        ask<RunSeries>(`/runs/${id}/series?points=${pointsEach}`),
      ]);
      return { run, series };
    };
    Promise.all(
      wanted
        .split(",")
        .filter((id) => id !== "")
        .map(load),
    ).then(
      (all) => setState({ all }),
      (error) => setState({ error }),
    );
  }, [wanted]);
  return { all: state.all, error: state.error };
}

const cellOf = (value: unknown): Cell => (typeof value === "number" ? value : optionText(value));

const nameOf = ({ id, name }: RunDetail) => name ?? id;

/** A row for each run: its options that differ from another's, and the last and best of its metrics. */
function tableOf(all: readonly Compared[]): {
  readonly rows: readonly Row[];
  readonly options: readonly string[];
  readonly metrics: readonly string[];
} {
  const values = all.map(
    ({ run }) => new Map(flattenOptions(run.options).map(([path, value]) => [path, cellOf(value)])),
  );
  const names = [...new Set(values.flatMap((map) => [...map.keys()]))];
  const options = names.filter((name) => new Set(values.map((map) => map.get(name))).size > 1);
  const metrics = [...new Set(all.flatMap(({ run }) => Object.keys(run.metrics)))];
  const rows = all.map(({ run }, i) => ({
    run: nameOf(run),
    ...Object.fromEntries(options.map((name) => [name, values[i].get(name) ?? null])),
    ...Object.fromEntries(metrics.map((name) => [name, run.metrics[name]?.best.value ?? null])),
  }));
  return { rows, options, metrics };
}

function scatter(rows: readonly Row[], x: string, y: string): Figure {
  const known = rows.filter((row) => row[x] !== null && row[y] !== null);
  return {
    name: "scatter",
    title: `${wordsOf(y)} against ${wordsOf(x)}`,
    summary: `${known.length} runs; the best value of ${y} for each value of ${x}.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "dot", channels: { x, y, title: "run" }, options: { r: 5 } }],
      x: { label: x },
      y: { label: y, grid: true },
    },
    table: { rows: known },
  };
}

/** Every option and metric as a place along the way of a line for each run; values by their rank among the runs. */
function parallel(rows: readonly Row[], names: readonly string[]): Figure {
  const ranks = names.flatMap((name) => {
    const sorted = [...new Set(rows.map((row) => row[name]))].sort((a, b) =>
      typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : 1,
    );
    return rows.map((row) => ({
      run: row.run,
      what: name,
      rank: sorted.length < 2 ? 0.5 : sorted.indexOf(row[name]) / (sorted.length - 1),
      value: String(row[name]),
    }));
  });
  return {
    name: "parallel",
    title: "Options and metrics of each run",
    summary: `${rows.length} runs over ${names.length} options and metrics, each from its lowest (0) to its highest (1) value.`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "line", channels: { x: "what", y: "rank", z: "run", stroke: "run" } },
        { mark: "dot", channels: { x: "what", y: "rank", fill: "run", title: "value" } },
      ],
      x: { type: "point", domain: names, label: "" },
      y: { label: "rank" },
    },
    table: { rows: ranks },
  };
}

function Select({
  label,
  value,
  choices,
  change,
}: {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly string[];
  readonly change: (value: string) => void;
}) {
  return (
    <label>
      <span class="label">{label}</span>
      <select value={value} onChange={(event) => change(event.currentTarget.value)}>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    </label>
  );
}

function Comparison({ all }: { readonly all: readonly Compared[] }) {
  const { rows, options, metrics } = useMemo(() => tableOf(all), [all]);
  const [x, setX] = useState(options[0] ?? "run");
  const [y, setY] = useState(metrics[0] ?? "");
  const groups = useMemo(() => {
    const named = all.flatMap(({ run, series }) =>
      series.map((line) => ({ ...line, name: `${nameOf(run)}: ${line.name}`, metric: line.name })),
    );
    const metricNames = [...new Set(named.map(({ metric }) => metric))];
    return metricNames.map((metric) => ({
      ...groupSeries(named.filter((line) => line.metric === metric))[0],
      lines: named.filter((line) => line.metric === metric),
      metric,
    }));
  }, [all]);
  const declarations = Object.assign({}, ...all.map(({ run }) => run.declarations)) as RunDetail["declarations"];
  return (
    <>
      <section aria-labelledby="table-title">
        <h2 id="table-title">Where they differ</h2>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls by keys */}
        <div class="scroll" tabIndex={0} role="region" aria-label="Comparison">
          <table>
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col">State</th>
                {options.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
                {metrics.map((name) => (
                  <th key={name} scope="col">
                    {name}, best · last
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {all.map(({ run }, i) => (
                <tr key={run.id}>
                  <th scope="row">
                    <a href={`/runs/${run.id}`}>{nameOf(run)}</a>
                  </th>
                  <td>
                    <StateMark state={run.state} />
                  </td>
                  {options.map((name) => (
                    <td key={name}>{String(rows[i][name] ?? "–")}</td>
                  ))}
                  {metrics.map((name) => {
                    const how = declarations[name.slice(name.lastIndexOf("/") + 1)];
                    const metric = run.metrics[name];
                    return (
                      <td key={name} class="number">
                        {formatValue(metric?.best.value, how)} · {formatValue(metric?.last.value, how)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section aria-labelledby="overlay-title">
        <h2 id="overlay-title">Metrics</h2>
        <div class="chart-grid">
          {groups.map(({ metric, lines }) => (
            <SeriesChart
              key={metric}
              metric={metric}
              lines={lines}
              declaration={declarations[metric.slice(metric.lastIndexOf("/") + 1)]}
              stepName="step"
            />
          ))}
        </div>
      </section>
      {metrics.length > 0 && (
        <section aria-labelledby="scatter-title">
          <h2 id="scatter-title">Options against metrics</h2>
          <div class="tools">
            <Select label="Across" value={x} choices={["run", ...options]} change={setX} />
            <Select label="Up" value={y} choices={metrics} change={setY} />
          </div>
          <FigureView figure={scatter(rows, x, y)} />
          {options.length + metrics.length > 1 && <FigureView figure={parallel(rows, [...options, ...metrics])} />}
        </section>
      )}
    </>
  );
}

/** Runs side by side: what they were given, what came out, their series over another. */
export function ComparePage({ ids }: { readonly ids: readonly string[] }) {
  const { all, error } = useRuns(ids);
  return (
    <main id="main" class="wide">
      <h1>Compare {ids.length} runs</h1>
      <LoadError error={error} />
      {all !== undefined && all.length > 0 && <Comparison all={all} />}
      {ids.length === 0 && (
        <p>
          Choose runs in the <a href="/runs">table</a> first.
        </p>
      )}
    </main>
  );
}
