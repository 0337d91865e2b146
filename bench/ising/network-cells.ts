import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { machine } from "../result.ts";

/** One network trained on one instance. */
export interface Cell {
  readonly task: string;
  readonly network: string;
  readonly seed: number;
  readonly steps: number;
  /** Processor seconds of everything: training and final samples. */
  readonly cpuSeconds: number;
  /** `(E_best − E_0) / N` of the best state of all steps. */
  readonly bestResidual: number;
  /** `(⟨E⟩ − E_0) / N` of the final samples. */
  readonly finalResidual: number;
  /** Share of the final samples with the best energy. */
  readonly shareAtBest: number;
  readonly isCollapsed: boolean;
  /** `|β F_q − β F| / |β F|`, where ln Z is known. */
  readonly freeEnergyError?: number;
  /** `ln Z` of importance sampling less the exact one, and its standard error. */
  readonly lnZError?: number;
  readonly lnZStandardError?: number;
}

/** Finished cells, kept in a file that is replaced as a whole after each of them. */
export class NetworkCells {
  readonly #path: string;
  readonly #question: string;
  #cells: readonly Cell[];

  private constructor(path: string, question: string, cells: readonly Cell[]) {
    this.#path = path;
    this.#question = question;
    this.#cells = cells;
  }

  static async open(path: string, question: string): Promise<NetworkCells> {
    const stored = existsSync(path) ? (JSON.parse(await readFile(path, "utf8")) as { cells: readonly Cell[] }) : null;
    return new NetworkCells(path, question, stored?.cells ?? []);
  }

  find(task: string, network: string, seed: number): Cell | undefined {
    return this.#cells.find((cell) => cell.task === task && cell.network === network && cell.seed === seed);
  }

  /** All cells of a task and a network. */
  of(task: string, network: string): readonly Cell[] {
    return this.#cells.filter((cell) => cell.task === task && cell.network === network);
  }

  async add(cell: Cell): Promise<void> {
    this.#cells = [...this.#cells, cell];
    const lines = this.#cells.map((finished) => `    ${JSON.stringify(finished)}`).join(",\n");
    const head = `  "question": ${JSON.stringify(this.#question)},\n  "machine": ${JSON.stringify(machine())}`;
    await writeFile(`${this.#path}.partial`, `{\n${head},\n  "cells": [\n${lines}\n  ]\n}\n`);
    await rename(`${this.#path}.partial`, this.#path);
  }
}
