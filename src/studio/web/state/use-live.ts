import { useEffect, useState } from "preact/hooks";
import type { MetricPoint } from "../../../lab/runs/metric-log.ts";
import type { RunEvent } from "../../../lab/runs/run-event.ts";

/** A line of a run's events with its time. */
export type TimedEvent = RunEvent & { readonly time: string };

/** What a run has said so far. */
export interface Live {
  readonly events: readonly TimedEvent[];
  readonly points: readonly MetricPoint[];
  readonly isOver: boolean;
}

/** Events beyond this are let go of; the log on disk has them all. */
const keptEvents = 2000;

/**
 * Follows a run: the lines that are there, then each as it is written. The browser itself connects anew after a break, and the
 * server goes on at the byte where it was.
 */
export function useLive(id: string): Live {
  const [live, setLive] = useState<Live>({ events: [], points: [], isOver: false });
  useEffect(() => {
    let [events, points]: [TimedEvent[], MetricPoint[]] = [[], []];
    let isDue = false;
    const show = (isOver: boolean) => setLive({ events: [...events], points, isOver });
    const source = new EventSource(`/api/runs/${id}/live`);
    source.addEventListener("lines", ({ data }: MessageEvent<string>) => {
      const lines = JSON.parse(data) as { readonly events: TimedEvent[]; readonly metrics: MetricPoint[] };
      events = [...events, ...lines.events].slice(-keptEvents);
      points = points.concat(lines.metrics);
      if (isDue) return;
      isDue = true;
      // A burst of lines is drawn once.
      requestAnimationFrame(() => {
        isDue = false;
        show(false);
      });
    });
    source.addEventListener("over", () => {
      source.close();
      show(true);
    });
    return () => source.close();
  }, [id]);
  return live;
}
