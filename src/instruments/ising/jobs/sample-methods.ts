import { key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { Headline, JobContext } from "../../../lab/index.ts";
import type { IsingModel } from "../model.ts";
import { annealNetwork } from "../neural/anneal-network.ts";
import type { AnnealState } from "../neural/anneal-options.ts";
import { neuralMetropolis } from "../neural/neural-metropolis.ts";
import { magnetizationOf } from "../report/samples.ts";
import { shown } from "../report/text.ts";
import { type ChainsState, sampleChains } from "../sampling/sample-chains.ts";
import { type SampleState, sampleThermal } from "../sampling/sample-thermal.ts";
import type { TemperatureRecord } from "../sampling/thermal-samples.ts";
import { autocorrelationTime } from "../statistics/autocorrelation.ts";
import { potentialScaleReduction } from "../statistics/potential-scale-reduction.ts";
import { annealOptionsOf } from "./network-options.ts";
import { requireNetworkSize } from "./network-size.ts";
import { type PackedState, packState, unpackState } from "./packed-state.ts";
import type { SampleFlags } from "./sample.ts";
import { StateSaver } from "./state-saver.ts";

/** What a method drew, and what it says of it. */
export interface Drawn {
  readonly states: readonly Int8Array[];
  /** Energies by chain, in the order of the states. */
  readonly energies: readonly Float64Array[];
  readonly meanEnergy: number;
  readonly error: number;
  readonly effectiveSamples: number;
  /** In samples; undefined where samples are of chains of their own. */
  readonly autocorrelationTime: number | undefined;
  /** Split R̂, the largest of energy and, where there are chains, magnetisation. */
  readonly scaleReduction: number | undefined;
  readonly ladder?: readonly TemperatureRecord[];
  readonly headlines: readonly Headline[];
  /** Why the samples may be wrong. */
  readonly doubts: readonly string[];
}

type Task = {
  readonly model: IsingModel;
  readonly beta: number;
  readonly flags: SampleFlags;
  readonly context: JobContext;
};

/** Agreement of chains as it is asked for in practice. */
const agreed = 1.05;
const enoughSamples = 50;

function doubtsOf(scaleReduction: number, effectiveSamples: number): string[] {
  return [
    ...(scaleReduction > agreed
      ? [`Chains, or their halves, do not agree: R̂ = ${shown(scaleReduction)}. They have not reached equilibrium.`]
      : []),
    ...(effectiveSamples < enoughSamples
      ? [`The samples are worth only ${shown(effectiveSamples)} independent ones: errors are not to be trusted.`]
      : []),
  ];
}

function progressOf(context: JobContext, { burnIn, sweepsBetween }: SampleFlags, samples: number) {
  const total = burnIn + samples * sweepsBetween;
  return (share: number) => context.progress({ done: Math.round(share * total), total, unit: "sweeps" });
}

/** Parallel tempering: replicas from β = 0 to β. */
async function byTempering({ model, beta, flags, context }: Task): Promise<Drawn> {
  const saver = new StateSaver<PackedState>(context, "samples");
  const kept = await saver.load();
  const { seed, samples, sweepsBetween, burnIn, replicas, chains: _ } = flags;
  try {
    const found = await sampleThermal(model, {
      ...{ key: key(seed), beta, samples, sweepsBetween, burnIn, signal: context.signal },
      ...(replicas === undefined ? {} : { replicas }),
      ...(kept === undefined ? {} : { resume: unpackState<SampleState>(kept) }),
      observer: progressOf(context, flags, samples),
      onState: (state) => saver.offer(() => packState(state)),
    });
    const { ladder, energies, states, effectiveSamples, lnZ, lnZError, freeEnergy } = found;
    const scaleReduction = potentialScaleReduction([energies]);
    const rates = ladder.flatMap(({ exchangeRate }) => exchangeRate ?? []);
    const slow = Math.min(...rates);
    const error = ladder[ladder.length - 1].error;
    return {
      ...{ states, energies: [energies], meanEnergy: ladder[ladder.length - 1].meanEnergy, error, effectiveSamples },
      ...{ autocorrelationTime: found.autocorrelationTime, scaleReduction, ladder },
      headlines: [
        { label: "ln Z", value: lnZ, note: `± ${shown(lnZError)}; F = −ln Z/β = ${shown(freeEnergy)}` },
        { label: "temperatures", value: ladder.length, note: `at least ${Math.round(100 * slow)} % of exchanges made` },
      ],
      doubts: [
        ...doubtsOf(scaleReduction, effectiveSamples),
        ...(slow < 0.05
          ? [`Between two temperatures only ${shown(100 * slow)} % of the exchanges were made: take more replicas.`]
          : []),
      ],
    };
  } finally {
    await saver.flush();
  }
}

/** Independent Metropolis chains at β. */
async function byMetropolis({ model, beta, flags, context }: Task): Promise<Drawn> {
  const saver = new StateSaver<PackedState>(context, "samples");
  const kept = await saver.load();
  const { seed, sweepsBetween, burnIn, chains: count } = flags;
  const samples = Math.max(4, Math.ceil(flags.samples / count));
  try {
    const chains = await sampleChains(model, {
      ...{ key: key(seed), beta, chains: count, samples, sweepsBetween, burnIn, signal: context.signal },
      ...(kept === undefined ? {} : { resume: unpackState<ChainsState>(kept) }),
      observer: progressOf(context, flags, samples),
      onState: (state) => saver.offer(() => packState(state)),
    });
    const energies = chains.map((chain) => chain.energies);
    const times = energies.map((series) => autocorrelationTime(series));
    const effectiveSamples = times.reduce((sum, time) => sum + samples / (2 * time), 0);
    const all = energies.flatMap((series) => [...series]);
    const meanEnergy = all.reduce((sum, e) => sum + e, 0) / all.length;
    const variance = all.reduce((sum, e) => sum + (e - meanEnergy) ** 2, 0) / all.length;
    const magnetizations = chains.map(({ states }) => states.map(magnetizationOf));
    const scaleReduction = Math.max(potentialScaleReduction(energies), potentialScaleReduction(magnetizations));
    return {
      ...{ states: chains.flatMap(({ states }) => states), energies, meanEnergy },
      ...{ error: Math.sqrt(variance / effectiveSamples), effectiveSamples },
      ...{ autocorrelationTime: times.reduce((sum, time) => sum + time, 0) / count, scaleReduction },
      headlines: [{ label: "chains", value: count, note: `${samples} samples each` }],
      doubts: doubtsOf(scaleReduction, effectiveSamples),
    };
  } finally {
    await saver.flush();
  }
}

/** A network trained towards β proposes; each sample is the end of a chain of its own. */
async function byNetwork({ model, beta, flags, context }: Task): Promise<Drawn> {
  requireNetworkSize(model, flags, { where: "ising sample", instead: 'Take method "tempering"' });
  const saver = new StateSaver<AnnealState>(context, "network");
  const resume = await saver.load();
  const [trainingKey, chainKey] = key(flags.seed).split(2);
  const from = flags.training.levels === 1 ? beta : undefined;
  const { warmUp, levels, stepsPerLevel } = flags.training;
  const total = warmUp + levels * stepsPerLevel;
  const { status, network, final, state } = await annealNetwork(model, {
    ...annealOptionsOf(flags, { from, to: beta }),
    ...{ key: trainingKey, threads: flags.threads, signal: context.signal },
    ...(resume === undefined ? {} : { resume }),
    observer: (event) => {
      if (event.kind === "checkpoint") saver.offer(() => event.state);
      if (event.kind !== "step") return;
      context.metrics(event.step, { freeEnergy: event.freeEnergy, spread: event.spread });
      context.progress({ done: event.step, total, unit: "steps", label: "training the network" });
    },
  });
  saver.offer(() => state);
  await saver.flush();
  if (status === "cancelled") throw new OrreryError("cancelled", "ising sample: cancelled");
  const { samples, proposals } = flags;
  context.progress({ done: total, total, unit: "steps", label: "drawing proposals" });
  const settings = { key: chainKey, chains: samples, steps: proposals, burnIn: 0, signal: context.signal };
  const { acceptance, longestStay, spins, energies, energy, energyError } = await neuralMetropolis(network, settings);
  const states = Array.from(energies, (_, c) => spins.slice(c * model.spins, (c + 1) * model.spins));
  const { estimate } = final;
  return {
    ...{ states, energies: [energies], meanEnergy: energy, error: energyError, effectiveSamples: samples },
    ...{ autocorrelationTime: undefined, scaleReduction: undefined },
    headlines: [
      { label: "proposals accepted", value: acceptance, isFraction: true, note: `longest stay ${longestStay}` },
      { label: "ln Z", value: estimate.lnZ, note: `± ${shown(estimate.lnZError)}, importance sampling` },
    ],
    doubts: networkDoubts({ acceptance, longestStay, proposals, isReliable: estimate.isReliable }),
  };
}

function networkDoubts(found: {
  readonly acceptance: number;
  readonly longestStay: number;
  readonly proposals: number;
  readonly isReliable: boolean;
}): string[] {
  const { acceptance, longestStay, proposals, isReliable } = found;
  return [
    ...(acceptance * proposals < 5
      ? [
          `Only ${shown(100 * acceptance)} % of the proposals were accepted: ${proposals} of them do not forget the network. Train longer or take more --proposals.`,
        ]
      : []),
    ...(longestStay > proposals
      ? [
          `A chain accepted none of its ${proposals} proposals: the network misses likely states. Train longer or take more --proposals.`,
        ]
      : []),
    ...(isReliable ? [] : ["Few proposals carry the weight of all: the network's ln Z is not to be trusted."]),
  ];
}

/** Draws samples by the method that is asked for. @throws OrreryError `argument`, `cancelled`. */
export function drawSamples(task: Task): Promise<Drawn> {
  return { tempering: byTempering, metropolis: byMetropolis, network: byNetwork }[task.flags.method](task);
}
