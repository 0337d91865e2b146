import type { InstrumentInfo, RunPage } from "../../api.ts";
import { InstrumentPicture } from "../parts/instrument-picture.tsx";
import { LoadError } from "../parts/load-error.tsx";
import { StateMark } from "../parts/state-mark.tsx";
import { formatAge, formatValue } from "../state/format.ts";
import { useLoad } from "../state/use-load.ts";

const jobAddress = (job: string) => `/jobs/${job.split(" ").join("/")}`;

function LastRun({ runs, instrument }: { readonly runs: RunPage | undefined; readonly instrument: string }) {
  if (runs === undefined) return null;
  const run = runs.rows.find(({ job }) => job.startsWith(`${instrument} `));
  if (run === undefined) return <p class="muted">Not run yet.</p>;
  const [headline] = run.headlines;
  return (
    <p class="muted">
      Last: <a href={`/runs/${run.id}`}>{run.name ?? run.job}</a>, <StateMark state={run.state} />,{" "}
      {formatAge(run.created)}
      {headline !== undefined && `, ${headline.label}: ${formatValue(headline.value, headline)}`}
    </p>
  );
}

/** The instruments: what one brings and gets, their jobs, their last run. */
export function HomePage() {
  const { value: instruments, error } = useLoad<readonly InstrumentInfo[]>("/instruments");
  const { value: runs } = useLoad<RunPage>("/runs", 4000);
  return (
    <main id="main">
      <h1>Instruments</h1>
      <p class="lead">Choose what to do. Most jobs also run as they are, on data that comes with them.</p>
      <LoadError error={error} isWaiting={instruments === undefined} />
      <ul class="cards">
        {instruments?.map(({ name, title, brings, gets, jobs }) => (
          <li key={name} class="card">
            <InstrumentPicture name={name} />
            <h2>{title}</h2>
            <dl class="brings">
              <dt>Bring</dt>
              <dd>{brings}</dd>
              <dt>Get</dt>
              <dd>{gets}</dd>
            </dl>
            <ul class="jobs" aria-label={`Jobs of ${name}`}>
              {jobs.map((job) => (
                <li key={job.name}>
                  <a href={jobAddress(job.name)}>{job.name}</a>
                  <span class="muted"> {job.summary}</span>
                </li>
              ))}
            </ul>
            <LastRun runs={runs} instrument={name} />
          </li>
        ))}
      </ul>
    </main>
  );
}
