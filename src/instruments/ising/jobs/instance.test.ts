import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { z } from "zod";
import { generateInstance, openInstance } from "./instance.ts";
import { ensembleNames, ensembleOptions, instanceOptions } from "./instance-options.ts";
import { instanceWords } from "./instance-words.ts";

const folder = mkdtempSync(join(tmpdir(), "ising-instance-"));
afterAll(() => rmSync(folder, { recursive: true }));

const instance = z.strictObject(instanceOptions);
const ensemble = z.strictObject(ensembleOptions);

/** An instance by options, those left out by default; `text` is put into a file of a name. */
function open(given: z.input<typeof instance>, file?: readonly [name: string, text: string]) {
  if (file === undefined) return openInstance(instance.parse(given));
  const path = join(folder, file[0]);
  writeFileSync(path, file[1]);
  return openInstance(instance.parse({ ...given, instance: path }));
}

it("every ensemble is drawn from its seed alone, and the default is a square spin glass of 400 spins", async () => {
  const { model, title, variables } = await open({});
  expect([model.spins, model.pairs, title]).toEqual([400, 800, "edwards-anderson 20x20, periodic, seed 0"]);
  expect([variables[0], variables.at(-1)]).toEqual(["0", "399"]);
  for (const name of ensembleNames) {
    const draw = (seed: number) => generateInstance(ensemble.parse({ ensemble: name, size: [4, 6], seed })).model;
    expect(draw(3).spins).toBe(24);
    expect(draw(3).edges()).toEqual(draw(3).edges());
    if (name !== "ferromagnet") expect(draw(3).edges().weight).not.toEqual(draw(4).edges().weight);
  }
});

it("a planted state has the energy that is said of it", () => {
  const { model, planted } = generateInstance(ensemble.parse({ ensemble: "wishart", size: [30], columns: 12 }));
  expect(model.energy(planted!.spins)).toBeCloseTo(planted!.energy, 9);
});

it("variables are named as in the file", async () => {
  const graph = await open({}, ["triangle.txt", "3 3\n1 2 1\n2 3 1\n1 3 1\n"]);
  expect([graph.variables, graph.title, graph.model.kind]).toEqual([["1", "2", "3"], "triangle.txt", "max-cut"]);
  const bits = await open({ sense: "maximize" }, ["q.csv", "i,j,q\n0,0,1\n0,1,-2\n"]);
  expect([bits.variables, bits.model.kind, bits.model.sense]).toEqual([["0", "1"], "qubo", "maximize"]);
  const weights = await open({ matrix: "max-cut" }, ["w.csv", "0,1\n1,0\n"]);
  expect([weights.variables, weights.model.kind]).toEqual([["0", "1"], "max-cut"]);
});

it("dense ensembles have an end", () => {
  expect(() => generateInstance(ensemble.parse({ ensemble: "sherrington-kirkpatrick", size: [200, 200] }))).toThrow(
    "sherrington-kirkpatrick couples every pair; expected at most 8192 spins, got 40000",
  );
});

it("an instance is named by the words that differ from the usual ones", () => {
  const words = (given: z.input<typeof instance>) => instanceWords(instance.parse(given));
  expect(words({})).toBe("");
  expect(words({ generate: { size: [10, 10], boundary: "open", columns: 4 } })).toBe(
    "--generate.size 10,10 --generate.boundary open --generate.columns 4",
  );
  expect(words({ instance: "my graph.csv", firstIndex: 1, sense: "maximize", generate: { seed: 3 } })).toBe(
    '"my graph.csv" --sense maximize --first-index 1',
  );
});
