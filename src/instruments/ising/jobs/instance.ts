import { basename } from "node:path";
import { readBytes } from "../../../data/index.ts";
import { key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { decodeInstance, detectFormat } from "../formats/instance-file.ts";
import {
  edwardsAnderson,
  ferromagnet,
  hopfield,
  sherringtonKirkpatrick,
  wishartPlanted,
} from "../generators/ensembles.ts";
import { lattice } from "../generators/lattices.ts";
import { randomRegular } from "../generators/random-regular.ts";
import type { IsingModel } from "../model.ts";
import type { EnsembleOptions, InstanceOptions } from "./instance-options.ts";

/** A state whose energy nobody can beat. */
export interface PlantedState {
  readonly energy: number;
  readonly spins: Int8Array;
}

/** The instance of a job. */
export interface Instance {
  readonly model: IsingModel;
  /** For people: the file's name, or what was generated. */
  readonly title: string;
  /** Names of the variables as the user's file has them, from 1 where the format counts from 1. */
  readonly variables: readonly string[];
  /** The ground state, where the ensemble plants one. */
  readonly planted?: PlantedState;
}

const countsFromOne = new Set(["rudy", "couplings", "biqmac"]);

const namesFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => String(first + i));

/** An instance drawn from an ensemble. @throws OrreryError `argument` for sizes that the ensemble has not. */
export function generateInstance(options: EnsembleOptions): Instance {
  const { ensemble, size, boundary, seed } = options;
  const spins = size.reduce((product, side) => product * side, 1);
  const { model, planted } = draw(options, spins);
  const isLattice = ensemble === "edwards-anderson" || ensemble === "ferromagnet";
  return {
    model,
    title: `${model.name}${isLattice ? `, ${boundary}` : ""}, seed ${seed}`,
    variables: namesFrom(0, model.spins),
    ...(planted === undefined ? {} : { planted }),
  };
}

function draw(options: EnsembleOptions, spins: number): Pick<Instance, "model" | "planted"> {
  const { ensemble, size, boundary, couplings, columns, degree, coupling, field, seed } = options;
  switch (ensemble) {
    case "edwards-anderson":
      return { model: edwardsAnderson(key(seed), size, { boundary, couplings }) };
    case "ferromagnet":
      return { model: ferromagnet(lattice(size, boundary, options.lattice), { coupling, field }) };
    case "random-regular":
      return { model: randomRegular(key(seed), spins, { degree }) };
    case "sherrington-kirkpatrick":
      checkDense(ensemble, spins);
      return { model: sherringtonKirkpatrick(key(seed), spins) };
    case "hopfield":
      checkDense(ensemble, spins);
      return { model: hopfield(key(seed), spins, columns ?? Math.max(1, Math.round(spins / 20))).model };
    case "wishart": {
      checkDense(ensemble, spins);
      const { model, groundEnergy, groundState } = wishartPlanted(
        key(seed),
        spins,
        columns ?? Math.max(1, Math.round(spins / 2)),
      );
      return { model, planted: { energy: groundEnergy, spins: groundState } };
    }
  }
}

/** Every pair is coupled: above this many spins there are more couplings than memory. */
const mostDense = 8192;

function checkDense(ensemble: string, spins: number): void {
  if (spins <= mostDense) return;
  throw new OrreryError(
    "argument",
    `generate.size: ${ensemble} couples every pair; expected at most ${mostDense} spins, got ${spins}`,
    {
      hint: "Draw it smaller, or take edwards-anderson or random-regular, whose spins have few neighbours.",
    },
  );
}

/**
 * The instance that options name: a file, or one drawn from an ensemble.
 * @throws OrreryError `not-found`, `format` with line and column, `argument`.
 */
export async function openInstance(options: InstanceOptions): Promise<Instance> {
  const { instance: path, matrix, sense, duplicates, firstIndex } = options;
  if (path === undefined) return generateInstance(options.generate);
  const bytes = await readBytes(path);
  const format = options.format ?? detectFormat(bytes, path);
  const model = decodeInstance(bytes, { format, matrix, sense, duplicates, firstIndex }, path);
  const first = countsFromOne.has(format) || (format === "qubo-csv" && firstIndex === 1) ? 1 : 0;
  return { model, title: basename(path), variables: model.labels ?? namesFrom(first, model.spins) };
}

/** What the user counts, as a word in a sentence. */
export function objectiveName({ kind }: Pick<IsingModel, "kind">): "energy" | "value" | "cut" {
  return ({ ising: "energy", qubo: "value", "max-cut": "cut" } as const)[kind];
}
