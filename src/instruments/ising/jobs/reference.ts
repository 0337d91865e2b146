import { OrreryError } from "../../../errors.ts";
import { enumerate } from "../exact/enumeration.ts";
import { transferMatrix } from "../exact/transfer-matrix.ts";
import type { IsingModel } from "../model.ts";
import type { SearchUnits } from "../report/search.ts";
import { type Instance, objectiveName } from "./instance.ts";

/** A value that a search is measured by. */
export interface Reference {
  readonly energy: number;
  /** In the user's units. */
  readonly objective: number;
  /** `exact` and `planted` cannot be beaten; `known` is what the user gave. */
  readonly source: "exact" | "planted" | "known";
  readonly spins?: Int8Array;
}

/** Enumerated in about a tenth of a second. */
const mostEnumerated = 22;
/** Frontier states times spins that take about a second. */
const mostFrontierWork = 2 ** 27;
/** Sparser models may have a narrow frontier. */
const mostPairsPerSpin = 6;

interface Watch {
  readonly signal?: AbortSignal;
  readonly observer?: (share: number) => void;
}

/** The ground state by looking at every state, or by summing spins out. @throws OrreryError `argument` for a model that is too large for both. */
export async function exactGroundState(model: IsingModel, watch: Watch = {}): Promise<Reference> {
  if (model.spins <= 28) {
    const { groundEnergy, groundStates } = await enumerate(model, { states: 1, ...watch });
    return exactReference(model, groundEnergy, groundStates[0]);
  }
  const { groundEnergy, groundState } = await transferMatrix(model, watch);
  return exactReference(model, groundEnergy, groundState);
}

function exactReference(model: IsingModel, energy: number, spins: Int8Array | undefined): Reference {
  return { energy, objective: model.objectiveOf(energy), source: "exact", ...(spins === undefined ? {} : { spins }) };
}

/** The widest frontier whose work is small. */
const widthFor = (spins: number) => Math.min(20, Math.floor(Math.log2(mostFrontierWork / spins)));

/** The exact ground state where it takes seconds at most; undefined elsewhere. */
export async function cheapGroundState(model: IsingModel, watch: Watch = {}): Promise<Reference | undefined> {
  if (model.spins <= mostEnumerated) return await exactGroundState(model, watch);
  if (model.spins > 4096 || model.pairs > mostPairsPerSpin * model.spins) return undefined;
  try {
    const { groundEnergy, groundState } = await transferMatrix(model, {
      ...watch,
      largestWidth: widthFor(model.spins),
    });
    return exactReference(model, groundEnergy, groundState);
  } catch (cause) {
    if (cause instanceof OrreryError && cause.code === "argument") return undefined;
    throw cause;
  }
}

/** What a search on an instance is measured by: a planted state, a given value, or the exact ground state where that is cheap. */
export async function referenceOf(
  { model, planted }: Instance,
  { known, prove }: { readonly known?: number | undefined; readonly prove: boolean },
  watch: Watch = {},
): Promise<Reference | undefined> {
  if (planted !== undefined) {
    return { ...planted, objective: model.objectiveOf(planted.energy), source: "planted" };
  }
  if (known !== undefined) return { energy: model.energyOfObjective(known), objective: known, source: "known" };
  return prove ? await cheapGroundState(model, watch) : undefined;
}

/** By how much an objective is worse than the reference, in the user's units; below 0 where it is better, 0 within rounding. */
export function gapOf({ objective }: { readonly objective: number }, model: IsingModel, reference: Reference): number {
  const gap = model.energyOfObjective(objective) - reference.energy;
  return Math.abs(gap) <= roundingOf(reference) ? 0 : gap;
}

/** Energies closer than this to the reference are the same. */
export const roundingOf = ({ energy }: Pick<Reference, "energy">): number => 1e-9 * Math.max(1, Math.abs(energy));

/** How figures call a reference. */
export function unitsOf({ model }: Instance, reference: Reference | undefined): SearchUnits {
  const labels = { exact: "exact optimum", planted: "planted optimum", known: "known value" } as const;
  return {
    objective: objectiveName(model),
    ...(reference === undefined
      ? {}
      : { reference: { objective: reference.objective, label: labels[reference.source] } }),
  };
}
