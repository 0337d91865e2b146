import { useMemo, useState } from "preact/hooks";
import { systemUseFigures } from "../../../lab/figures/system-use.ts";
import type { SystemSample } from "../../../lab/runs/system-use.ts";
import type { RunDetail } from "../../api.ts";
import { useLoad } from "../state/use-load.ts";
import { FigureView } from "./figure-view.tsx";

function Figures({ run }: { readonly run: RunDetail }) {
  const { value } = useLoad<readonly SystemSample[]>(
    `/runs/${run.id}/system`,
    run.state === "running" ? 2000 : undefined,
  );
  const figures = useMemo(
    () => (value === undefined || value.length === 0 ? [] : systemUseFigures(value, run.created)),
    [value, run.created],
  );
  if (value?.length === 0) return <p class="muted">This run did not note what it used.</p>;
  return (
    <div class="chart-grid">
      {figures.map((figure) => (
        <FigureView key={figure.name} figure={figure} />
      ))}
    </div>
  );
}

/** What the run's process used of its machine, looked up when it is opened. */
export function SystemUse({ run }: { readonly run: RunDetail }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => event.target === event.currentTarget && setIsOpen(event.currentTarget.open)}>
      <summary>System use</summary>
      {isOpen && <Figures run={run} />}
    </details>
  );
}
