import { OrreryError } from "../errors.ts";
import type { AnyJob } from "../lab/index.ts";
import { hintForName } from "../nearest-name.ts";

/** An instrument as people meet it; its jobs are loaded when they are asked for. */
export interface Instrument {
  readonly name: string;
  readonly title: string;
  /** What a user brings, and gets. */
  readonly brings: string;
  readonly gets: string;
  jobs(): Promise<readonly AnyJob[]>;
}

/** Every instrument there is. */
export const instruments: readonly Instrument[] = [
  {
    name: "labels",
    title: "Noisy labels: audit, robust training, realistic noise",
    brings: "images or features with labels that may be wrong",
    gets: "suspects ranked, the transition matrix, cleaned labels, a robust ONNX model",
    jobs: async () => (await import("./labels/jobs.ts")).jobs as unknown as readonly AnyJob[],
  },
  {
    name: "mapping",
    title: "Networks on accelerators, exact and exhaustive",
    brings: "an ONNX model or layers, an accelerator in YAML",
    gets: "best mappings, energy, latency, the bit-width Pareto front",
    jobs: async () => (await import("./mapping/jobs.ts")).jobs as unknown as readonly AnyJob[],
  },
  {
    name: "ising",
    title: "Ising models, QUBOs and Max-Cut, by classical and neural solvers",
    brings: "an Ising, Max-Cut or QUBO instance",
    gets: "states of low energy, free energies, samples, in your units",
    jobs: async () => (await import("./ising/jobs.ts")).jobs as unknown as readonly AnyJob[],
  },
  {
    name: "control",
    title: "Temporal-logic control that survives disturbances",
    brings: "an STL formula, a system, bounds",
    gets: "the largest tolerable disturbance, the controller, value functions",
    jobs: async () => (await import("./control/jobs.ts")).jobs as unknown as readonly AnyJob[],
  },
];

/** The instrument of a name. @throws OrreryError `not-found`. */
export function findInstrument(name: string): Instrument {
  const found = instruments.find((instrument) => instrument.name === name);
  if (found !== undefined) return found;
  const names = instruments.map((instrument) => instrument.name);
  throw new OrreryError("not-found", `no instrument "${name}"`, { hint: hintForName(name, names, "Instruments") });
}

/** The job of a name such as `labels audit`. @throws OrreryError `not-found`. */
export async function findJob(name: string): Promise<AnyJob> {
  const instrument = findInstrument(name.split(" ")[0]);
  const jobs = await instrument.jobs();
  const found = jobs.find((job) => job.name === name);
  if (found !== undefined) return found;
  const names = jobs.map((job) => job.name);
  throw new OrreryError("not-found", `no job "${name}"`, { hint: hintForName(name, names, "Jobs") });
}
