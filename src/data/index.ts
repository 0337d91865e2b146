export { editDistance, hintForName, listNames, nearestName } from "../nearest-name.ts";
export { type Batch, type BatchCursor, Batches, type BatchOptions, shardOf } from "./batches.ts";
export { type CifarOptions, type CifarVariant, cifar10Classes, decodeCifar, readCifar } from "./cifar.ts";
export { type CsvOptions, decodeCsv, encodeCsv, readCsv, writeCsv } from "./csv.ts";
export type { CsvType } from "./csv-columns.ts";
export { dataPath } from "./data-path.ts";
export {
  type ArraysOfDataset,
  type Dataset,
  datasetFromArrays,
  type Loaded,
  type LoadedDataset,
  type RegressionDataset,
  type RejectedRow,
  subset,
  takeRows,
} from "./dataset.ts";
export { fileError, readBytes, writeBytes } from "./file.ts";
export { decodeIdx, encodeIdx, idxLabelsPath, readIdx, readIdxDataset, writeIdx } from "./idx.ts";
export { type ImageFolderOptions, readImageFolder } from "./image-folder.ts";
export { datasetFromImageTable, type ImageTableChoice } from "./image-table.ts";
export { type ImageOptions, type Images, readImages } from "./images.ts";
export { type EncodedLabels, encodeLabels } from "./labels.ts";
export { decodeNpy, decodeNpyText, encodeNpy, encodeNpyText, readNpy, writeNpy } from "./npy.ts";
export { decodeNpz, encodeNpz, type Npz, readNpz, writeNpz } from "./npz.ts";
export { type ParquetOptions, readParquet } from "./parquet.ts";
export { decodePt, type PtValue, readPt } from "./pt.ts";
export { type ReadDatasetOptions, readDataset } from "./read-dataset.ts";
export { encodeSafetensors, openSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
export { loadBreastCancer, loadDigits, loadWine, type ShippedDataset } from "./shipped.ts";
export { type Fold, type Fractions, kFold, randomSplit, stratifiedKFold, stratifiedSplit } from "./splits.ts";
export { fitStandardization, type Standardization, standardize } from "./standardize.ts";
export {
  type Column,
  column,
  columnNames,
  isMissing,
  type NumberColumn,
  numberColumn,
  type Table,
  type TextColumn,
  textColumn,
  type VectorColumn,
} from "./table.ts";
export {
  datasetFromTable,
  type FeatureChoice,
  type LabelChoice,
  regressionFromTable,
  type TargetChoice,
} from "./table-dataset.ts";
