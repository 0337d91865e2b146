import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { machine, resultPath } from "./result.ts";

/** Finished cells of a long bench, kept in `bench/results/NAME.json`, which is replaced as a whole after each of them. */
export class Cells<C extends object> {
  readonly #path: string;
  readonly #question: string;
  #cells: readonly C[];

  private constructor(path: string, question: string, cells: readonly C[]) {
    this.#path = path;
    this.#question = question;
    this.#cells = cells;
  }

  /** The cells that earlier runs finished. */
  static async open<C extends object>(name: string, question: string): Promise<Cells<C>> {
    const path = resultPath(name);
    const stored = existsSync(path) ? (JSON.parse(await readFile(path, "utf8")) as { cells: readonly C[] }) : null;
    return new Cells(path, question, stored?.cells ?? []);
  }

  /** All cells with these values. */
  of(wanted: Partial<C>): readonly C[] {
    const names = Object.keys(wanted) as (keyof C)[];
    return this.#cells.filter((cell) => names.every((name) => cell[name] === wanted[name]));
  }

  async add(cell: C): Promise<void> {
    this.#cells = [...this.#cells, cell];
    const lines = this.#cells.map((finished) => `    ${JSON.stringify(finished)}`).join(",\n");
    const head = `  "question": ${JSON.stringify(this.#question)},\n  "machine": ${JSON.stringify(machine())}`;
    await writeFile(`${this.#path}.partial`, `{\n${head},\n  "cells": [\n${lines}\n  ]\n}\n`);
    await rename(`${this.#path}.partial`, this.#path);
  }
}
