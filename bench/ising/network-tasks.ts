import { readFileSync } from "node:fs";
import { dataPath } from "../../src/data/index.ts";
import { key } from "../../src/engine/index.ts";
import { enumerate } from "../../src/instruments/ising/exact/enumeration.ts";
import { type IsingModel, readInstance, wishartPlanted } from "../../src/instruments/ising/index.ts";

/** A model with what is known exactly. */
export interface Instance {
  readonly model: IsingModel;
  readonly groundEnergy: number;
  /** ln Z at the task's β, where the free energy is asked for. */
  readonly lnZ?: number;
}

/** What networks are compared on, five instances each. */
export interface Task {
  readonly name: string;
  /** Processor seconds of training for each network. */
  readonly seconds: number;
  /** The last β; where states of lowest energy are searched it is found from the couplings. */
  readonly beta?: number;
  instance(seed: number): Promise<Instance>;
}

const couplings = { format: "couplings" } as const;
const groundEnergies = (file: string) =>
  JSON.parse(readFileSync(dataPath("ising", file), "utf8")) as { seed: number; E0: number; mine: number }[];

function glassesOf100(): Task {
  const list = groundEnergies("sk/sk100_vna_ground.json");
  return {
    ...{ name: "Sherrington–Kirkpatrick N=100", seconds: 6 },
    async instance(seed) {
      const { seed: file, E0 } = list[seed];
      return { model: await readInstance(dataPath(`ising/sk/sk100_vna_seed${file}.txt`), couplings), groundEnergy: E0 };
    },
  };
}

function latticesOf100(): Task {
  const list = groundEnergies("ea/ea10x10_ground.json");
  return {
    ...{ name: "Edwards–Anderson 10×10", seconds: 10 },
    async instance(seed) {
      const { seed: file, mine } = list[seed];
      const model = await readInstance(dataPath(`ising/ea/ea10x10_open_seed${file}.txt`), couplings);
      return { model, groundEnergy: 100 * mine };
    },
  };
}

function planted(n: number, alpha: number, seconds: number): Task {
  return {
    ...{ name: `Wishart N=${n}, α=${alpha}`, seconds },
    instance: async (seed) => wishartPlanted(key(1000 + seed), n, Math.round(alpha * n)),
  };
}

function freeEnergy(beta: number): Task {
  return {
    ...{ name: `free energy, Sherrington–Kirkpatrick N=20, β=${beta}`, seconds: 3, beta },
    async instance(seed) {
      const model = await readInstance(dataPath(`ising/sk/sk20_s${seed + 1}.txt`), couplings);
      const { groundEnergy, thermodynamics } = await enumerate(model, { betas: [beta] });
      return { model, groundEnergy, lnZ: thermodynamics[0].lnZ };
    },
  };
}

export const tasks: readonly Task[] = [
  freeEnergy(1),
  freeEnergy(3),
  glassesOf100(),
  ...[0.2, 0.5, 0.75].map((alpha) => planted(30, alpha, 5)),
  ...[0.2, 0.5, 0.75].map((alpha) => planted(50, alpha, 12)),
  latticesOf100(),
];
