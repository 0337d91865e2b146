import type { Key } from "../../../engine/random/key.ts";
import { sampleUniform } from "../../../engine/random/sample.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { IsingModel } from "../model.ts";
import { betheEquations } from "./bethe.ts";
import { naiveEquations } from "./naive.ts";
import { tapEquations } from "./tap.ts";

/** Equations of unknowns x (magnetisations, or messages) that are solved by going round. */
export interface MeanFieldEquations {
  /** Whether the free energy is an upper bound of the exact one. */
  readonly isBound: boolean;
  /** The unknowns for magnetisations to begin with. */
  begin(m: Float64Array): Float64Array;
  /** Updates all unknowns once, in place, by `x += (1 − damping)(wanted − x)`; answers the largest wanted change, in magnetisation. */
  sweep(x: Float64Array, damping: number): number;
  magnetizations(x: Float64Array): Float64Array;
  freeEnergy(x: Float64Array): number;
  /** Whether a solution is one that the theory accepts. */
  isPhysical(x: Float64Array): boolean;
}

/** The mean-field theories. */
export const meanFieldNames = ["naive", "tap", "bethe"] as const;
export type MeanFieldName = (typeof meanFieldNames)[number];

/** How mean-field equations are solved. */
export interface MeanFieldOptions {
  readonly theory: MeanFieldName;
  /** β > 0. */
  readonly beta: number;
  /** For the magnetisations to begin with. */
  readonly key: Key;
  /** Beginnings: the first from a nearly unmagnetised state, the others from random ones; default 8. */
  readonly starts?: number;
  /** Share of the old value kept, in [0, 1); default 0 for `naive`, which converges without, else 0.5. */
  readonly damping?: number;
  /** Largest change of a magnetisation at which a solution counts as converged; default 1e-10. */
  readonly tolerance?: number;
  /** Default 3000. */
  readonly sweeps?: number;
}

/** A solution, or the last state of what would not converge. */
export interface MeanFieldSolution {
  readonly theory: MeanFieldName;
  readonly beta: number;
  /** Where false, free energy and magnetisations are those of no solution: say so wherever they are shown. */
  readonly isConverged: boolean;
  /** Whether it fulfils Plefka's criterion; always true but for `tap`. */
  readonly isPhysical: boolean;
  /** Sweeps of the start that is answered. */
  readonly sweeps: number;
  /** The largest change of a magnetisation in its last sweep. */
  readonly residual: number;
  /** Starts that converged, of all. */
  readonly converged: number;
  readonly starts: number;
  readonly magnetizations: Float64Array;
  readonly freeEnergy: number;
  /** Whether the free energy is an upper bound of the exact one. */
  readonly isBound: boolean;
  /** `d(βF)/dβ`, the mean energy that belongs to the free energy. */
  readonly energy: number;
  /** `β (energy − F)`, in nats. */
  readonly entropy: number;
}

const equationsOf = { naive: naiveEquations, tap: tapEquations, bethe: betheEquations } as const;

function checkOptions({ theory, beta, starts = 1, damping = 0, tolerance = 1, sweeps = 1 }: MeanFieldOptions): void {
  if (!meanFieldNames.includes(theory)) {
    throw new OrreryError("argument", `mean field: unknown theory ${JSON.stringify(theory)}`, {
      hint: hintForName(theory, meanFieldNames, "The theories are"),
    });
  }
  const wrong = (expected: string, got: number) =>
    new OrreryError("argument", `mean field: expected ${expected}; got ${got}`);
  if (!(beta > 0 && Number.isFinite(beta))) throw wrong("β above 0", beta);
  if (!Number.isInteger(starts) || starts < 1) throw wrong("starts, a whole number of at least 1", starts);
  if (!(damping >= 0 && damping < 1)) throw wrong("damping in [0, 1)", damping);
  if (!(tolerance > 0)) throw wrong("tolerance above 0", tolerance);
  if (!Number.isInteger(sweeps) || sweeps < 1) throw wrong("sweeps, a whole number of at least 1", sweeps);
}

/**
 * Approximate free energy and magnetisations by naive mean field, TAP or the Bethe approximation, from several beginnings. Answers
 * the physical converged solution of lowest free energy; failing that a converged one, and failing that the state that
 * changed least, marked as not converged.
 * @throws OrreryError `argument` for an unknown theory or impossible options.
 */
export function meanField(model: IsingModel, options: MeanFieldOptions): MeanFieldSolution {
  checkOptions(options);
  const { theory, beta, key, starts = 8, damping = theory === "naive" ? 0 : 0.5, tolerance = 1e-10 } = options;
  const equations = equationsOf[theory](model, beta);
  let best: Candidate | undefined;
  let unknowns: Float64Array = new Float64Array(0);
  let converged = 0;
  for (let start = 0; start < starts; start++) {
    const spread = start === 0 ? 1e-3 : 1;
    const m = Float64Array.from(sampleUniform(key.fold(start), model.spins, "float64"), (u) => spread * (2 * u - 1));
    const x = equations.begin(m);
    let [sweeps, residual] = [0, Number.POSITIVE_INFINITY];
    for (; sweeps < (options.sweeps ?? 3000) && residual > tolerance; sweeps++) residual = equations.sweep(x, damping);
    const isConverged = residual <= tolerance;
    if (isConverged) converged++;
    const isPhysical = equations.isPhysical(x);
    const found = { theory, beta, isConverged, isPhysical, sweeps, residual, starts };
    const candidate = { ...found, freeEnergy: equations.freeEnergy(x), isBound: equations.isBound };
    if (best !== undefined && !isBetter(candidate, best)) continue;
    best = candidate;
    unknowns = x;
  }
  const solution = best as Candidate;
  const energy = energyAt(model, solution, unknowns);
  const entropy = beta * (energy - solution.freeEnergy);
  return { ...solution, converged, magnetizations: equations.magnetizations(unknowns), energy, entropy };
}

type Candidate = Omit<MeanFieldSolution, "converged" | "magnetizations" | "energy" | "entropy">;

/** Relative step of the central difference, whose error is its square. */
const step = 1e-4;

/** `∂(βF)/∂β` at fixed unknowns: a solution makes F stationary, so what the unknowns do adds nothing. */
function energyAt(model: IsingModel, { theory, beta }: Candidate, unknowns: Float64Array): number {
  const [cold, hot] = [1 + step, 1 - step].map((factor) => {
    return factor * beta * equationsOf[theory](model, factor * beta).freeEnergy(unknowns);
  });
  return (cold - hot) / (2 * step * beta);
}

type Ranked = Pick<MeanFieldSolution, "isConverged" | "isPhysical" | "residual" | "freeEnergy">;

function isBetter(a: Ranked, b: Ranked): boolean {
  if (a.isConverged !== b.isConverged) return a.isConverged;
  if (!a.isConverged) return a.residual < b.residual;
  if (a.isPhysical !== b.isPhysical) return a.isPhysical;
  return a.freeEnergy < b.freeEnergy;
}
