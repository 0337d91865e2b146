import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { machine } from "../result.ts";

/** One instance that was searched. */
export interface InstanceCell {
  readonly instance: string;
  readonly spins: number;
  /** The published value, best known or optimal. */
  readonly published: number;
  /** In the same units. */
  readonly found: number;
  /** How much worse than the published value, in percent of it; below 0 where it is better. */
  readonly gapPercent: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Processor seconds allowed. */
  readonly limitCpuSeconds: number;
  readonly seed: number;
}

/** Finished instances, kept in a file that is replaced as a whole after each of them. */
export class InstanceCells {
  readonly #path: string;
  readonly #question: string;
  #cells: readonly InstanceCell[];

  private constructor(path: string, question: string, cells: readonly InstanceCell[]) {
    this.#path = path;
    this.#question = question;
    this.#cells = cells;
  }

  static async open(path: string, question: string): Promise<InstanceCells> {
    const stored = existsSync(path)
      ? (JSON.parse(await readFile(path, "utf8")) as { cells: readonly InstanceCell[] })
      : null;
    return new InstanceCells(path, question, stored?.cells ?? []);
  }

  find(instance: string, seed: number): InstanceCell | undefined {
    return this.#cells.find((cell) => cell.instance === instance && cell.seed === seed);
  }

  async add(cell: InstanceCell): Promise<void> {
    this.#cells = [...this.#cells, cell];
    const lines = this.#cells.map((finished) => `    ${JSON.stringify(finished)}`).join(",\n");
    const head = `  "question": ${JSON.stringify(this.#question)},\n  "machine": ${JSON.stringify(machine())}`;
    await writeFile(`${this.#path}.partial`, `{\n${head},\n  "cells": [\n${lines}\n  ]\n}\n`);
    await rename(`${this.#path}.partial`, this.#path);
  }
}
