import { formatQuantity } from "../../../lab/figures/quantities.ts";
import { flattenOptions, optionText } from "../../../lab/recipes/flatten-options.ts";
import type { RunDetail } from "../../api.ts";
import type { TimedEvent } from "../state/use-live.ts";
import { ScrollBox } from "./scroll-box.tsx";

/** The files that a run made. */
export function Artifacts({ run }: { readonly run: RunDetail }) {
  const { artifacts } = run.record;
  if (artifacts.length === 0) return null;
  return (
    <section aria-labelledby="files-title">
      <h2 id="files-title">Files</h2>
      <ul class="files">
        {artifacts.map(({ name, description, bytes }) => (
          <li key={name}>
            <a href={`/api/runs/${run.id}/artifacts/${name.split("/").map(encodeURIComponent).join("/")}`} download>
              {name}
            </a>{" "}
            <span class="muted">
              {description}, {formatQuantity(bytes, { unit: "B" })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The resolved options and where each came from. */
export function Options({ run }: { readonly run: RunDetail }) {
  return (
    <section aria-labelledby="options-title">
      <h2 id="options-title">Options</h2>
      <ScrollBox label="Table of options">
        <table>
          <thead>
            <tr>
              <th scope="col">Option</th>
              <th scope="col">Value</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {flattenOptions(run.options).map(([path, value]) => (
              <tr key={path}>
                <th scope="row">{path}</th>
                <td>{optionText(value)}</td>
                <td class="muted">{run.origins[path] ?? "default"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

/** Where the run took place. */
export function Machine({ run }: { readonly run: RunDetail }) {
  const { environment } = run.record;
  return (
    <p class="muted">
      {environment.processor}, {environment.processors} threads,{" "}
      {formatQuantity(environment.memoryBytes, { unit: "B" })}, {environment.platform}, Node {environment.node}, Orrery{" "}
      {environment.orrery}.
    </p>
  );
}

function textOf(event: TimedEvent): string {
  switch (event.kind) {
    case "note":
    case "warning":
      return event.message;
    case "figure":
      return event.title;
    case "artifact":
      return `${event.name}: ${event.description}`;
    case "checkpoint":
      return event.name;
    case "progress":
      return `${event.label ?? ""} ${event.done}${event.total === undefined ? "" : ` of ${event.total}`} ${event.unit ?? ""}`;
    case "start":
      return `attempt ${event.attempt}`;
    case "end":
      return event.end.state;
    default:
      return "";
  }
}

/** The log of a run, newest last. */
export function EventLog({ events }: { readonly events: readonly TimedEvent[] }) {
  return (
    <details>
      <summary>Log, {events.length} lines</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long log scrolls by keys */}
      <div class="scroll log" tabIndex={0} role="region" aria-label="Log">
        {events.map((event, i) => (
          <div key={String(i)}>
            <span class="muted">{event.time.slice(11, 19)}</span> <strong>{event.kind}</strong> {textOf(event)}
          </div>
        ))}
      </div>
    </details>
  );
}
