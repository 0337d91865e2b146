import { type Dataset, stratifiedSplit, takeRows } from "../../../data/index.ts";
import { type Key, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { checkInputs, fitScaling, type InputScaling, scaleInputs } from "./inputs.ts";
import type { Examples } from "./method.ts";
import type { TrainingOptions } from "./options.ts";

/** Which rows are held out with their noisy labels: a stratified part (0 for none), or these rows. */
export type ValidationChoice = { readonly fraction: number } | { readonly rows: ArrayLike<number> };

/** Labelled inputs without class names. */
export type LabelledInputs = Pick<Dataset, "inputs" | "labels">;

/** The data as a run uses them. */
export interface PreparedData {
  readonly scaling: InputScaling;
  /** Rows of the data set, ascending. */
  readonly trainRows: Int32Array;
  readonly validationRows: Int32Array;
  readonly train: Examples;
  readonly validation?: Examples;
  readonly test?: Examples;
  readonly trusted?: Examples;
  /** The true labels of the training rows. */
  readonly truth?: Int32Array;
}

function checkLabels(where: string, { inputs, labels }: LabelledInputs, classes: number): void {
  checkInputs(where, inputs);
  if (labels.size !== inputs.shape[0]) {
    throw new OrreryError(
      "shape",
      `${where}: expected one label for each of ${inputs.shape[0]} rows; got ${labels.size}`,
    );
  }
  const wrong = labels.data.findIndex((label) => !(label >= 0 && label < classes));
  if (wrong === -1) return;
  throw new OrreryError("argument", `${where}: row ${wrong + 1} has label ${labels.data[wrong]}`, {
    hint: `Labels are whole numbers in [0, ${classes}), one for each class name.`,
  });
}

/** @throws OrreryError `shape` or `argument` when the data cannot be trained on. */
export function checkDataset(dataset: Dataset): void {
  const { classNames, inputs, labels } = dataset;
  if (classNames.length < 2) {
    throw new OrreryError("argument", `labels train: expected at least two classes; got ${classNames.length}`);
  }
  checkLabels("labels train: dataset", dataset, classNames.length);
  if (new Set(labels.data).size < 2) {
    throw new OrreryError("argument", "labels train: all rows have one label", {
      hint: "Check the column that the labels were read from.",
    });
  }
  const wrong = inputs.data.findIndex((value: number | bigint) => !Number.isFinite(Number(value)));
  if (wrong === -1) return;
  const width = inputs.size / inputs.shape[0];
  throw new OrreryError(
    "argument",
    `labels train: row ${Math.floor(wrong / width) + 1} has input ${inputs.data[wrong]}; expected a finite number`,
  );
}

function splitRows(labels: Int32Array, choice: ValidationChoice, key: Key) {
  const all = Int32Array.from(labels, (_, i) => i);
  if ("rows" in choice) {
    const held = new Set(Array.from(choice.rows));
    const wrong = [...held].find((row) => !Number.isInteger(row) || row < 0 || row >= labels.length);
    if (wrong !== undefined || held.size === labels.length) {
      const got = wrong === undefined ? "all of them" : `row ${wrong}`;
      throw new OrreryError(
        "argument",
        `labels train: validation rows must be some of ${labels.length} rows; got ${got}`,
      );
    }
    return { train: all.filter((row) => !held.has(row)), validation: all.filter((row) => held.has(row)) };
  }
  const { fraction } = choice;
  if (!(fraction >= 0 && fraction < 1)) {
    throw new OrreryError("argument", `labels train: validation.fraction must be in [0, 1); got ${fraction}`);
  }
  if (fraction === 0) return { train: all, validation: new Int32Array() };
  return stratifiedSplit(labels, { train: 1 - fraction, validation: fraction }, key);
}

/** What `prepareData` is given. */
export interface DataChoice {
  readonly dataset: Dataset;
  readonly validation: ValidationChoice;
  readonly test?: LabelledInputs;
  readonly trusted?: LabelledInputs;
  readonly truth?: ArrayLike<number>;
  readonly options: TrainingOptions;
  readonly key: Key;
}

/** Splits, checks and scales the data; the scaling is fitted on the training rows. @throws OrreryError `shape`, `argument`. */
export function prepareData({ dataset, validation, test, trusted, truth, options, key }: DataChoice): PreparedData {
  checkDataset(dataset);
  const { inputs, labels, classNames } = dataset;
  if (truth !== undefined && truth.length !== labels.size) {
    throw new OrreryError("shape", `labels train: expected ${labels.size} true labels; got ${truth.length}`);
  }
  const rows = splitRows(labels.data, validation, key);
  const scaling = fitScaling(inputs, rows.train, options.standardize);
  const scaled = scaleInputs(inputs, scaling);
  const part = (chosen: Int32Array): Examples => ({
    inputs: takeRows(scaled, chosen),
    labels: Int32Array.from(chosen, (row) => labels.data[row]),
  });
  const given = (where: string, set: LabelledInputs | undefined): Examples | undefined => {
    if (set === undefined) return undefined;
    checkLabels(`labels train: ${where}`, set, classNames.length);
    const shaped = new NdArray(set.inputs.data, set.inputs.shape, set.inputs.dtype);
    if (String(shaped.shape.slice(1)) !== String(inputs.shape.slice(1))) {
      throw new OrreryError(
        "shape",
        `labels train: ${where} rows must have shape [${inputs.shape.slice(1)}]; got [${shaped.shape.slice(1)}]`,
      );
    }
    return { inputs: scaleInputs(shaped, scaling), labels: set.labels.data };
  };
  return {
    ...{ scaling, trainRows: rows.train, validationRows: rows.validation, train: part(rows.train) },
    ...(rows.validation.length === 0 ? {} : { validation: part(rows.validation) }),
    test: given("test", test),
    trusted: given("trusted", trusted),
    truth: truth === undefined ? undefined : Int32Array.from(rows.train, (row) => truth[row]),
  };
}
