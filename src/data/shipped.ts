import { fileURLToPath } from "node:url";
import type { NdArray } from "../engine/ndarray.ts";
import { readCsv } from "./csv.ts";
import type { Dataset } from "./dataset.ts";
import { datasetFromTable } from "./table-dataset.ts";

/** A data set of the package: named features, float32 `[n, d]`. */
export interface ShippedDataset extends Dataset {
  readonly inputs: NdArray<"float32">;
  readonly featureNames: readonly string[];
}

/** The package's data folder stands two above this file, in the source (src/data) as in the build (dist/data). */
async function load(file: string, classNames: readonly string[]): Promise<ShippedDataset> {
  const table = await readCsv(fileURLToPath(new URL(`../../data/${file}`, import.meta.url)));
  const { inputs, labels, featureNames } = datasetFromTable(table, { label: "class", classNames });
  return { inputs: inputs as NdArray<"float32">, labels, classNames, featureNames };
}

/**
 * UCI's handwritten digits: inputs `[1797, 64]`, whole numbers in 0…16, classes `0` … `9`. Each row is an 8×8 image:
 * `inputs.reshape([1797, 1, 8, 8])`. Alpaydin & Kaynak (1998), CC BY 4.0, see `data/README.md`.
 */
export function loadDigits(): Promise<ShippedDataset> {
  return load("digits.csv.gz", ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
}

/** UCI's wine: 13 chemical measurements `[178, 13]` in their own units, three cultivars. Aeberhard & Forina (1992), CC BY 4.0. */
export function loadWine(): Promise<ShippedDataset> {
  return load("wine.csv.gz", ["class_0", "class_1", "class_2"]);
}

/**
 * Wisconsin's diagnostic breast cancer: 30 measurements of cell nuclei `[569, 30]` in their own units, classes
 * `malignant` and `benign`. Wolberg et al. (1993), CC BY 4.0.
 */
export function loadBreastCancer(): Promise<ShippedDataset> {
  return load("breast-cancer.csv.gz", ["malignant", "benign"]);
}
