import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { machine } from "../result.ts";

/** One run: a method on a setting with one seed. Accuracies on the test set, in percent. */
export interface Cell {
  readonly setting: string;
  readonly method: string;
  readonly seed: number;
  readonly epochs: number;
  readonly last: number;
  /** Of the epoch that was best on the noisy validation rows. */
  readonly best: number;
  /** Of the epoch that was best on the test set. */
  readonly oracle: number;
  /** Parts of the training rows after the last epoch: wrongly labelled ones whose wrong label is predicted, or whose true class is. */
  readonly noisyFitted: number;
  readonly noisyCorrected: number;
  /** Of the rows that the method keeps, and of those it should keep, where it chooses. */
  readonly precision?: number;
  readonly recall?: number;
  /** Of the processor, so that a busy machine does not tell in it; without it the run was not measured so. */
  readonly cpuSeconds?: number;
}

/** Finished cells, kept in a file that is replaced as a whole after each of them. */
export class Cells {
  readonly #path: string;
  readonly #question: string;
  #cells: readonly Cell[];

  private constructor(path: string, question: string, cells: readonly Cell[]) {
    this.#path = path;
    this.#question = question;
    this.#cells = cells;
  }

  static async open(path: string, question: string): Promise<Cells> {
    const stored = existsSync(path) ? (JSON.parse(await readFile(path, "utf8")) as { cells: readonly Cell[] }) : null;
    return new Cells(path, question, stored?.cells ?? []);
  }

  find(wanted: Pick<Cell, "setting" | "method" | "seed" | "epochs">): Cell | undefined {
    return this.#cells.find(
      ({ setting, method, seed, epochs }) =>
        setting === wanted.setting && method === wanted.method && seed === wanted.seed && epochs === wanted.epochs,
    );
  }

  async add(cell: Cell): Promise<void> {
    this.#cells = [...this.#cells, cell];
    const lines = this.#cells.map((finished) => `    ${JSON.stringify(finished)}`).join(",\n");
    const head = `  "question": ${JSON.stringify(this.#question)},\n  "machine": ${JSON.stringify(machine())}`;
    await writeFile(`${this.#path}.partial`, `{\n${head},\n  "cells": [\n${lines}\n  ]\n}\n`);
    await rename(`${this.#path}.partial`, this.#path);
  }
}
