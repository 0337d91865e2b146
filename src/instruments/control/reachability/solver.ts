import { OrreryError } from "../../../errors.ts";
import { requireFiniteDynamics } from "./check-dynamics.ts";
import { estimateKernel, requireMemory } from "./estimate.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { createKernel, type Kernel } from "./kernel/kernel.ts";
import { KernelStepper } from "./kernel/kernel-stepper.ts";
import { isStatic, type PreparedProblem, type Problem, prepareProblem, requireFinite } from "./problem.ts";
import { resolveScheme } from "./scheme.ts";
import type { Slice, Solution, SolveCheckpoint, SolveOptions } from "./solve-options.ts";
import type { Stepper } from "./stepper.ts";
import { nextStep, type Step, stopTimes } from "./time-integration.ts";

/**
 * Solves a Hamilton–Jacobi equation on a grid: upwind differences, Lax–Friedrichs Hamiltonian
 * `H(x, (p⁻+p⁺)/2) ± Σ αᵢ(pᵢ⁺−pᵢ⁻)/2`, TVD Runge–Kutta in time. The result does not depend on the number of workers nor on
 * interruptions.
 * @throws OrreryError before any work for a problem that does not fit together or into memory, `cancelled` on abort,
 * `runtime` when a worker fails.
 */
export async function solve(problem: Problem, options: SolveOptions = {}): Promise<Solution> {
  const { precision = "f32", workers = 0 } = options;
  if (!Number.isInteger(workers) || workers < 0) {
    throw new OrreryError("argument", `reachability solve: expected a number of workers; got ${workers}`);
  }
  const kernel = createKernel(prepareProblem(problem, precision), resolveScheme(options.scheme), {
    precision,
    workers,
  });
  requireMemory(kernel, options);
  const stepper = new KernelStepper(kernel);
  try {
    return await new Run(kernel, options, stepper).toEnd();
  } finally {
    await stepper.close();
  }
}

const divergenceHint =
  "Where the system leaves the grid, values are continued beyond its edge without end: set the problem's `lowest`, or the axis's boundary to constant.";

/** How long a batch of steps should take: long against a message to a worker, short against a person's patience. */
const batchMs = 40;

class Run {
  readonly #problem: PreparedProblem;
  readonly #kernel: Kernel;
  readonly #options: SolveOptions;
  readonly #stepper: Stepper;
  readonly #started = performance.now();
  readonly #slices: Slice[] = [];
  /** Time-varying data is renewed for every step, and settling is looked for after every step. */
  readonly #isStepwise: boolean;
  readonly #fingerprint: string;
  #time: number;
  #step = 0;
  #stepMs = batchMs;
  /** The first checkpoint is made at once, so that short solutions can go on too. */
  #savedAt = Number.NEGATIVE_INFINITY;
  #reportedAt = 0;
  #bound = 0;

  constructor(kernel: Kernel, options: SolveOptions, stepper: Stepper) {
    const { system, constraints, times } = kernel.problem;
    this.#problem = kernel.problem;
    this.#kernel = kernel;
    this.#options = options;
    this.#stepper = stepper;
    this.#isStepwise =
      system.isTimeVarying || options.settledBelow !== undefined || constraints.some((c) => !isStatic(c.field));
    const isKept = options.onCheckpoint !== undefined || options.resume !== undefined;
    this.#fingerprint = isKept ? fingerprintOf(kernel, stepper.read()) : "";
    this.#time = times[0];
  }

  async toEnd(): Promise<Solution> {
    this.#measure();
    this.#options.observer?.({ kind: "estimate", estimate: estimateKernel(this.#kernel, this.#bound, this.#options) });
    if (this.#options.resume !== undefined) this.#resume(this.#options.resume);
    else if (this.#passSlice()) return this.#finish("stopped");
    const kept = new Set(this.#problem.times);
    for (const target of stopTimes(this.#problem)) {
      // A checkpoint at a time to be kept was made just before it was, but for one of a cancelled solution: what lacks is kept now.
      if ((target - this.#time) * this.#problem.direction < 0 || this.#slices.at(-1)?.time === target) continue;
      const isSettled = await this.#advance(target);
      if (!isSettled && !kept.has(target)) continue;
      if (this.#passSlice()) return this.#finish("stopped");
      if (isSettled) return this.#finish("settled");
    }
    return this.#finish("reached");
  }

  /** Steps up to a time; answers whether the values settled before it. */
  async #advance(target: number): Promise<boolean> {
    while (this.#time !== target) {
      if (this.#options.signal?.aborted === true) this.#cancel();
      const steps = this.#plan(target);
      const started = performance.now();
      await this.#stepper.run(steps);
      this.#stepMs = (performance.now() - started) / steps.length;
      this.#time = steps[steps.length - 1].end;
      this.#step += steps.length;
      this.#report();
      if (this.#stepper.change / steps[0].length < (this.#options.settledBelow ?? 0)) return true;
    }
    return false;
  }

  /** The next steps towards a time: as many as a batch has room for. The steps themselves do not depend on that. */
  #plan(target: number): Step[] {
    if (this.#problem.system.isTimeVarying) this.#measure();
    const count = this.#isStepwise ? 1 : Math.min(1000, Math.max(1, Math.floor(batchMs / this.#stepMs)));
    const steps: Step[] = [];
    for (let time = this.#time; steps.length < count && time !== target; time = steps[steps.length - 1].end) {
      steps.push(nextStep(time, target, this.#kernel.scheme.cfl / this.#bound));
    }
    return steps;
  }

  #measure(): void {
    this.#bound = this.#stepper.speedBound(this.#time);
    requireFiniteDynamics(this.#problem, this.#bound, this.#time);
  }

  #report(): void {
    const { onCheckpoint, observer, checkpointEverySeconds = 30 } = this.#options;
    const { times } = this.#problem;
    const now = performance.now();
    if (now - this.#reportedAt > batchMs || this.#time === times[times.length - 1]) {
      this.#reportedAt = now;
      const seconds = (now - this.#started) / 1000;
      const fraction = (this.#time - times[0]) / (times[times.length - 1] - times[0]);
      const secondsLeft = (seconds / fraction) * (1 - fraction);
      observer?.({ kind: "progress", time: this.#time, step: this.#step, fraction, seconds, secondsLeft });
    }
    if (onCheckpoint === undefined || now - this.#savedAt < 1000 * checkpointEverySeconds) return;
    this.#savedAt = now;
    onCheckpoint(this.#checkpoint());
    observer?.({ kind: "checkpoint", step: this.#step });
  }

  #cancel(): never {
    if (this.#step > 0) this.#options.onCheckpoint?.(this.#checkpoint());
    throw new OrreryError("cancelled", "reachability solve: cancelled");
  }

  #checkpoint(): SolveCheckpoint {
    const arrival = this.#stepper.readArrival();
    return {
      fingerprint: this.#fingerprint,
      time: this.#time,
      step: this.#step,
      values: this.#stepper.read(),
      slices: [...this.#slices],
      ...(arrival === undefined ? {} : { arrival }),
    };
  }

  #resume(checkpoint: SolveCheckpoint): void {
    if (checkpoint.fingerprint !== this.#fingerprint) {
      const message = `checkpoint: expected one of ${this.#fingerprint}; got one of ${checkpoint.fingerprint}`;
      throw new OrreryError("argument", message, {
        hint: "Resume with the problem and options that the checkpoint was made with.",
      });
    }
    this.#stepper.write(checkpoint.values, checkpoint.arrival);
    this.#time = checkpoint.time;
    this.#step = checkpoint.step;
    this.#slices.push(...checkpoint.slices);
  }

  /** Hands on the solution at one of the problem's times; answers whether to stop there. */
  #passSlice(): boolean {
    const { onSlice, observer, keep = "all" } = this.#options;
    const { grid, times } = this.#problem;
    if (keep === "last" && onSlice === undefined && observer === undefined) return false;
    const slice = { time: this.#time, values: this.#stepper.read() };
    if (this.#time !== times[0]) requireFinite(grid, slice.values, `solution at time ${this.#time}`, divergenceHint);
    if (keep === "all") this.#slices.push(slice);
    observer?.({ kind: "slice", ...slice });
    return onSlice?.(slice) === true;
  }

  #finish(end: Solution["end"]): Solution {
    const last = this.#slices.at(-1)?.values ?? this.#stepper.read();
    requireFinite(this.#problem.grid, last, `solution at time ${this.#time}`, divergenceHint);
    const arrival = this.#stepper.readArrival();
    const hasSlices = this.#slices.length > 0;
    return {
      times: hasSlices ? this.#slices.map((slice) => slice.time) : [this.#time],
      values: hasSlices ? this.#slices.map((slice) => slice.values) : [last],
      last,
      end,
      steps: this.#step,
      seconds: (performance.now() - this.#started) / 1000,
      scheme: this.#kernel.scheme,
      ...(arrival === undefined ? {} : { arrival }),
    };
  }
}
