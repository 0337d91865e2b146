import type { IsingModel } from "./model.ts";

/** The ways to a free energy; `bound` is the network's variational free energy, `network` its samples weighted. */
export const estimateNames = ["exact", "naive", "tap", "bethe", "tempering", "bound", "network"] as const;
export type EstimateName = (typeof estimateNames)[number];

/** A free energy at one temperature, and what belongs to it. */
export interface FreeEnergyValue {
  readonly name: EstimateName;
  readonly beta: number;
  readonly freeEnergy: number;
  /** Standard error; 0 where there is none. */
  readonly error: number;
  /** ⟨E⟩, where the method gives one. */
  readonly energy: number | undefined;
  /** Whether the true free energy is at most this, up to errors. */
  readonly isBound: boolean;
  /** Why the method itself says that it may be wrong. */
  readonly doubts: readonly string[];
}

/** A value that has been held against all others at its temperature. */
export interface JudgedValue extends FreeEnergyValue {
  /** `β (⟨E⟩ − F)`, in nats. */
  readonly entropy: number | undefined;
  /** Less the exact free energy; undefined where that is not known. */
  readonly difference: number | undefined;
}

/** An estimate may miss a bound by so many standard errors of both. */
const errors = 4;
/** Nats a spin by which the network's bound may be wrong: it is made of logarithms in single precision. */
const networkRounding = 1e-6;

/**
 * Holds values at one or more temperatures against what must be true: no free energy lies above an upper bound of it (naive mean
 * field, the network's variational free energy, the lowest energy of any known state), and no entropy below 0 or above N ln 2.
 */
export function judgeEstimates(
  model: IsingModel,
  values: readonly FreeEnergyValue[],
  lowestEnergy: number = Number.POSITIVE_INFINITY,
): JudgedValue[] {
  return values.map((value) => {
    const peers = values.filter(({ beta }) => beta === value.beta);
    const exact = peers.find(({ name }) => name === "exact");
    const { beta, freeEnergy, energy } = value;
    const entropy = energy === undefined ? undefined : beta * (energy - freeEnergy);
    const doubts =
      value.name === "exact"
        ? value.doubts
        : [
            ...value.doubts,
            ...boundDoubts(value, peers, { lowestEnergy, spins: model.spins }),
            ...entropyDoubts(value, entropy, model.spins),
          ];
    return { ...value, entropy, doubts, difference: exact === undefined ? undefined : freeEnergy - exact.freeEnergy };
  });
}

function boundDoubts(
  value: FreeEnergyValue,
  peers: readonly FreeEnergyValue[],
  { lowestEnergy, spins }: { readonly lowestEnergy: number; readonly spins: number },
): string[] {
  if (value.isBound) return [];
  const isAbove = (bound: number, error: number, rounding = 0) =>
    value.freeEnergy >
    bound + errors * Math.hypot(value.error, error) + rounding + 1e-9 * (1 + Math.abs(value.freeEnergy));
  const roundingOf = ({ name, beta }: FreeEnergyValue) => (name === "bound" ? (networkRounding * spins) / beta : 0);
  const bounds = peers.filter((peer) => peer.isBound && isAbove(peer.freeEnergy, peer.error, roundingOf(peer)));
  const names = bounds.map(
    ({ name }) => ({ naive: "naive mean field", bound: "the network's bound" })[name as "naive"],
  );
  if (isAbove(lowestEnergy, 0)) names.push("the lowest energy that is known");
  return names.length === 0 ? [] : [`above ${names.join(" and ")}, which is an upper bound`];
}

function entropyDoubts({ beta, error }: FreeEnergyValue, entropy: number | undefined, spins: number): string[] {
  if (entropy === undefined) return [];
  const rounding = errors * beta * error + 1e-6 * spins;
  if (entropy < -rounding) return ["its entropy is negative"];
  return entropy > spins * Math.LN2 + rounding ? ["its entropy is above N ln 2"] : [];
}
