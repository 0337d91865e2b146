import { key } from "../../src/engine/index.ts";
import {
  type AnnealNetworkOptions,
  annealNetwork,
  type NetworkOptions,
} from "../../src/instruments/ising/neural/index.ts";
import { Cells } from "../cells.ts";
import { type BenchResult, type BenchRow, median, rowOf } from "../result.ts";
import { type Instance, type Task, tasks } from "./network-tasks.ts";

const question =
  "what do messages, the Hamiltonian skip and two-body fields give an autoregressive network in equal processor time?";
/** One network trained on one instance. */
interface Cell {
  readonly task: string;
  readonly network: string;
  readonly seed: number;
  readonly steps: number;
  /** Processor seconds of everything: training and final samples. */
  readonly cpuSeconds: number;
  /** `(E_best − E_0) / N` of the best state of all steps. */
  readonly bestResidual: number;
  /** `(⟨E⟩ − E_0) / N` of the final samples. */
  readonly finalResidual: number;
  /** Share of the final samples with the best energy. */
  readonly shareAtBest: number;
  readonly isCollapsed: boolean;
  /** `|β F_q − β F| / |β F|`, where ln Z is known. */
  readonly freeEnergyError?: number;
  /** `ln Z` of importance sampling less the exact one, and its standard error. */
  readonly lnZError?: number;
  readonly lnZStandardError?: number;
}

/** The networks, each of depth 2 and width 2; the first is the variational autoregressive network that the others are measured against. */
const networks: Readonly<Record<string, NetworkOptions>> = {
  none: { message: "none", hamiltonianSkip: false },
  messages: { message: "hamiltonian", hamiltonianSkip: false },
  skip: { message: "none" },
  "messages and skip": { message: "hamiltonian" },
  "two-body": { design: "two-body" },
};
const levels = 60;
const warmUp = 50;
const batch = 200;
const timedSteps = 45;
const timedRounds = 4;

/** The least processor milliseconds of a step: what it costs when no one else is in the caches. */
async function leastStepMs({ model }: Instance, options: AnnealNetworkOptions): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  let before = process.cpuUsage();
  await annealNetwork(model, {
    ...{ ...options, samples: 1 },
    annealing: { from: 0.3, to: 0.3, levels: 1, stepsPerLevel: timedSteps, warmUp: 0 },
    observer: (event) => {
      if (event.kind !== "step") return;
      const { user, system } = process.cpuUsage(before);
      before = process.cpuUsage();
      if (event.step > timedSteps / 3) least = Math.min(least, (user + system) / 1000);
    },
  });
  return least;
}

const optionsOf = (network: string, seed: number): AnnealNetworkOptions => {
  return { key: key(seed), batch, network: networks[network], threads: 1, samples: 5000 };
};

/** Steps of a level that each network can make in the task's time, from rounds in which the networks take turns. */
async function stepsPerLevel(task: Task): Promise<Record<string, number>> {
  const instance = await task.instance(0);
  const costs = Object.fromEntries(Object.keys(networks).map((network) => [network, Number.POSITIVE_INFINITY]));
  for (let round = 0; round < timedRounds; round++) {
    for (const network of Object.keys(networks)) {
      costs[network] = Math.min(costs[network], await leastStepMs(instance, optionsOf(network, 0)));
    }
  }
  const counts = Object.entries(costs).map(([network, ms]) => {
    return [network, Math.max(1, Math.round(((1000 * task.seconds) / ms - warmUp) / levels))];
  });
  return Object.fromEntries(counts) as Record<string, number>;
}

async function runCell(task: Task, network: string, seed: number, perLevel: number): Promise<Cell> {
  const { model, groundEnergy, lnZ } = await task.instance(seed);
  const before = process.cpuUsage();
  const annealing = {
    levels,
    stepsPerLevel: perLevel,
    warmUp,
    ...(task.beta === undefined ? {} : { from: 0.1, to: task.beta }),
  };
  const result = await annealNetwork(model, { ...optionsOf(network, seed), annealing });
  const { user, system } = process.cpuUsage(before);
  const { final, best, collapse } = result;
  const perSpin = (energy: number) => Number(Math.max(0, (energy - groundEnergy) / model.spins).toPrecision(4));
  const { variationalLnZ, lnZ: found, lnZError } = final.estimate;
  return {
    ...{ task: task.name, network, seed, steps: result.steps },
    cpuSeconds: Number(((user + system) / 1e6).toFixed(2)),
    bestResidual: best.energy - groundEnergy < 1e-6 ? 0 : perSpin(best.energy),
    finalResidual: perSpin(final.meanEnergy),
    shareAtBest: Number(final.shareAtBest.toFixed(3)),
    isCollapsed: collapse !== null,
    ...(lnZ === undefined
      ? {}
      : {
          freeEnergyError: Number((Math.abs(variationalLnZ - lnZ) / Math.abs(lnZ)).toPrecision(4)),
          lnZError: Number((found - lnZ).toPrecision(4)),
          lnZStandardError: Number(lnZError.toPrecision(4)),
        }),
  };
}

/** Median with the least and the largest in brackets. */
function spread(values: readonly number[]): string {
  const show = (x: number) => (x === 0 ? "0" : x.toExponential(1));
  return `${show(median(values))} [${show(Math.min(...values))}, ${show(Math.max(...values))}]`;
}

function rowOfCells(task: Task, network: string, cells: readonly Cell[], plain: readonly Cell[]): BenchRow {
  const measure = (list: readonly Cell[]) =>
    median(list.map(({ freeEnergyError, finalResidual }) => freeEnergyError ?? finalResidual));
  const found = cells.filter(({ bestResidual }) => bestResidual === 0).length;
  const collapsed = cells.filter(({ isCollapsed }) => isCollapsed).length;
  const errors = cells.flatMap(({ freeEnergyError }) => freeEnergyError ?? []);
  const note = [
    ...(errors.length > 0
      ? [`relative error of F ${spread(errors)}`]
      : [
          `ground state in ${found} of ${cells.length}`,
          `best ${spread(cells.map(({ bestResidual }) => bestResidual))}`,
          `final ${spread(cells.map(({ finalResidual }) => finalResidual))}`,
          `${collapsed} collapsed`,
        ]),
    `${median(cells.map(({ steps }) => steps))} steps in ${median(cells.map(({ cpuSeconds }) => cpuSeconds)).toFixed(1)} s`,
  ].join(", ");
  return rowOf(`${task.name}: ${network}`, measure(cells), plain.length === 0 ? null : measure(plain), { note });
}

/**
 * Residual energy per spin, or relative error of the free energy, of five networks in the same processor time; the peer is the network without messages
 * and skip. Cells that `bench/results/ising-networks.json` holds are not run again, each new one is added when it is finished; seeds are the outermost
 * loop. Arguments: `--seeds 5`, then words that the names of tasks must contain one of.
 */
export async function benchNetworks(args: readonly string[]): Promise<BenchResult> {
  const place = args.indexOf("--seeds");
  const seeds = place === -1 ? 5 : Number(args[place + 1]);
  const words = args.filter((_, i) => place === -1 || (i !== place && i !== place + 1));
  const chosen = tasks.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const cells = await Cells.open<Cell>("ising-networks", question);
  const counts = new Map<Task, Record<string, number>>();
  for (let seed = 0; seed < seeds; seed++) {
    for (const task of chosen) {
      for (const network of Object.keys(networks)) {
        if (cells.of({ task: task.name, network, seed }).length > 0) continue;
        const known = cells.of({ task: task.name, network })[0];
        if (known === undefined && !counts.has(task)) counts.set(task, await stepsPerLevel(task));
        const perLevel = known === undefined ? counts.get(task)?.[network] : (known.steps - warmUp) / levels;
        const cell = await runCell(task, network, seed, perLevel as number);
        await cells.add(cell);
        console.error(JSON.stringify(cell));
      }
    }
  }
  const rows = chosen.flatMap((task) =>
    Object.keys(networks).map((network) =>
      rowOfCells(task, network, cells.of({ task: task.name, network }), cells.of({ task: task.name, network: "none" })),
    ),
  );
  return { question, rows };
}
