import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatDuration, formatQuantity } from "../../../lab/figures/quantities.ts";
import { nestOptions } from "../../../lab/recipes/flatten-options.ts";
import type { OptionSchema } from "../../../lab/recipes/option-schema.ts";
import type { Estimate as EstimateAnswer, InstrumentInfo, JobInfo, Resolution, RunDetail } from "../../api.ts";
import { FormFieldView } from "../parts/form-field.tsx";
import { LoadError } from "../parts/load-error.tsx";
import { sayError } from "../parts/messages.tsx";
import { SweepPanel } from "../parts/sweep-panel.tsx";
import { ask } from "../state/api-client.ts";
import { type FormValues, fieldsOf, valueAt } from "../state/form.ts";
import { go } from "../state/route.ts";
import { useLoad } from "../state/use-load.ts";

/** A change is checked when nothing follows it for so long. */
const checkAfterMs = 180;

type Source = { readonly preset: string; readonly values: FormValues } | { readonly yaml: string };

/** What a source comes to; the estimate follows when it is known. */
interface Checked {
  readonly resolution?: Resolution;
  readonly estimate?: EstimateAnswer;
}

/** Checks the form or the recipe a moment after it changed. */
function useResolution(job: string, source: Source): Checked {
  const [checked, setChecked] = useState<Checked>({});
  const asked = useRef(0);
  useEffect(() => {
    const own = ++asked.current;
    const isLatest = () => own === asked.current;
    const body =
      "yaml" in source
        ? source
        : { job, options: nestOptions(source.values), ...(source.preset === "" ? {} : { preset: source.preset }) };
    const timer = setTimeout(() => {
      const check = async () => {
        const resolution = await ask<Resolution>("/recipes/resolve", { method: "POST", body });
        if (!isLatest()) return;
        setChecked(({ estimate }) => ({ resolution, ...(resolution.ok ? { estimate } : {}) }));
        if (!resolution.ok) return;
        const estimate = await ask<EstimateAnswer>("/recipes/estimate", { method: "POST", body });
        if (isLatest()) setChecked({ resolution, estimate });
      };
      check().catch(sayError);
    }, checkAfterMs);
    return () => clearTimeout(timer);
  }, [job, source]);
  return checked;
}

/** What is wrong with one option; `form rate: expected …` names it. */
function problemOf(resolution: Resolution | undefined, path: string): string | undefined {
  if (resolution === undefined || resolution.ok) return undefined;
  const found = resolution.problems.find(
    (line) => line.startsWith(`${path}: `) || line.includes(` ${path}: `) || line.includes(` ${path}.`),
  );
  return found?.slice(found.indexOf(path) + path.length + 1).trim();
}

function Presets({
  job,
  preset,
  change,
}: {
  readonly job: JobInfo;
  readonly preset: string;
  readonly change: (preset: string) => void;
}) {
  const names = Object.keys(job.presets);
  if (names.length === 0) return null;
  return (
    <fieldset class="presets">
      <legend>Preset</legend>
      {names.map((name) => (
        <label key={name}>
          <input type="radio" name="preset" checked={preset === name} onChange={() => change(name)} />
          <span>
            <strong>{name}</strong> <span class="muted">{job.presets[name].summary}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Estimate({ estimate }: { readonly estimate: EstimateAnswer | undefined }) {
  const { seconds, bytes } = estimate ?? {};
  const parts = [
    ...(seconds === undefined ? [] : [`about ${formatDuration(seconds)}`]),
    ...(bytes === undefined ? [] : [`${formatQuantity(bytes, { unit: "B" })} of memory`]),
  ];
  return parts.length === 0 ? null : <p class="muted">Takes {parts.join(", ")}.</p>;
}

function Form({ job, start }: { readonly job: JobInfo; readonly start: FormValues }) {
  const firstPreset = "standard" in job.presets ? "standard" : (Object.keys(job.presets)[0] ?? "");
  const [source, setSource] = useState<Source>({ preset: firstPreset, values: start });
  const [name, setName] = useState("");
  const [isStarting, setIsStarting] = useState(false);
  const [sweeps, setSweeps] = useState(false);
  const fields = useMemo(() => fieldsOf(job.schema as OptionSchema), [job]);
  const { resolution, estimate } = useResolution(job.name, source);
  const resolved = resolution?.ok === true ? resolution : undefined;
  const isText = "yaml" in source;
  const values = isText ? {} : source.values;
  const preset = isText ? "" : source.preset;
  /** A form after a recipe begins with what the recipe says. */
  const formValues = (): FormValues => {
    if (!isText) return source.values;
    return Object.fromEntries(
      fields.flatMap(({ path }) => {
        const isGiven = resolved?.origins[path] !== undefined;
        return isGiven ? [[path, valueAt(resolved?.options, path)] as const] : [];
      }),
    );
  };
  const change = (path: string, value: unknown) => {
    const { [path]: _, ...others } = formValues();
    setSource({ preset, values: value === undefined ? others : { ...others, [path]: value } });
  };
  const recipe = isText
    ? source
    : {
        job: job.name,
        options: nestOptions(source.values),
        ...(preset === "" ? {} : { preset }),
        ...(name === "" ? {} : { name }),
      };
  const begin = async () => {
    setIsStarting(true);
    try {
      const answer = await ask<{ readonly id?: string; readonly problems?: readonly string[] }>("/runs", {
        method: "POST",
        body: recipe,
      });
      if (answer.id !== undefined) go(`/runs/${answer.id}`);
      else sayError(new Error((answer.problems ?? ["the recipe is not right"]).join("; ")));
    } catch (cause) {
      sayError(cause);
    }
    setIsStarting(false);
  };
  return (
    <div class="columns">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        <Presets job={job} preset={preset} change={(next) => setSource({ preset: next, values: formValues() })} />
        <div class="field">
          <label for="run-name">Name of the run</label>
          <div class="input">
            <input
              id="run-name"
              type="text"
              value={name}
              placeholder="none"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </div>
        </div>
        {fields.map((field) => (
          <FormFieldView
            key={field.path}
            job={job.name}
            options={resolved?.options ?? {}}
            field={field}
            given={isText ? valueAt(resolved?.options, field.path) : values[field.path]}
            resolved={valueAt(resolved?.options, field.path)}
            origin={resolved?.origins[field.path]?.replace(/^form$/, "given")}
            problem={problemOf(resolution, field.path)}
            change={(value) => change(field.path, value)}
          />
        ))}
        {sweeps && <SweepPanel recipe={recipe} fields={fields} plan={resolved?.sweep} />}
        <div class="actions sticky">
          <button type="submit" class={sweeps ? "" : "primary"} disabled={resolution?.ok !== true || isStarting}>
            {isStarting ? "Starting…" : sweeps ? "Start one run" : "Start"}
          </button>
          <button type="button" aria-expanded={sweeps} onClick={() => setSweeps(!sweeps)}>
            Sweep…
          </button>
          <Estimate estimate={estimate} />
        </div>
      </form>
      <aside aria-label="Recipe">
        <label for="recipe">
          <strong>Recipe</strong> <span class="muted">the same as text; both ways in step</span>
        </label>
        <textarea
          id="recipe"
          class="recipe"
          spellcheck={false}
          value={isText ? source.yaml : (resolved?.yaml ?? "")}
          onInput={(event) => setSource({ yaml: event.currentTarget.value })}
          onKeyDown={(event) => {
            const isStart = event.key === "Enter" && (event.ctrlKey || event.metaKey);
            if (isStart && resolved !== undefined && !isStarting) void begin();
          }}
        />
        {resolution?.ok === false && (
          <ul class="problems" role="alert">
            {resolution.problems.map((problem) => (
              <li key={problem} class="problem">
                {problem}
              </li>
            ))}
          </ul>
        )}
        {resolved !== undefined && resolved.job !== job.name && (
          <p class="problem" role="status">
            This is a recipe of <a href={`/jobs/${resolved.job.replace(" ", "/")}`}>{resolved.job}</a>, not of{" "}
            {job.name}: Start runs {resolved.job}.
          </p>
        )}
        <p class="muted">
          Ctrl Enter starts it. On the command line: <code>orrery run recipe.yaml</code>
        </p>
      </aside>
    </div>
  );
}

/** A job: what it does, a form of its options, the recipe beside it. @param from a run whose options to begin with */
export function JobPage({ job: name, from }: { readonly job: string; readonly from: string | undefined }) {
  const { value: instruments, error } = useLoad<readonly InstrumentInfo[]>("/instruments");
  const { value: run, error: runError } = useLoad<RunDetail>(from === undefined ? undefined : `/runs/${from}`);
  const job = instruments?.flatMap(({ jobs }) => jobs).find((one) => one.name === name);
  const isReady = job !== undefined && (from === undefined || run !== undefined || runError !== undefined);
  const start = useMemo(() => {
    if (job === undefined || run === undefined) return {};
    const given = fieldsOf(job.schema as OptionSchema).filter(
      ({ path }) => (run.origins[path] ?? "default") !== "default",
    );
    return Object.fromEntries(given.map(({ path }) => [path, valueAt(run.options, path)]));
  }, [job, run]);
  return (
    <main id="main" class="wide">
      <h1>{name}</h1>
      <LoadError error={error ?? runError} isWaiting={!isReady && instruments === undefined} />
      {instruments !== undefined && job === undefined && <p>There is no job of this name.</p>}
      {job !== undefined && <p class="lead">{job.summary}</p>}
      {job?.description !== undefined && <p class="prose">{job.description}</p>}
      {isReady && <Form job={job} start={start} />}
    </main>
  );
}
