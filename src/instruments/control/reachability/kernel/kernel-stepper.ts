import type { Values } from "../grid.ts";
import { isStatic, writeField } from "../problem.ts";
import type { Stepper } from "../stepper.ts";
import type { Step } from "../time-integration.ts";
import { fillConstants, type Kernel } from "./kernel.ts";
import { gather, scatter, viewOf } from "./layout.ts";
import { measureSpeeds } from "./speed-bound.ts";
import { type StageArguments, stagesOf } from "./stage-list.ts";
import { LocalSweeper, type Sweeper } from "./sweeper.ts";
import { Team } from "./team.ts";
import {
  compileModule,
  createMemory,
  instantiateKernel,
  type KernelExports,
  type KernelMemory,
} from "./web-assembly.ts";

/** Advances values with a kernel. */
export class KernelStepper implements Stepper {
  readonly #kernel: Kernel;
  readonly #memory: KernelMemory;
  readonly #exports: KernelExports;
  readonly #sweeper: Sweeper;
  readonly #isTimeVarying: boolean;
  #current: number;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    const { problem, stages, places } = kernel;
    const module = compileModule(kernel.encode(kernel.memoryBytes));
    this.#memory = createMemory(kernel.memoryBytes, kernel.isShared);
    this.#exports = instantiateKernel(module, this.#memory);
    this.#sweeper = new (kernel.isShared ? Team : LocalSweeper)(kernel, module, this.#memory);
    this.#current = stages[0];
    this.#isTimeVarying = problem.system.isTimeVarying || problem.constraints.some((c) => !isStatic(c.field));
    fillConstants(kernel, this.#memory.buffer, problem.times[0]);
    problem.constraints.forEach(({ field }, k) => {
      if (isStatic(field)) scatter(kernel.layout, this.#memory.buffer, places.fields[k], field);
    });
    const initial = problem.initial();
    this.write(initial, problem.arrival === undefined ? undefined : arrivalAtStart(initial, problem.arrival));
  }

  get change(): number {
    return this.#sweeper.change;
  }

  speedBound(time: number): number {
    const { layout, places, tables, problem } = this.#kernel;
    if (problem.system.isTimeVarying) tables.fill(this.#memory.buffer, time, "time-varying");
    const { rate, speeds } = measureSpeeds(this.#kernel, this.#exports, this.#memory.buffer);
    viewOf(this.#memory.buffer, layout.precision, places.globalSpeeds, speeds.length).set(speeds);
    return rate;
  }

  async run(steps: readonly Step[]): Promise<void> {
    const all: StageArguments[] = [];
    for (const step of steps) {
      const { stages, result } = stagesOf(this.#kernel, step, this.#current);
      this.#current = result;
      all.push(...stages);
    }
    if (!this.#isTimeVarying) return this.#sweeper.run(all);
    const { tables, problem, layout, places } = this.#kernel;
    const field =
      layout.precision === "f32" ? new Float32Array(problem.grid.size) : new Float64Array(problem.grid.size);
    problem.constraints.forEach((constraint, k) => {
      if (isStatic(constraint.field)) return;
      writeField(constraint.field, steps[0].end, field);
      scatter(layout, this.#memory.buffer, places.fields[k], field);
    });
    for (const stage of all) {
      if (problem.system.isTimeVarying) tables.fill(this.#memory.buffer, stage.time, "time-varying");
      await this.#sweeper.run([stage]);
    }
  }

  read(): Values {
    return gather(this.#kernel.layout, this.#memory.buffer, this.#current);
  }

  readArrival(): Values | undefined {
    const { layout, places } = this.#kernel;
    return places.arrival === undefined ? undefined : gather(layout, this.#memory.buffer, places.arrival);
  }

  write(values: Values, arrival?: Values): void {
    const { layout, places, stages } = this.#kernel;
    this.#current = stages[0];
    scatter(layout, this.#memory.buffer, this.#current, values);
    for (let row = 0; row < layout.rows; row++) this.#exports.wrap(this.#current + row * layout.rowBytes);
    if (places.arrival !== undefined && arrival !== undefined)
      scatter(layout, this.#memory.buffer, places.arrival, arrival);
  }

  async close(): Promise<void> {
    await this.#sweeper.close();
  }
}

function arrivalAtStart(values: Values, side: "below" | "above"): Values {
  return values.map((v) => ((side === "below" ? v : -v) <= 0 ? 0 : Number.POSITIVE_INFINITY));
}
