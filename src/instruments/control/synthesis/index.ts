/** Controllers that satisfy temporal logic against the largest disturbance they can. */
export { type Certificate, certify } from "./certificate.ts";
export { type Decision, PlanController } from "./controller.ts";
export {
  type ControllerRecord,
  controllerOf,
  decodeController,
  encodeController,
  type SavedController,
} from "./controller-file.ts";
export { type ControllerMode, checkExport, controllerModes, exportController } from "./controller-model.ts";
export {
  type Disturbance,
  randomDisturbance,
  steadyDisturbance,
  userDisturbance,
  worstDisturbance,
} from "./disturbance.ts";
export { type DisturbanceMap, type DisturbanceMapOptions, disturbanceMap } from "./disturbance-map.ts";
export {
  coarsen,
  type DisturbanceBound,
  type DisturbanceSearch,
  largestDisturbance,
  type Trial,
} from "./largest-disturbance.ts";
export { estimateBytes } from "./memory.ts";
export { type CompiledPlan, compilePlan, type Goal, type Hold, type OutsideFragment, type Plan } from "./plan.ts";
export { countSolves } from "./plan-shape.ts";
export { type ControlProblem, checkValues, type ProblemSpec, readProblem } from "./problem.ts";
export { problems } from "./problems.ts";
export { type Rollout, type RolloutOptions, rollOut, samplingStep } from "./rollout.ts";
export { type SegmentBound, type SegmentSearch, type SegmentTrial, segmentBounds } from "./segment-bounds.ts";
export { type PlanOptions, type PlanProgress, solvePlan } from "./solve-plan.ts";
export { type ControlTask, checkTask, gridMargin } from "./task.ts";
export { initialValues, planValue, type SolvedGoal, type ValueTree } from "./value-tree.ts";
