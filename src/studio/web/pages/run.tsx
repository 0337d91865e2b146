import { useEffect, useMemo } from "preact/hooks";
import { formatDuration, formatTime } from "../../../lab/figures/quantities.ts";
import type { Figure, RunDetail, RunSeries, Series } from "../../api.ts";
import { Annotations } from "../parts/annotations.tsx";
import { FigureView } from "../parts/figure-view.tsx";
import { Gone, LoadError } from "../parts/load-error.tsx";
import { say, sayError } from "../parts/messages.tsx";
import { Artifacts, EventLog, Machine, Options } from "../parts/run-facts.tsx";
import { RunModels } from "../parts/run-models.tsx";
import { ScrollBox } from "../parts/scroll-box.tsx";
import { SeriesChart } from "../parts/series-chart.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { SystemUse } from "../parts/system-use.tsx";
import { ask } from "../state/api-client.ts";
import { formatValue } from "../state/format.ts";
import { useKeys } from "../state/keys.ts";
import { go } from "../state/route.ts";
import { groupSeries, joinSeries, seriesOfPoints } from "../state/series.ts";
import { useDecisions } from "../state/use-decisions.ts";
import { type Live, useLive } from "../state/use-live.ts";
import { useLoad } from "../state/use-load.ts";

/** Points of a series: more than a chart has pixels across. */
const pointsEach = 1200;
/** When so many points came live, the series are asked for anew, down-sampled. */
const mostLivePoints = 4000;

async function act(id: string, what: "cancel" | "resume", done: () => void): Promise<void> {
  try {
    await ask(`/runs/${id}/${what}`, { method: "POST" });
    say(what === "cancel" ? "Asked to stop after its step." : "Going on.");
  } catch (cause) {
    sayError(cause);
  }
  done();
}

async function remove(id: string): Promise<void> {
  // The page of the run would ask for it once more.
  go("/runs");
  try {
    await ask(`/runs/${id}`, { method: "DELETE" });
    const undo = () => void ask(`/runs/${id}/restore`, { method: "POST" }).then(() => go(`/runs/${id}`), sayError);
    say(`Removed ${id}.`, { label: "Undo", run: undo });
  } catch (cause) {
    sayError(cause);
  }
}

function Headlines({ run }: { readonly run: RunDetail }) {
  if (run.headlines.length === 0) return null;
  return (
    <dl class="headlines">
      {run.headlines.map(({ label, value, note, ...how }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{formatValue(value, how)}</dd>
          {note !== undefined && <dd class="muted note">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}

function Outcome({ run }: { readonly run: RunDetail }) {
  const { status, warnings } = run.record;
  return (
    <>
      {warnings.map((warning) => (
        <p key={warning} class="warning">
          {warning}
        </p>
      ))}
      {status.state === "done" && (
        <>
          <p class="prose">{status.outcome.summary}</p>
          {(status.outcome.next ?? []).map(({ command, why }) => (
            <p key={command} class="muted">
              Next: <code>{command}</code> {why}
            </p>
          ))}
        </>
      )}
      {status.state === "failed" && (
        <div class="problem" role="alert">
          <pre class="text">{status.error.message}</pre>
          {status.error.hint}
        </div>
      )}
    </>
  );
}

/** The series that were there when the page was opened, and what came since. */
function useSeries(
  id: string,
  attempts: number | undefined,
): { readonly live: Live; readonly series: readonly Series[] } {
  const { value: earlier, reload } = useLoad<RunSeries>(`/runs/${id}/series?points=${pointsEach}`);
  const live = useLive(id, { from: attempts === undefined ? undefined : earlier?.next, attempts });
  useEffect(() => {
    if (live.points.length > mostLivePoints) reload();
  }, [Math.floor(live.points.length / mostLivePoints)]);
  const series = useMemo(() => joinSeries(earlier?.series ?? [], seriesOfPoints(live.points)), [earlier, live.points]);
  return { live, series };
}

function Charts({ run, series }: { readonly run: RunDetail; readonly series: readonly Series[] }) {
  const groups = useMemo(() => groupSeries(series), [series]);
  if (groups.length === 0) return null;
  return (
    <section aria-labelledby="metrics-title">
      <h2 id="metrics-title">Metrics</h2>
      <div class="chart-grid">
        {groups.map(({ metric, lines }) => (
          <SeriesChart
            key={metric}
            metric={metric}
            lines={lines}
            declaration={run.declarations[metric]}
            stepName={run.stepName}
          />
        ))}
      </div>
      <ScrollBox label="Table of metrics">
        <table class="metrics">
          <caption>Best and last</caption>
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col">Better</th>
              <th scope="col">Best</th>
              <th scope="col">at {run.stepName}</th>
              <th scope="col">Last</th>
              <th scope="col">at {run.stepName}</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(run.metrics).map(([name, { direction, best, last }]) => {
              const how = run.declarations[name.slice(name.lastIndexOf("/") + 1)];
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{direction}</td>
                  <td class="number">{formatValue(best.value, how)}</td>
                  <td class="number">{best.step}</td>
                  <td class="number">{formatValue(last.value, how)}</td>
                  <td class="number">{last.step}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

function Actions({ run, reload }: { readonly run: RunDetail; readonly reload: () => void }) {
  const isRunning = run.state === "running";
  const canResume = !isRunning && run.state !== "done";
  const [instrument, verb] = run.job.split(" ");
  const fork = () => go(`/jobs/${instrument}/${verb}?from=${run.id}`);
  useKeys({
    c: isRunning ? () => void act(run.id, "cancel", reload) : undefined,
    r: canResume ? () => void act(run.id, "resume", reload) : undefined,
    f: fork,
  });
  return (
    <div class="actions">
      {isRunning && (
        <button type="button" onClick={() => void act(run.id, "cancel", reload)}>
          Cancel
        </button>
      )}
      {canResume && (
        <button type="button" class="primary" onClick={() => void act(run.id, "resume", reload)}>
          Resume
        </button>
      )}
      <button type="button" onClick={fork}>
        Start anew…
      </button>
      {!isRunning && (
        <>
          <a class="button" href={`/api/runs/${run.id}/report`} download={`${run.id}.html`}>
            Save report
          </a>
          {!run.id.includes("~") && (
            <button type="button" onClick={() => void remove(run.id)}>
              Remove
            </button>
          )}
        </>
      )}
    </div>
  );
}

/** A run: how far it is, what came out, every metric, figure and file, its recipe, its log. */
export function RunPage({ id }: { readonly id: string }) {
  const {
    value: run,
    error,
    isGone,
    reload,
  } = useLoad<RunDetail>(`/runs/${id}`, (now) => (now?.state === "running" ? 1000 : 5000));
  const attempts = run?.record.attempts.length;
  const { live, series } = useSeries(id, attempts);
  const figureCount = run?.record.figures.length ?? 0;
  const { value: figures, reload: reloadFigures } = useLoad<readonly Figure[]>(
    figureCount > 0 ? `/runs/${id}/figures` : undefined,
  );
  useEffect(reloadFigures, [figureCount, run?.state]);
  useEffect(reload, [live.isOver]);
  const decide = useDecisions(id);
  if (run === undefined) {
    return (
      <main id="main">
        <h1>{id}</h1>
        <LoadError error={error} isWaiting />
        {isGone && <a href="/runs">All runs</a>}
      </main>
    );
  }
  const { progress, state } = run;
  return (
    <main id="main" class="wide" key={String(attempts)}>
      <h1>{run.name ?? run.job}</h1>
      <p class="muted">
        <StateMark state={state} /> · {run.job} · begun {formatTime(run.created)} · {formatDuration(run.seconds)}
        {run.record.attempts.length > 1 && ` · ${run.record.attempts.length} attempts`}
      </p>
      {id.includes("~") && (
        <p class="muted">
          A trial of <a href={`/sweeps/${id.split("~")[0]}`}>{id.split("~")[0]}</a>
        </p>
      )}
      {isGone ? <Gone what="run" /> : <LoadError error={error} />}
      {state === "running" && !isGone && progress !== undefined && (
        <p class="progress" role="status">
          <progress
            value={progress.total === undefined ? undefined : progress.done}
            max={progress.total}
            aria-label="Progress"
          />
          {progress.label} {formatValue(Math.floor(progress.done))}
          {progress.total !== undefined && ` of ${formatValue(progress.total)}`} {progress.unit}
        </p>
      )}
      {!isGone && <Actions run={run} reload={reload} />}
      <Headlines run={run} />
      <Outcome run={run} />
      {state === "running" && <Charts run={run} series={series} />}
      {figures !== undefined && figures.length > 0 && (
        <section aria-labelledby="figures-title">
          <h2 id="figures-title">Figures</h2>
          {figures.map((figure) => (
            <FigureView key={figure.name} figure={figure} decide={decide} />
          ))}
        </section>
      )}
      {state !== "running" && <Charts run={run} series={series} />}
      <RunModels run={run} />
      <Artifacts run={run} />
      {!isGone && <Annotations id={id} />}
      <Options run={run} />
      <Machine run={run} />
      <SystemUse run={run} />
      <EventLog events={live.events} />
    </main>
  );
}
