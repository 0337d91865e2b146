/** Variational autoregressive networks with message passing: ground states, free energies and samples of Ising models. */
export { type AnnealResult, annealNetwork } from "./anneal-network.ts";
export type {
  AnnealEvent,
  AnnealNetworkOptions,
  AnnealState,
  LevelRecord,
  StepRecord,
} from "./anneal-options.ts";
export { type AnnealingOptions, type AnnealingSchedule, annealingSchedule } from "./annealing-schedule.ts";
export type { BestSample } from "./best-sample.ts";
export type { BestStateWeight, Collapse } from "./collapse.ts";
export type { FinalDistribution } from "./final-distribution.ts";
export type { LayerParams, NetworkParams } from "./folding.ts";
export { estimateFreeEnergy, type FreeEnergyEstimate } from "./free-energy.ts";
export { type Message, messageNames, type Symmetry, symmetryNames } from "./message-names.ts";
export { exportConditionals, exportSampler } from "./network-export.ts";
export type { NetworkOptions } from "./network-options.ts";
export type { NetworkPlan } from "./network-plan.ts";
export { type NeuralMetropolisOptions, type NeuralMetropolisResult, neuralMetropolis } from "./neural-metropolis.ts";
export type { SpinOrder } from "./spin-order.ts";
export { logProbabilitiesOf, type NetworkSamples, sampleNetwork, type TrainedNetwork } from "./trained-network.ts";
