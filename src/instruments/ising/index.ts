/** Ising models, QUBOs and Max-Cut: instances, classical solvers, exact tools, and variational autoregressive networks. */
export type { EdgeList } from "./adjacency.ts";
export {
  bitsOfSpins,
  type EquivalentCut,
  type EquivalentModel,
  isingOfMaxCut,
  isingOfQubo,
  type MaxCutGraph,
  maxCutOfIsing,
  modelAs,
  type Qubo,
  quboOfIsing,
  spinsOfBits,
  spinsOfCut,
} from "./conversion.ts";
export type { Thermodynamics } from "./exact/boltzmann-sum.ts";
export { type Enumeration, type EnumerationOptions, enumerate } from "./exact/enumeration.ts";
export {
  cheapestExactMethod,
  type ExactCurve,
  type ExactCurveOptions,
  type ExactMethod,
  type ExactPoint,
  exactCurve,
} from "./exact/exact-curve.ts";
export { criticalBeta, kaufman, onsagerFreeEnergy, type TorusThermodynamics } from "./exact/kaufman.ts";
export { type TransferMatrixOptions, type TransferMatrixResult, transferMatrix } from "./exact/transfer-matrix.ts";
export { type InstanceFormat, instanceFormats } from "./formats/format-names.ts";
export {
  decodeInstance,
  detectFormat,
  type EncodedInstance,
  encodeInstance,
  type ReadInstanceOptions,
  readInstance,
  writeInstance,
} from "./formats/instance-file.ts";
export {
  type EstimateName,
  type FreeEnergyValue,
  type JudgedValue,
  judgeEstimates,
} from "./free-energy-estimate.ts";
export {
  type Disorder,
  edwardsAnderson,
  ferromagnet,
  hopfield,
  type PlantedModel,
  sherringtonKirkpatrick,
  wishartPlanted,
} from "./generators/ensembles.ts";
export { type LatticeShape, latticeShapeOf } from "./generators/lattice-shape.ts";
export { type Boundary, type Lattice, lattice } from "./generators/lattices.ts";
export { randomRegular } from "./generators/random-regular.ts";
export {
  type MeanFieldName,
  type MeanFieldOptions,
  type MeanFieldSolution,
  meanField,
  meanFieldNames,
} from "./mean-field/mean-field.ts";
export { type IsingDefinition, IsingModel, type ProblemKind, type Sense } from "./model.ts";
export {
  type AnnealEvent,
  type AnnealingOptions,
  type AnnealNetworkOptions,
  type AnnealResult,
  type AnnealState,
  annealNetwork,
  type Collapse,
  estimateFreeEnergy,
  exportConditionals,
  exportSampler,
  type FreeEnergyEstimate,
  logProbabilitiesOf,
  messageNames,
  type NetworkOptions,
  type NetworkSamples,
  type NeuralMetropolisOptions,
  type NeuralMetropolisResult,
  neuralMetropolis,
  sampleNetwork,
  symmetryNames,
  type TrainedNetwork,
} from "./neural/index.ts";
export { type LadderPoint, ladderCurve } from "./sampling/ladder-curve.ts";
export { type ChainSamples, type ChainsOptions, type ChainsState, sampleChains } from "./sampling/sample-chains.ts";
export { type SampleOptions, type SampleState, sampleThermal } from "./sampling/sample-thermal.ts";
export type { TemperatureRecord, ThermalSamples } from "./sampling/thermal-samples.ts";
export {
  type RestartRecord,
  type Solution,
  type SolveEvent,
  type SolveOptions,
  type SolveResult,
  type SolveState,
  solve,
} from "./solve.ts";
export { type BetaRange, betaRange } from "./solvers/beta-range.ts";
export { type Method, methodNames } from "./solvers/method.ts";
export { type PolishedState, polish } from "./solvers/polish.ts";
export { autocorrelation, autocorrelationTime } from "./statistics/autocorrelation.ts";
export { type OverlapStatistics, overlapStatistics } from "./statistics/overlaps.ts";
export { potentialScaleReduction } from "./statistics/potential-scale-reduction.ts";
export { type ResidualEnergy, residualEnergy } from "./statistics/residual-energy.ts";
export { type RestartCount, type TimeToSolution, timeToSolution } from "./statistics/time-to-solution.ts";
