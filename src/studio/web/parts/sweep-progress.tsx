import type { SweepRow } from "../../api.ts";

/** How many trials of a sweep are done, and what the others are. */
export function SweepProgress({ sweep }: { readonly sweep: SweepRow }) {
  const { states, total, id } = sweep;
  const done = states.done ?? 0;
  const others = Object.entries(states).filter(([state]) => state !== "done");
  return (
    <>
      <progress value={done} max={total} aria-label={`Trials of ${id} that are done`} /> {done} of {total} done
      {others.map(([state, count]) => `, ${count} ${state}`)}
    </>
  );
}
