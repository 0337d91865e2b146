import type { RunState } from "../../../lab/runs/run-record.ts";

const signs: Readonly<Record<RunState, string>> = {
  running: "▶",
  done: "✓",
  cancelled: "◼",
  failed: "✕",
  interrupted: "⚠",
};

/** How a run stands: a sign and a word, told apart without colour. */
export function StateMark({ state }: { readonly state: RunState }) {
  return (
    <span class={`state ${state}`}>
      <span aria-hidden="true">{signs[state]}</span> {state}
    </span>
  );
}
