import { useState } from "preact/hooks";
import type { DecideProps } from "../parts/figure-view.tsx";
import { sayError } from "../parts/messages.tsx";
import { ask } from "./api-client.ts";
import { useLoad } from "./use-load.ts";

/** What people add to a run. */
export interface RunAnnotations {
  readonly tags: readonly string[];
  readonly note: string;
  readonly decisions: Readonly<Record<string, "confirm" | "reject">>;
}

/** Decisions about a run's rows: shown at once, kept on the server. */
export function useDecisions(id: string): DecideProps {
  const { value, reload } = useLoad<RunAnnotations>(`/runs/${id}/annotations`);
  const [own, setOwn] = useState<RunAnnotations["decisions"]>();
  const decisions = own ?? value?.decisions ?? {};
  const change: DecideProps["change"] = (row, decision) => {
    const { [row]: _, ...others } = decisions;
    const next = decision === undefined ? others : { ...others, [row]: decision };
    setOwn(next);
    // The rest is asked for anew: a note may have been written meanwhile.
    ask<RunAnnotations>(`/runs/${id}/annotations`)
      .then((now) => ask(`/runs/${id}/annotations`, { method: "PUT", body: { ...now, decisions: next } }))
      .then(reload, sayError);
  };
  return { decisions, change };
}
