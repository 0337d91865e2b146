import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { jobRun } from "../../../../test/kit/job-run.ts";
import { dataPath } from "../../../data/index.ts";
import { type InstanceFormat, instanceFormats } from "../formats/format-names.ts";
import { readInstance } from "../formats/instance-file.ts";
import { convertJob } from "./convert.ts";
import { generateJob } from "./generate.ts";

const root = mkdtempSync(join(tmpdir(), "ising-instance-jobs-"));
afterAll(() => rmSync(root, { recursive: true }));

const generate = (options: object) => jobRun(generateJob, options, root);
const convert = (instance: string, options: object = {}) => jobRun(convertJob, { instance, ...options }, root);

/** Writes a file that a test reads. */
function write(name: string, text: string): string {
  writeFileSync(join(root, name), text);
  return join(root, name);
}

describe("ising generate", () => {
  test("writes a planted instance whose ground state has the energy that is told", async () => {
    const made = await generate({ ensemble: "wishart", size: [30], columns: 12, seed: 4 });
    const { energy, spins } = made.json("ground-state.json") as { energy: number; spins: number[] };
    const model = await readInstance(made.file("instance.json"));
    expect(model.energy(spins)).toBeCloseTo(energy, 9);
    expect(made.outcome.headlines.at(-1)).toMatchObject({ label: "ground energy", value: energy });
    expect(made.figures.map(({ name }) => name)).toEqual(["couplings", "coupling-map"]);
    expect(made.json("instance-facts.json")).toMatchObject({ spins: 30, pairs: 435, components: 1, relation: null });
  });

  const triangular = { ensemble: "ferromagnet", lattice: "triangular", coupling: -1 };
  test.each<[string, object, number, number]>([
    ["an open square glass", { size: [6, 7], boundary: "open", couplings: "gaussian" }, 42, 71],
    ["a periodic cubic glass", { size: [4, 4, 4] }, 64, 192],
    ["Sherrington and Kirkpatrick's glass", { ensemble: "sherrington-kirkpatrick", size: [40] }, 40, 780],
    ["a Hopfield model", { ensemble: "hopfield", size: [40], columns: 3 }, 40, 780],
    ["a random regular graph", { ensemble: "random-regular", size: [50], degree: 4 }, 50, 100],
    ["a triangular antiferromagnet", { ...triangular, size: [6, 6] }, 36, 108],
  ])("draws %s, the same for the same seed and another for another", async (_, options, spins, pairs) => {
    const draw = async (seed: number) => {
      const made = await generate({ ...options, seed, to: "couplings" });
      expect(made.json("instance-facts.json")).toMatchObject({ spins, pairs });
      return readFileSync(made.file("instance.txt"), "utf8");
    };
    const first = await draw(1);
    expect(await draw(1)).toBe(first);
    if (!("ensemble" in options && options.ensemble === "ferromagnet")) expect(await draw(2)).not.toBe(first);
  });

  test("knows the ground energy of a ferromagnet in its field, and what is frustrated", async () => {
    const ferromagnet = await generate({ ensemble: "ferromagnet", size: [4, 4], field: -0.5 });
    expect(ferromagnet.json("ground-state.json").energy).toBe(-32 - 8);
    expect(ferromagnet.json("instance-facts.json")).toMatchObject({ frustration: 0, fields: 16 });
    const antiferromagnet = await generate({ ensemble: "ferromagnet", size: [3, 5], coupling: -1, boundary: "open" });
    expect(antiferromagnet.outcome.headlines.at(-1)?.value).toBe("not known");
    expect(antiferromagnet.json("instance-facts.json").frustration).toBe(0);
    const glass = await generate({ size: [20, 20] });
    expect(glass.json("instance-facts.json").frustration).toBeGreaterThan(0.4);
    expect(glass.json("instance-facts.json").frustration).toBeLessThan(0.6);
  });

  test("refuses what cannot be, with what to do", async () => {
    const odd = generate({ ensemble: "random-regular", size: [5], degree: 3 });
    await expect(odd).rejects.toThrow("expected 0 < degree < spins, their product even; got 3, 5");
    await expect(generate({ ...triangular, size: [5] })).rejects.toThrow("triangular has two axes; got 1 lengths");
    const field = generate({ ensemble: "ferromagnet", field: 1, to: "matrix-csv" });
    await expect(field).rejects.toThrow("no place for fields");
    await expect(generate({ size: [0, 3] })).rejects.toThrow("size");
  });
});

describe("ising convert", () => {
  test("G1 becomes a model for dimod and comes back, edge for edge", async () => {
    const file = dataPath("ising", "gset", "G1.txt");
    const made = await convert(file, { to: "dimod-json" });
    const relation = { factor: -1, offset: 0, instance: "cut", fileObjective: "energy", hasAncilla: false };
    expect(made.json("relation.json")).toMatchObject(relation);
    const back = await convert(made.file("instance.json"), { to: "rudy" });
    expect(back.json("relation.json")).toMatchObject({ factor: -1, offset: 0, hasAncilla: false });
    const [graph, again] = await Promise.all([readInstance(file), readInstance(back.file("instance.txt"))]);
    expect(again.edges()).toEqual(graph.edges());
  });

  test("a QUBO has the same value in every format, by factor and offset", async () => {
    const file = dataPath("ising", "biqmac", "gka", "gka1b.sparse");
    const qubo = await readInstance(file, { format: "biqmac" });
    const state = Int8Array.from({ length: qubo.spins }, (_, i) => (i % 3 === 0 ? 1 : -1));
    for (const to of instanceFormats) {
      const target = to.startsWith("matrix") ? { target: "max-cut" } : {};
      const made = await convert(file, { to, ...target });
      const { factor, offset, hasAncilla } = made.json("relation.json") as {
        readonly [name in "factor" | "offset"]: number;
      } & { readonly hasAncilla: boolean };
      const name = made.outcome.next?.[0].command.match(/artifacts\/(\S+)/)?.[1] ?? "";
      const model = await readInstance(made.file(name), { format: to as InstanceFormat, matrix: "max-cut" });
      expect(model.spins).toBe(qubo.spins + (hasAncilla ? 1 : 0));
      const value = factor * model.objective([...state, ...(hasAncilla ? [1] : [])]) + offset;
      expect(value, to).toBe(qubo.objective(state));
      expect(made.figures[0].table.rows.at(-1)?.value).toContain("largest difference 0");
    }
  });

  test("of a maximised table says with which options the file is read", async () => {
    const table = write("profit.csv", "i,j,q\n0,0,3\n0,1,-4\n1,1,2\n3,3,0\n");
    const made = await convert(table, { sense: "maximize", to: "qubo-csv" });
    expect(made.outcome.next?.[0].command).toBe("orrery ising solve RUN/artifacts/instance.csv --sense maximize");
    expect(made.warnings).toEqual([]);
    expect((await readInstance(made.file("instance.csv"))).spins).toBe(4);
    expect(made.outcome.summary).toContain("value = the file's value, exactly on all 16 states");
  });

  test("refuses a target where the format has one of its own", async () => {
    const graph = convert(write("edge.txt", "2 1\n1 2 1\n"), { to: "rudy", target: "qubo" });
    await expect(graph).rejects.toThrow("expected a matrix to be written; got --to rudy");
  });

  test("of a graph without edges keeps its variables", async () => {
    const made = await convert(write("edgeless.txt", "3 0\n"), { to: "qubo-csv" });
    expect((await readInstance(made.file("instance.csv"))).spins).toBe(3);
  });
});

describe("an instance", () => {
  test.each([
    ["a loop", "loop.txt", "3 2\n1 2 1\n2 2 1\n", "loop.txt:3:3: expected two different indices"],
    ["a pair that comes twice", "twice.txt", "3 2\n1 2 1\n2 1 4\n", "twice.txt:3:3: expected each pair once"],
    ["a weight that is no number", "nan.txt", "2 1\n1 2 NaN\n", "nan.txt:2:5: expected a weight, a finite number"],
    ["a header that promises more", "short.txt", "3 2\n1 2 1\n", "short.txt:1:3: expected 2 entries"],
    ["an index out of range", "range.txt", "2 1\n1 3 1\n", "range.txt:2:3: expected an index, a whole number 1 to 2"],
    ["nothing in it", "nothing.txt", "", 'nothing.txt:1: expected a header "N M"; got an empty file'],
    ["another format", "json.txt", '{"size": 2}', "json.txt:1:1"],
  ])("with %s is refused with the place of the mistake", async (_, name, text, message) => {
    await expect(convert(write(name, text))).rejects.toThrow(message);
  });

  test("that is only unusual is converted: one spin, no couplings, parts that do not touch, zeros", async () => {
    for (const [name, text] of [
      ["one.txt", "1 0\n"],
      ["none-coupled.txt", "4 0\n"],
      ["parts.txt", "5 2\n1 2 1\n4 5 -2\n"],
      ["zeros.txt", "3 3\n1 2 0\n2 3 0\n1 3 0\n"],
    ]) {
      for (const to of ["qubo-json", "couplings", "matrix-csv", "rudy"]) {
        const { figures, outcome } = await convert(write(name, text), { to });
        expect(figures.length).toBe(2);
        expect(outcome.headlines[1].value).toBe(0);
      }
    }
    const twice = write("sum.txt", "3 2\n1 2 1\n2 1 4\n");
    const summed = await convert(twice, { duplicates: "sum", to: "rudy" });
    expect(readFileSync(summed.file("instance.txt"), "utf8")).toBe("3 1\n1 2 5\n");
  });
});
