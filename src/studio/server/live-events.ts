import { join } from "node:path";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { readLinesFrom } from "../../lab/runs/json-lines.ts";
import { type Run, runFiles } from "../../lab/runs/run-folder.ts";

/** How often the files of a run are looked at for new lines. */
const lookEveryMs = 250;
/** What one message carries at most. */
const largestChunk = 256 * 1024;

interface Offsets {
  readonly events: number;
  readonly metrics: number;
}

function parseOffsets(text: string | undefined): Offsets {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? "");
  return match === null ? { events: 0, metrics: 0 } : { events: Number(match[1]), metrics: Number(match[2]) };
}

/**
 * Server-sent events of a run: the new lines of its events and metrics. The id of a message is the two byte offsets after
 * it, so that a page that lost the connection goes on where it was, and a restarted server needs no memory.
 * @param find looks the run up again, to see when it has ended
 */
export function followRun(context: Context, run: Run, find: () => Run | undefined): Response {
  let offsets = parseOffsets(context.req.header("last-event-id") ?? context.req.query("from"));
  return streamSSE(context, async (stream) => {
    for (let isOver = false; !isOver && !stream.aborted; ) {
      const now = find();
      isOver = now === undefined || now.state !== "running";
      for (;;) {
        const events = readLinesFrom(join(run.folder, runFiles.events), offsets.events, largestChunk);
        const metrics = readLinesFrom(join(run.folder, runFiles.metrics), offsets.metrics, largestChunk);
        if (events.next === offsets.events && metrics.next === offsets.metrics) break;
        offsets = { events: events.next, metrics: metrics.next };
        const data = `{"events":[${events.lines.join(",")}],"metrics":[${metrics.lines.join(",")}]}`;
        await stream.writeSSE({ id: `${offsets.events}-${offsets.metrics}`, event: "lines", data });
      }
      if (isOver) await stream.writeSSE({ event: "over", data: JSON.stringify({ state: now?.state ?? "removed" }) });
      else await stream.sleep(lookEveryMs);
    }
  });
}
