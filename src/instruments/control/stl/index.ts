/** Signal temporal logic: formulas, their text, and how robustly traces satisfy them. */
export { type DenseTrace, robustnessDense } from "./dense.ts";
export { type DenseChange, DenseOnlineMonitor, type DenseSemantics, signalOfChanges } from "./dense-online.ts";
export { type DenseSignal, valueAt } from "./dense-signal.ts";
export { type ExpressionOptions, type Extremum, robustnessExpression } from "./expression.ts";
export {
  type Arithmetic,
  type BinaryTemporal,
  type Comparison,
  type Formula,
  type Interval,
  type Neighbour,
  type Term,
  type UnaryTemporal,
  unbounded,
} from "./formula.ts";
export { type Reach, reachOf } from "./horizon.ts";
export { toNegationNormalForm } from "./normal-form.ts";
export { OnlineMonitor } from "./online.ts";
export { type ParseOptions, parseFormula } from "./parser.ts";
export { printFormula, printTerm } from "./printer.ts";
export { type Region, signedDistance } from "./region.ts";
export { robustness, type Trace } from "./robustness.ts";
export type { DiscreteSemantics, Semantics, TraceEnd } from "./semantics.ts";
export { builtinFunctions, type State, type TermFunction, type Vocabulary } from "./vocabulary.ts";
