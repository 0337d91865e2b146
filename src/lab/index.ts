/** What makes an instrument runnable: jobs, runs, figures, reports. */
export type {
  Cell,
  Chart,
  Column,
  DataTable,
  Drawing,
  Figure,
  Frames,
  ImageSheet,
  Mark,
  MarkName,
  Preformatted,
  Row,
  Scale,
  SheetImage,
  SvgDrawing,
  TableOnly,
  Volume,
  VolumeAxis,
} from "./figure.ts";
export { checkFigure } from "./figures/check.ts";
export { degreeFigure, type Network, networkFigure } from "./figures/network.ts";
export { packVolume, type SampledVolume } from "./figures/volume.ts";
export type { FileLook, FileProblem, LookAtFile } from "./file-look.ts";
export { type Pixels, pngUri } from "./images.ts";
export {
  type AnyJob,
  defineJob,
  type Headline,
  type JobContext,
  type JobDefinition,
  type JobEstimate,
  type MetricDeclaration,
  type Outcome,
  type PartialOptions,
  type Progress,
  type SavedState,
} from "./job.ts";
export { lookOf, pathOption, seedOption } from "./options.ts";
export { requestCancel } from "./runs/cancel-request.ts";
export type { RunEvent } from "./runs/run-event.ts";
export { findRun, listRuns, type Run, readFigures, readRun } from "./runs/run-folder.ts";
export { type FinishedRun, type RunOptions, runJob } from "./runs/run-job.ts";
export type { RunRecord, RunState } from "./runs/run-record.ts";
