import { useMemo, useState } from "preact/hooks";
import { compareRuns, gridFigure, parallelFigure, scatterFigure } from "../../../lab/figures/comparison.ts";
import { formatDuration, formatTime } from "../../../lab/figures/quantities.ts";
import type { SweepDetail } from "../../api.ts";
import { FigureView } from "../parts/figure-view.tsx";
import { Gone, LoadError } from "../parts/load-error.tsx";
import { say, sayError } from "../parts/messages.tsx";
import { Select } from "../parts/select.tsx";
import { SweepProgress } from "../parts/sweep-progress.tsx";
import { TrialTable } from "../parts/trial-table.tsx";
import { ask } from "../state/api-client.ts";
import { useKeys } from "../state/keys.ts";
import { useLoad } from "../state/use-load.ts";

/** What the options were given: lists, and ranges that values were drawn from. */
function Plan({ plan }: Pick<SweepDetail, "plan">) {
  const { grid, random, trials, seed } = plan;
  return (
    <dl class="plan">
      {Object.entries(grid).map(([name, values]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{values.join(", ")}</dd>
        </div>
      ))}
      {Object.entries(random).map(([name, choice]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {Array.isArray(choice)
              ? `drawn from ${choice.join(", ")}`
              : `drawn from ${choice.from} … ${choice.to}${choice.scale === "log" ? ", logarithmically" : ""}${choice.whole ? ", whole" : ""}`}
            <span class="muted">
              {" "}
              {trials} times, seed {seed}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The trials' results over the options: points or a map, and parallel coordinates. */
function Results({ sweep }: { readonly sweep: SweepDetail }) {
  const { trials, varied } = sweep;
  const comparison = useMemo(() => {
    const begun = trials.filter(({ metrics }) => Object.keys(metrics).length > 0);
    const called = (options: object) =>
      Object.entries(options)
        .map(([name, value]) => `${name} ${value}`)
        .join(", ");
    return compareRuns(begun.map(({ id, options, metrics }) => ({ id, name: called(options), options, metrics })));
  }, [trials]);
  const [x, setX] = useState(varied[0]);
  const [y, setY] = useState(varied[1] ?? "");
  const [metric, setMetric] = useState("");
  const shown = comparison.metrics.includes(metric) ? metric : comparison.metrics[0];
  if (shown === undefined) return <p class="muted">No trial has measured anything yet.</p>;
  const over =
    y === "" || y === x ? scatterFigure(comparison, x, shown) : gridFigure(comparison, { x, y, metric: shown });
  return (
    <section aria-labelledby="results-title">
      <h2 id="results-title">Options against metrics</h2>
      <div class="tools">
        <Select label="Metric" value={shown} choices={comparison.metrics} change={setMetric} />
        <Select label="Across" value={x} choices={varied} change={setX} />
        {varied.length > 1 && <Select label="Up" value={y} choices={["", ...varied]} change={setY} />}
      </div>
      <FigureView figure={over} />
      <FigureView figure={parallelFigure({ ...comparison, options: varied })} />
    </section>
  );
}

async function act(id: string, what: "cancel" | "resume", done: () => void): Promise<void> {
  try {
    await ask(`/sweeps/${id}/${what}`, { method: "POST" });
    say(what === "cancel" ? "Asked to stop after the running trials' step." : "Going on.");
    done();
  } catch (cause) {
    sayError(cause);
  }
}

/** A sweep: what varies, how far it is, its trials, and what came out over the options. */
export function SweepPage({ id }: { readonly id: string }) {
  const { value: sweep, error, isGone, reload } = useLoad<SweepDetail>(`/sweeps/${id}`, 2000);
  const isGoing = sweep?.isGoing === true && !isGone;
  const isLeft = sweep !== undefined && !isGoing && !isGone && (sweep.states.done ?? 0) < sweep.total;
  useKeys({
    ...(isGoing ? { c: () => void act(id, "cancel", reload) } : {}),
    ...(isLeft ? { r: () => void act(id, "resume", reload) } : {}),
  });
  if (sweep === undefined) {
    return (
      <main id="main">
        <h1>{id}</h1>
        <LoadError error={error} isWaiting />
        {isGone && <a href="/sweeps">All sweeps</a>}
      </main>
    );
  }
  const seconds = sweep.trials.reduce((sum, trial) => sum + (trial.seconds ?? 0), 0);
  return (
    <main id="main" class="wide">
      <h1>{id}</h1>
      <p class="muted">
        {sweep.job} · begun {formatTime(sweep.created)} · {formatDuration(seconds)} of trials
      </p>
      {isGone ? <Gone what="sweep" /> : <LoadError error={error} />}
      <p class="progress" role="status">
        <SweepProgress sweep={sweep} />
      </p>
      <div class="actions">
        {isGoing && (
          <button type="button" onClick={() => void act(id, "cancel", reload)}>
            Cancel
          </button>
        )}
        {isLeft && (
          <>
            <button type="button" class="primary" onClick={() => void act(id, "resume", reload)}>
              Resume
            </button>
            <p class="muted">
              No trial is begun now. On the command line: <code>orrery sweep {sweep.folder}</code>
            </p>
          </>
        )}
      </div>
      <section aria-labelledby="plan-title">
        <h2 id="plan-title">What varies</h2>
        <Plan plan={sweep.plan} />
      </section>
      <TrialTable sweep={sweep} />
      <Results sweep={sweep} />
    </main>
  );
}
