import { useMemo, useRef, useState } from "preact/hooks";
import type { RunPage, RunRow } from "../../api.ts";
import { LoadError } from "../parts/load-error.tsx";
import { say, sayError } from "../parts/messages.tsx";
import { RunTable } from "../parts/run-table.tsx";
import { ask } from "../state/api-client.ts";
import { useKeys } from "../state/keys.ts";
import { go, setQuery } from "../state/route.ts";
import { filterRuns, type Sorting, sortRuns } from "../state/run-list.ts";
import { comparedSeries } from "../state/series.ts";
import { useLoad } from "../state/use-load.ts";

const states = ["running", "done", "cancelled", "failed", "interrupted"] as const;

async function remove(ids: readonly string[], reload: () => void): Promise<void> {
  try {
    for (const id of ids) await ask(`/runs/${id}`, { method: "DELETE" });
    const undo = async () => {
      try {
        for (const id of ids) await ask(`/runs/${id}/restore`, { method: "POST" });
      } catch (cause) {
        sayError(cause);
      }
      reload();
    };
    say(ids.length === 1 ? `Removed ${ids[0]}.` : `Removed ${ids.length} runs.`, { label: "Undo", run: undo });
  } catch (cause) {
    sayError(cause);
  }
  reload();
}

/** All runs: filtered and sorted by the address, chosen with the mouse or by keys. */
export function RunsPage({ query }: { readonly query: URLSearchParams }) {
  const { value, error, reload } = useLoad<RunPage>("/runs", 2000);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [cursor, setCursor] = useState(0);
  const filterBox = useRef<HTMLInputElement>(null);
  const text = query.get("filter") ?? "";
  const state = query.get("state") ?? "";
  const sorting: Sorting = { by: query.get("sort") ?? "created", isDescending: query.get("order") !== "up" };
  const rows = useMemo(
    () => sortRuns(filterRuns(value?.rows ?? [], { text, state }), sorting),
    [value, text, state, sorting.by, sorting.isDescending],
  );
  // There may be no rows yet, or fewer than there were.
  const bounded = (place: number) => Math.max(0, Math.min(rows.length - 1, place));
  const place = bounded(cursor);
  const move = (by: number) => setCursor(bounded(place + by));
  const toggle = (row: RunRow | undefined) => {
    if (row === undefined) return;
    const next = new Set(chosen);
    if (!next.delete(row.id)) {
      next.add(row.id);
      // The server has read it when it is compared; what is wrong is told then.
      void ask(comparedSeries(row.id)).catch(() => undefined);
    }
    setChosen(next);
  };
  const compare = () => chosen.size > 0 && go(`/compare?runs=${[...chosen].map(encodeURIComponent).join(",")}`);
  useKeys({
    "/": () => filterBox.current?.focus(),
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    x: () => toggle(rows[place]),
    c: compare,
  });
  return (
    <main id="main" class="wide">
      <h1>Runs</h1>
      <div class="tools">
        <label>
          <span class="label">Filter</span>
          <input
            ref={filterBox}
            type="search"
            placeholder="job, name, tag, note"
            value={text}
            onInput={(event) => setQuery({ filter: event.currentTarget.value })}
          />
        </label>
        <label>
          <span class="label">State</span>
          <select value={state} onChange={(event) => setQuery({ state: event.currentTarget.value })}>
            <option value="">all</option>
            {states.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <span class="muted" role="status">
          {value === undefined ? "loading" : `${rows.length} of ${value.total}`}
        </span>
        <span class="spacer" />
        <button type="button" disabled={chosen.size < 2} onClick={compare}>
          Compare {chosen.size > 0 ? chosen.size : ""}
        </button>
        <button
          type="button"
          disabled={chosen.size === 0}
          onClick={() => {
            void remove([...chosen], reload);
            setChosen(new Set());
          }}
        >
          Remove
        </button>
      </div>
      <LoadError error={error} isWaiting={value === undefined} />
      {value?.total === 0 ? (
        <p>
          No runs yet. <a href="/">Choose an instrument</a>.
        </p>
      ) : (
        <RunTable rows={rows} chosen={chosen} cursor={place} sorting={sorting} toggle={toggle} />
      )}
    </main>
  );
}
