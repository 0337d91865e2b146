import { useEffect, useRef, useState } from "preact/hooks";
import type { MetricPoint } from "../../../lab/runs/metric-log.ts";
import type { RunEvent } from "../../../lab/runs/run-event.ts";

/** A line of a run's events with its time. */
export type TimedEvent = RunEvent & { readonly time: string };

/** What a run has said so far. */
export interface Live {
  readonly events: readonly TimedEvent[];
  /** Metrics from the byte that was asked for. */
  readonly points: readonly MetricPoint[];
  readonly isOver: boolean;
}

/** Metrics of one message, and the byte of the log after them. */
interface Batch {
  readonly end: number;
  readonly points: readonly MetricPoint[];
}

/** Which lines of a run are asked for. */
export interface LiveOptions {
  /** The byte of the metrics' log to begin at; nothing is asked before it is known. When it grows, points up to it are let go of. */
  readonly from: number | undefined;
  /** How often the run was begun or resumed: each attempt is followed anew. */
  readonly attempts: number | undefined;
}

/** Events beyond this are let go of; the log on disk has them all. */
const keptEvents = 2000;
const silent: Live = { events: [], points: [], isOver: false };

/**
 * Follows a run: its events, and its metrics from a byte on, each as it is written. The browser itself connects anew after a break, and the
 * server goes on at the byte where it was.
 */
export function useLive(id: string, { from, attempts }: LiveOptions): Live {
  const [live, setLive] = useState(silent);
  const start = useRef(from);
  start.current = from;
  const isKnown = from !== undefined;
  useEffect(() => {
    if (!isKnown) return undefined;
    let [events, batches]: [TimedEvent[], Batch[]] = [[], []];
    let [isDue, isOver] = [false, false];
    const show = () => {
      isDue = false;
      batches = batches.filter(({ end }) => end > (start.current ?? 0));
      setLive({ events: [...events], points: batches.flatMap(({ points }) => points), isOver });
    };
    // A burst of lines is drawn once.
    const showSoon = () => {
      if (!isDue) requestAnimationFrame(show);
      isDue = true;
    };
    const source = new EventSource(`/api/runs/${id}/live?from=0-${start.current}`);
    source.addEventListener("lines", ({ data, lastEventId }: MessageEvent<string>) => {
      const lines = JSON.parse(data) as { readonly events: TimedEvent[]; readonly metrics: MetricPoint[] };
      events = [...events, ...lines.events].slice(-keptEvents);
      batches.push({ end: Number(lastEventId.split("-")[1]), points: lines.metrics });
      showSoon();
    });
    source.addEventListener("over", () => {
      source.close();
      isOver = true;
      showSoon();
    });
    return () => source.close();
  }, [id, isKnown, attempts]);
  return live;
}
