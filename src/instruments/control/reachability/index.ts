/** Hamilton–Jacobi reachability: value functions of games on grids, backward and forward in time. */
export type { Dissipation } from "./artificial-dissipation.ts";
export {
  compileSystem,
  defineSystem,
  type Linearization,
  namesOf,
  type StateSpec,
  type System,
  type SystemSpec,
  velocity,
  withDisturbanceScale,
  withDisturbanceState,
} from "./dynamics.ts";
export { type Estimate, estimateSolve } from "./estimate.ts";
export type { Expression, ExpressionFunction } from "./expression.ts";
export type { Derivative } from "./finite-differences.ts";
export {
  type Axis,
  type AxisSpec,
  type BoundaryRule,
  createGrid,
  type Grid,
  sample,
  stateAt,
  type Values,
} from "./grid.ts";
export type { Mode } from "./hamiltonian.ts";
export { type Modes, type OptimalInputs, optimalInputs } from "./optimal-inputs.ts";
export { type Constraint, type Field, type Problem, writeField } from "./problem.ts";
export { type ReachQuestion, reachProblem } from "./reach.ts";
export { type Accuracy, type Scheme, schemes } from "./scheme.ts";
export { ball, box, extremePoint, type InputSet, scaleSet } from "./sets.ts";
export type { Slice, Solution, SolveCheckpoint, SolveEvent, SolveOptions } from "./solve-options.ts";
export { solve } from "./solver.ts";
export {
  air3d,
  car4d,
  doubleIntegrator,
  dubinsCar,
  type PlanarAuvOptions,
  planarAuv,
  planarIntegrator,
  planarQuadrotor,
  singleIntegrator,
} from "./systems.ts";
export {
  type GradientOptions,
  gradientAt,
  gradientAtPoint,
  interpolate,
  interpolateInTime,
  type Outside,
  type TimeSlices,
} from "./value-function.ts";
