/** Figures of mapping: pure functions from results to pictures with their numbers. */
export { energyFigure } from "./report/energy.ts";
export {
  baselineOf,
  bitsFigure,
  cheapestWithin,
  costNames,
  type DrawnExploration,
  frontFigure,
  hypervolumeFigure,
  shownCost,
  shownSettings,
} from "./report/exploration.ts";
export { countRows, loopNestFigure, nestDrawingFigure } from "./report/nest.ts";
export type { DrawnMapping } from "./report/nest-drawing.ts";
export {
  gapFigure,
  layerRows,
  layerTableFigure,
  networkCyclesFigure,
  networkEnergyFigure,
  unmappedFigure,
  widthsFigure,
} from "./report/network.ts";
export { type NamedEvaluation, rooflineFigure } from "./report/roofline.ts";
export { coverageFigure, frontMappingsFigure, invalidFigure, paretoFigure, shownMappings } from "./report/search.ts";
export { utilizationFigure } from "./report/utilization.ts";
export { verificationFigure } from "./report/verification.ts";
