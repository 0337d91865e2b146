import { useEffect, useMemo, useState } from "preact/hooks";
import { compareRuns, namesOf, parallelFigure, scatterFigure } from "../../../lab/figures/comparison.ts";
import type { RunDetail, RunSeries, Series } from "../../api.ts";
import { FigureView } from "../parts/figure-view.tsx";
import { LoadError } from "../parts/load-error.tsx";
import { Select } from "../parts/select.tsx";
import { SeriesChart } from "../parts/series-chart.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { ask, type RequestError } from "../state/api-client.ts";
import { formatValue } from "../state/format.ts";
import { comparedSeries } from "../state/series.ts";

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
      const [run, { series }] = await Promise.all([ask<RunDetail>(`/runs/${id}`), ask<RunSeries>(comparedSeries(id))]);
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

function Comparison({ all }: { readonly all: readonly Compared[] }) {
  const comparison = useMemo(() => compareRuns(all.map(({ run }) => run)), [all]);
  const names = useMemo(() => namesOf(all.map(({ run }) => run)), [all]);
  const { rows, options, metrics } = comparison;
  const [x, setX] = useState(options[0] ?? "run");
  const [y, setY] = useState(metrics[0] ?? "");
  const groups = useMemo(() => {
    const byMetric = new Map<string, Series[]>();
    for (const [i, { series }] of all.entries()) {
      for (const line of series) {
        byMetric.set(line.name, [...(byMetric.get(line.name) ?? []), { ...line, name: names[i] }]);
      }
    }
    return [...byMetric].map(([metric, lines]) => ({ metric, lines }));
  }, [all]);
  const stepNames = new Set(all.map(({ run }) => run.stepName));
  const declarations = Object.assign({}, ...all.map(({ run }) => run.declarations)) as RunDetail["declarations"];
  const query = new URLSearchParams({ runs: all.map(({ run }) => run.id).join(","), x, y });
  return (
    <>
      <div class="actions">
        <a class="button" href={`/api/comparisons/report?${query}`} download="comparison.html">
          Save as one HTML file
        </a>
      </div>
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
                    <a href={`/runs/${run.id}`}>{names[i]}</a>
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
              stepName={stepNames.size === 1 ? all[0].run.stepName : "step"}
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
          <FigureView figure={scatterFigure(comparison, x, y)} />
          {options.length + metrics.length > 1 && <FigureView figure={parallelFigure(comparison)} />}
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
      <LoadError error={error} isWaiting={all === undefined && ids.length > 0} />
      {all !== undefined && all.length > 0 && <Comparison all={all} />}
      {ids.length === 0 && (
        <p>
          Choose runs in the <a href="/runs">table</a> first.
        </p>
      )}
    </main>
  );
}
