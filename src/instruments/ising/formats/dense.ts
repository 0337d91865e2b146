import { formatError } from "../../../data/format-error.ts";
import { decodeNpy, encodeNpy } from "../../../data/npy.ts";
import { NdArray } from "../../../engine/ndarray.ts";
import { formatShape } from "../../../engine/shape.ts";
import { isingOfMaxCut, isingOfQubo, quboOfIsing } from "../conversion.ts";
import { IsingModel, type ProblemKind, type Sense } from "../model.ts";
import { linesOf, readNumber, wordError } from "./lines.ts";

/** What the numbers of a matrix are: J (or its negative, see `sense`), Q with value xᵀQx, or the weights of a graph. */
export interface MatrixMeaning {
  readonly kind: ProblemKind;
  /** For a QUBO; default `minimize`. */
  readonly sense?: Sense;
}

/** A square matrix, row-major. */
interface SquareMatrix {
  readonly size: number;
  readonly values: ArrayLike<number>;
}

/**
 * The model of a matrix. For `ising` and `max-cut` it is symmetric or triangular, with a zero diagonal; for `qubo` entries
 * above and below the diagonal add up.
 */
function modelOfMatrix({ size, values }: SquareMatrix, { kind, sense }: MatrixMeaning, source: string): IsingModel {
  const pairs: { from: number[]; to: number[]; weight: number[] } = { from: [], to: [], weight: [] };
  const add = (i: number, j: number, w: number) => {
    if (w === 0) return;
    pairs.from.push(i);
    pairs.to.push(j);
    pairs.weight.push(w);
  };
  for (let i = 0; i < size; i++) {
    const diagonal = values[i * size + i];
    if (kind === "qubo") add(i, i, diagonal);
    else if (diagonal !== 0) {
      const got = `${diagonal} at row ${i + 1}, column ${i + 1}`;
      throw formatError(source, { expected: "a zero diagonal", got, hint: "s² = 1: a diagonal is a constant." });
    }
    for (let j = i + 1; j < size; j++) {
      const [above, below] = [values[i * size + j], values[j * size + i]];
      if (kind !== "qubo" && above !== below && above !== 0 && below !== 0) {
        const got = `${above} at row ${i + 1}, column ${j + 1} and ${below} across the diagonal`;
        throw formatError(source, { expected: "a symmetric or triangular matrix", got });
      }
      add(i, j, kind === "qubo" ? above + below : above || below);
    }
  }
  const name = source.replace(/^.*[/\\]/, "").replace(/\.\w+$/, "");
  if (kind === "qubo") return isingOfQubo({ size, terms: pairs, offset: 0, name, ...(sense ? { sense } : {}) });
  if (kind === "max-cut") return isingOfMaxCut({ vertices: size, edges: pairs, name });
  return new IsingModel({ spins: size, couplings: pairs, name });
}

/** The model of a matrix written as lines of numbers. @throws OrreryError `format` with line and column. */
export function decodeDenseCsv(text: string, meaning: MatrixMeaning, source = "matrix csv"): IsingModel {
  const rows = [...linesOf(text, text.includes(",") || text.includes(";") || text.includes("\t") ? "comma" : "blank")];
  if (rows.length === 0) throw formatError(`${source}:1`, { expected: "a row of numbers", got: "an empty file" });
  const values = rows.flatMap((words) => {
    if (words.length !== rows.length) {
      throw wordError(source, words[words.length - 1], `${rows.length} numbers a line, as there are lines`);
    }
    return words.map((word) => readNumber(source, word, "an entry"));
  });
  return modelOfMatrix({ size: rows.length, values }, meaning, source);
}

/** The model of a square npy matrix. @throws OrreryError `format` for another shape or a number that is not finite. */
export function decodeDenseNpy(bytes: Uint8Array, meaning: MatrixMeaning, source = "npy"): IsingModel {
  const { shape, data } = decodeNpy(bytes, source);
  if (shape.length !== 2 || shape[0] !== shape[1] || shape[0] === 0) {
    throw formatError(source, { expected: "a square matrix", got: `shape ${formatShape(shape)}` });
  }
  const values = Float64Array.from(data as ArrayLike<number>, Number);
  const wrong = values.findIndex((x) => !Number.isFinite(x));
  if (wrong >= 0) {
    const place = `row ${Math.floor(wrong / shape[0]) + 1}, column ${(wrong % shape[0]) + 1}`;
    throw formatError(source, { expected: "finite numbers", got: `${values[wrong]} at ${place}` });
  }
  return modelOfMatrix({ size: shape[0], values }, meaning, source);
}

/** J, the weights −2J of the cut, or the symmetric Q of the model, by its kind, row-major `[N, N]`. */
export function matrixOfModel(model: IsingModel): Float64Array {
  const n = model.spins;
  if (model.kind !== "qubo") {
    return model.kind === "ising" ? model.dense() : model.dense().map((J) => (J === 0 ? 0 : -2 * J));
  }
  const matrix = new Float64Array(n * n);
  const { terms } = quboOfIsing(model);
  for (let k = 0; k < terms.from.length; k++) {
    const [i, j] = [terms.from[k], terms.to[k]];
    matrix[i * n + j] += terms.weight[k] / 2;
    matrix[j * n + i] += terms.weight[k] / 2;
  }
  return matrix;
}

/** The matrix of the model as lines of numbers. */
export function encodeDenseCsv(model: IsingModel): string {
  const [n, matrix] = [model.spins, matrixOfModel(model)];
  return `${Array.from({ length: n }, (_, i) => matrix.subarray(i * n, i * n + n).join(",")).join("\n")}\n`;
}

/** The matrix of the model as a float64 npy file. */
export function encodeDenseNpy(model: IsingModel): Uint8Array {
  return encodeNpy(new NdArray(matrixOfModel(model), [model.spins, model.spins]));
}
