import { OrreryError } from "../../../errors.ts";
import type { Values } from "./grid.ts";
import { type PreparedProblem, type Problem, prepareProblem, requireFinite } from "./problem.ts";
import { ScalarStepper } from "./scalar-stepper.ts";
import { type Accuracy, resolveScheme, type Scheme } from "./scheme.ts";
import type { Stepper } from "./stepper.ts";
import { nextStep, type Step, stopTimes } from "./time-integration.ts";

/** The solution at one of the problem's times. */
export interface Slice {
  readonly time: number;
  readonly values: Values;
}

/** What an observer is told. */
export type SolveEvent =
  | {
      readonly kind: "progress";
      readonly time: number;
      readonly step: number;
      /** Of the time span. */
      readonly fraction: number;
      readonly seconds: number;
      readonly secondsLeft: number;
    }
  | ({ readonly kind: "slice"; readonly index: number } & Slice)
  | { readonly kind: "checkpoint"; readonly step: number };

/** All that a solution needs to go on from where it was, as plain data. */
export interface SolveCheckpoint {
  /** Names grid, scheme, precision and times; a checkpoint of another problem is refused. */
  readonly fingerprint: string;
  readonly time: number;
  readonly step: number;
  readonly values: Values;
  readonly arrival?: Values;
  /** The slices reached so far; empty when slices are not kept. */
  readonly slices: readonly Slice[];
}

/** How a problem is solved. */
export interface SolveOptions {
  /** A word or own choices. Default `high`. */
  readonly scheme?: Accuracy | Partial<Scheme>;
  /** Default `f32`. */
  readonly precision?: "f32" | "f64";
  /** Worker threads; 0, the default, solves in the calling thread and gives way to other events now and then. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly observer?: (event: SolveEvent) => void;
  /** Called with a checkpoint at most this often. Default every 30 s. */
  readonly checkpointEverySeconds?: number;
  readonly onCheckpoint?: (checkpoint: SolveCheckpoint) => void;
  readonly resume?: SolveCheckpoint;
  /** Called at each of the times; `true` ends the solution there. */
  readonly onSlice?: (slice: Slice) => boolean | undefined;
  /** Whether the solution is kept at all of the times or only at the last. Default `all`. */
  readonly keep?: "all" | "last";
  /** Ends the solution when no value changes faster than this any more. */
  readonly settledBelow?: number;
  /** Refuses problems that need more. Default: what the machine has free. */
  readonly memoryLimitBytes?: number;
}

/** A solution. */
export interface Solution {
  /** The times reached, with the values `[points]` at each. Without `keep: "all"` only the last. */
  readonly times: readonly number[];
  readonly values: readonly Values[];
  /** The values at the last time reached. */
  readonly last: Values;
  /** Times since the start at which points arrived, infinite where they did not; present when asked for. */
  readonly arrival?: Values;
  /** Why it ended. */
  readonly end: "reached" | "settled" | "stopped";
  readonly steps: number;
  readonly seconds: number;
  readonly scheme: Scheme;
}

/**
 * Solves a Hamilton–Jacobi equation on a grid: upwind differences, Lax–Friedrichs Hamiltonian
 * `H(x, (p⁻+p⁺)/2) ± α·(p⁺−p⁻)/2`, TVD Runge–Kutta in time.
 * @throws OrreryError before any work for a problem that does not fit together, `cancelled` on abort, `runtime` when values stop being numbers.
 */
export async function solve(problem: Problem, options: SolveOptions = {}): Promise<Solution> {
  const prepared = prepareProblem(problem);
  const scheme = resolveScheme(options.scheme);
  const stepper: Stepper = new ScalarStepper(prepared, scheme);
  try {
    return await new Run(prepared, { ...options, scheme }, stepper).toEnd();
  } finally {
    await stepper.close();
  }
}

class Run {
  readonly #problem: PreparedProblem;
  readonly #options: SolveOptions & { readonly scheme: Scheme };
  readonly #stepper: Stepper;
  readonly #started = performance.now();
  readonly #slices: Slice[] = [];
  #time: number;
  #step = 0;
  #savedAt = performance.now();
  #bound: number | undefined;

  constructor(problem: PreparedProblem, options: SolveOptions & { readonly scheme: Scheme }, stepper: Stepper) {
    this.#problem = problem;
    this.#options = options;
    this.#stepper = stepper;
    this.#time = problem.times[0];
  }

  async toEnd(): Promise<Solution> {
    const isOver = this.#resume() || this.#keepSlice();
    if (isOver) return this.#finish("stopped");
    const kept = new Set(this.#problem.times);
    for (const target of stopTimes(this.#problem)) {
      if ((target - this.#time) * this.#problem.direction <= 0) continue;
      if (await this.#advance(target)) {
        this.#keepSlice();
        return this.#finish("settled");
      }
      if (kept.has(target) && this.#keepSlice()) return this.#finish("stopped");
    }
    return this.#finish("reached");
  }

  /** Steps up to a time; answers whether the values have settled before it. */
  async #advance(target: number): Promise<boolean> {
    while (this.#time !== target) {
      if (this.#options.signal?.aborted === true) throw new OrreryError("cancelled", "reachability solve: cancelled");
      const step = this.#next(target);
      await this.#stepper.run([step]);
      this.#time = step.end;
      this.#step++;
      this.#report();
      if (this.#stepper.change / step.length < (this.#options.settledBelow ?? 0)) return true;
    }
    return false;
  }

  #next(target: number): Step {
    if (this.#bound === undefined || this.#problem.system.isTimeVarying)
      this.#bound = this.#stepper.speedBound(this.#time);
    return nextStep(this.#time, target, this.#options.scheme.cfl / this.#bound);
  }

  #report(): void {
    const { times } = this.#problem;
    const seconds = (performance.now() - this.#started) / 1000;
    const fraction = (this.#time - times[0]) / (times[times.length - 1] - times[0]);
    const secondsLeft = (seconds / fraction) * (1 - fraction);
    this.#options.observer?.({ kind: "progress", time: this.#time, step: this.#step, fraction, seconds, secondsLeft });
    const { onCheckpoint, checkpointEverySeconds = 30 } = this.#options;
    if (onCheckpoint === undefined || performance.now() - this.#savedAt < 1000 * checkpointEverySeconds) return;
    this.#savedAt = performance.now();
    onCheckpoint(this.#checkpoint());
    this.#options.observer?.({ kind: "checkpoint", step: this.#step });
  }

  #checkpoint(): SolveCheckpoint {
    const arrival = this.#stepper.readArrival();
    return {
      fingerprint: this.#fingerprint(),
      time: this.#time,
      step: this.#step,
      values: this.#stepper.read(),
      slices: [...this.#slices],
      ...(arrival === undefined ? {} : { arrival }),
    };
  }

  #resume(): boolean {
    const { resume } = this.#options;
    if (resume === undefined) return false;
    if (resume.fingerprint !== this.#fingerprint()) {
      const message = `checkpoint: expected one of ${this.#fingerprint()}; got ${resume.fingerprint}`;
      throw new OrreryError("argument", message, {
        hint: "Resume with the problem and options that the checkpoint was made with.",
      });
    }
    this.#stepper.write(resume.values, resume.arrival);
    this.#time = resume.time;
    this.#step = resume.step;
    this.#slices.push(...resume.slices);
    return false;
  }

  #fingerprint(): string {
    const { grid, system, times } = this.#problem;
    const { derivative, integration, dissipation, cfl } = this.#options.scheme;
    return [
      system.name,
      grid.shape.join("×"),
      derivative,
      `RK${integration}`,
      dissipation,
      cfl,
      this.#options.precision ?? "f32",
      times.join(","),
    ].join(" ");
  }

  #keepSlice(): boolean {
    const { onSlice, observer, keep = "all" } = this.#options;
    const slice = { time: this.#time, values: this.#stepper.read() };
    requireFinite(this.#problem.grid, slice.values, `solution at time ${this.#time}`);
    if (keep === "all") this.#slices.push(slice);
    observer?.({ kind: "slice", index: this.#slices.length - 1, ...slice });
    return onSlice?.(slice) === true;
  }

  #finish(end: Solution["end"]): Solution {
    const last = this.#slices.at(-1)?.values ?? this.#stepper.read();
    const arrival = this.#stepper.readArrival();
    return {
      times: this.#slices.length > 0 ? this.#slices.map((s) => s.time) : [this.#time],
      values: this.#slices.length > 0 ? this.#slices.map((s) => s.values) : [last],
      last,
      end,
      steps: this.#step,
      seconds: (performance.now() - this.#started) / 1000,
      scheme: this.#options.scheme,
      ...(arrival === undefined ? {} : { arrival }),
    };
  }
}
