import { formatDuration, formatNumber } from "../../lab/figures/quantities.ts";
import type { Progress } from "../../lab/index.ts";

/** How fast something goes, and how long it still takes; undefined while nobody can tell. */
export interface Timing {
  /** Per second. */
  readonly rate?: number;
  readonly secondsLeft?: number;
}

/** Measures the rate of progress over the last while; a new label or a step back begins anew. */
export class ProgressClock {
  #label: string | undefined;
  #samples: { readonly at: number; readonly done: number }[] = [];

  at({ done, total, label }: Progress, now = performance.now()): Timing {
    if (label !== this.#label || done < (this.#samples.at(-1)?.done ?? 0)) this.#samples = [];
    this.#label = label;
    this.#samples.push({ at: now, done });
    // Half of what has been measured is enough to follow a change of speed and old enough to be steady.
    if (this.#samples.length > 400) this.#samples = this.#samples.filter((_, i) => i % 2 === 1);
    const first = this.#samples[Math.floor(this.#samples.length / 3)];
    const seconds = (now - first.at) / 1000;
    if (seconds < 0.3 || done <= first.done) return {};
    const rate = (done - first.done) / seconds;
    return total === undefined ? { rate } : { rate, secondsLeft: Math.max(0, total - done) / rate };
  }
}

function counted({ done, total, unit = "" }: Progress): string {
  const shown = Number.isInteger(done) ? String(done) : formatNumber(done);
  return `${shown}${total === undefined ? "" : `/${formatNumber(total)}`}${unit === "" ? "" : ` ${unit}`}`;
}

/** One line for a log: `training elr: 12/40 epochs (30 %), 3.1/s, 9.0 s left`; the label alone where nothing is counted. */
export function progressText(progress: Progress, { rate, secondsLeft }: Timing): string {
  const { done, total, label } = progress;
  if (label !== undefined && done === 0 && total === undefined) return label;
  const part = total === undefined || total <= 0 ? "" : ` (${Math.floor((100 * done) / total)} %)`;
  const speed = rate === undefined ? "" : `, ${formatNumber(Number(rate.toPrecision(2)))}/s`;
  const left = secondsLeft === undefined ? "" : `, ${formatDuration(secondsLeft)} left`;
  return `${label === undefined ? "" : `${label}: `}${counted(progress)}${part}${speed}${left}`;
}

/** One line for a terminal of `width` characters, with a bar. */
export function progressBar(progress: Progress, timing: Timing, width: number): string {
  const { done, total } = progress;
  const cells = 20;
  const filled = total === undefined || total <= 0 ? 0 : Math.min(cells, Math.round((cells * done) / total));
  const bar = total === undefined ? "" : `${"━".repeat(filled)}${"╌".repeat(cells - filled)} `;
  return `${bar}${progressText(progress, timing)}`.slice(0, width);
}
