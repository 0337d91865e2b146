import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { findJob } from "../../instruments/registry.ts";
import { checkFigure, lookOf } from "../../lab/index.ts";
import type { Preview } from "../api.ts";
import { preview } from "./preview.ts";

const folder = mkdtempSync(join(tmpdir(), "orrery-preview-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function look(name: string, content: string | Uint8Array, take?: { job: string; options: object }) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const own = take === undefined ? undefined : lookOf(await findJob(take.job), "instance");
  return preview(path, own === undefined ? {} : { look: (at) => own(at, { ...take?.options }) });
}

const factsOf = ({ look: seen }: Preview) =>
  Object.fromEntries(seen?.facts.map(({ label, value }) => [label, value]) ?? []);
const figuresOf = ({ look: seen }: Preview) => seen?.figures.map((figure) => checkFigure(figure).name) ?? [];
const solve = (options: object = {}) => ({ job: "ising solve", options });

describe("a look at an Ising instance", () => {
  const pairs = "4 4\n1 2 1\n2 3 -2\n3 4 1\n4 1 1\n";

  it("is what the option's reader makes of the file, with the job's other options", async () => {
    const cut = await look("cut.txt", pairs, solve());
    expect(factsOf(cut)).toMatchObject({ vertices: 4, edges: 4, neighbours: "2", weights: "−2 … 1" });
    const spins = await look("spins.txt", "2 3\n1 2 0.5\n1 1 3\n2 2 -1\n", solve({ format: "couplings" }));
    expect(factsOf(spins)).toMatchObject({ spins: 2, couplings: 1, "couplings J": "0.5", fields: 2 });
    const qubo = await look("q.csv.gz", gzipSync("0,0,-1\n0,1,2\n"), solve());
    expect(factsOf(qubo)).toMatchObject({ bits: 2, coefficients: "−1 … 2" });
    expect(qubo.kind).toBe("table");
  });

  it("draws small ones as graphs, lattices as lattices, large ones as matrices", async () => {
    const titleOf = ({ look: seen }: Preview) => seen?.figures[0].title;
    const tree = await look("tree.txt", "5 4\n1 2 1\n1 3 1\n1 4 -1\n1 5 1\n", solve());
    expect(titleOf(tree)).toBe("The couplings as a graph");
    const lines = [...Array(25).keys()].flatMap((i) => [
      ...(i % 5 < 4 ? [`${i + 1} ${i + 2} 1`] : []),
      ...(i < 20 ? [`${i + 1} ${i + 6} -1`] : []),
    ]);
    const grid = await look("grid.txt", `25 ${lines.length}\n${lines.join("\n")}\n`, solve());
    expect(titleOf(grid)).toBe("The couplings on the lattice");
    expect(factsOf(grid)).toMatchObject({ lattice: "5 × 5" });
    const star = [...Array(1199).keys()].map((i) => `1 ${i + 2} 1`);
    const large = await look("star.txt", `1200 1199\n${star.join("\n")}\n`, solve());
    expect(titleOf(large)).toBe("The matrix of couplings");
    expect(large.look?.figures[0].summary).toContain("3 × 3 pairs to a pixel");
    for (const seen of [tree, grid, large]) expect(figuresOf(seen)).toEqual(["coupling-map", "couplings", "degrees"]);
  });

  it("tells what is wrong at its line and column, in the text around it", async () => {
    const wrong = await look("wrong.txt", "3 3\n1 2 1\n2 9 1\n1 3 1\n", solve());
    expect(wrong.problems).toEqual([
      { line: 3, column: 3, message: 'expected an index, a whole number 1 to 3; got "9"' },
    ]);
    expect(wrong).toMatchObject({ kind: "text", firstLine: 1, isPart: false });
    const many = [...Array(9000).keys()].map((i) => `1 ${i + 2} 1`);
    many[7000] = "1 x 1";
    const far = await look("far.txt", `9001 9000\n${many.join("\n")}\n`, solve());
    expect(far.problems[0]).toMatchObject({ line: 7002, column: 3 });
    expect(far).toMatchObject({ kind: "text", firstLine: 6990, isPart: true });
    expect(far.kind === "text" && far.text.split("\n")[12]).toBe("1 x 1");
    const json = await look("q.json", '{"kind": "qubo",\n "size": 2,, "terms": []}', solve());
    expect(json.problems[0]).toMatchObject({ line: 2, column: 12 });
  });
});

describe("a look at a graph", () => {
  it("counts and draws what edges there are, of tables, Matrix Market and JSON", async () => {
    const table = await look("edges.csv", "source,target,weight\na,b,1\nb,c,-2\nd,d,1\n");
    expect(factsOf(table)).toMatchObject({ nodes: 4, edges: 3, loops: 1, weights: "-2 … 1", parts: 2 });
    expect(table.kind).toBe("table");
    const bare = await look("bare.tsv", "0\t1\n1\t2\n2\t0\n");
    expect(factsOf(bare)).toMatchObject({ nodes: 3, edges: 3, parts: 1 });
    const matrix = await look("g.mtx", "%%MatrixMarket matrix coordinate pattern symmetric\n% a\n4 4 2\n2 1\n4 3\n");
    expect(factsOf(matrix)).toMatchObject({ nodes: 4, edges: 2, parts: 2 });
    const json = await look(
      "g.json",
      JSON.stringify({
        nodes: 5,
        edges: [
          [0, 1],
          [1, 0],
          [1, 2],
        ],
      }),
    );
    expect(factsOf(json)).toMatchObject({ nodes: 5, edges: 3, "pairs of nodes": 2, "nodes without neighbours": 2 });
    for (const seen of [table, bare, matrix, json]) expect(figuresOf(seen)).toEqual(["graph", "degrees"]);
  });

  it("shows a part of a large one, and says so", async () => {
    const edges = [...Array(999).keys()].map((i) => [i, i + 1]);
    const path = await look("path.json", JSON.stringify({ nodes: 1000, edges }));
    expect(path.look?.figures[0]).toMatchObject({ title: "A part of the graph" });
    expect(path.look?.figures[0].table.rows).toHaveLength(149);
  });

  it("takes no other table or JSON for one", async () => {
    expect((await look("flowers.csv", "length,width\n1,2\n3,4\n")).look).toBeUndefined();
    expect((await look("other.json", '{"a": 1}')).look).toBeUndefined();
  });

  it("is refused where an entry is wrong", async () => {
    const wrong = await look("w.mtx", "%%MatrixMarket matrix coordinate pattern general\n3 3 1\n1 7\n");
    expect(wrong.problems).toEqual([{ line: 3, column: 3, message: "expected an index from 1 to 3; got 7" }]);
    const short = await look("s.json", '{"edges": [[0, 1], [2]]}');
    expect(short.problems[0].message).toBe("edges[1]: expected two node numbers from 0; got [2]");
  });
});

describe("a look at molecules", () => {
  const formulas = ({ look: seen }: Preview) => seen?.figures[0].table.rows.map(({ formula }) => formula);
  const ethanol =
    "3D\n  x\n\n  3  2  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 C   0  0\n    1.5000    0.0000    0.0000 C   0  0\n    2.2000    1.2000    0.0000 O   0  0\n  1  2  1  0\n  2  3  1  0\nM  END\n";

  it("draws those of tables, SMILES, SDF and XYZ", async () => {
    const table = await look("m.csv", "name,smiles,y\nbenzene,c1ccccc1,1\naspirin,CC(=O)Oc1ccccc1C(=O)O,2\n");
    expect(formulas(table)).toEqual(["C6H6", "C9H8O4"]);
    expect(table.look?.figures[0].drawing).toMatchObject({ images: [{ caption: "benzene" }, { caption: "aspirin" }] });
    const sdf = await look("m.sdf", `${ethanol}$$$$\n${ethanol}$$$$\n`);
    expect(formulas(sdf)).toEqual(["C2H6O", "C2H6O"]);
    const water = "3\nwater\nO 0 0 0.117\nH 0 0.757 -0.467\nH 0 -0.757 -0.467\n";
    const carbonDioxide = "3\n\nC 0 0 0\nO 0 0 1.16\nO 0 0 -1.16\n";
    expect(formulas(await look("m.xyz", water + carbonDioxide))).toEqual(["H2O", "CO2"]);
    for (const seen of [table, sdf]) expect(figuresOf(seen)).toEqual(["molecules"]);
  });

  it("tells those that cannot be read by line and column, and draws the others", async () => {
    const seen = await look("m.smi", "CCO ethanol\nCCXx\n  C(C\n\nC methane\n");
    expect(formulas(seen)).toEqual(["C2H6O", "CH4"]);
    expect(seen.problems).toEqual([
      { line: 2, column: 3, message: "unknown element label found" },
      { line: 3, message: "expected as many closing as opening brackets" },
    ]);
    const xyz = await look("w.xyz", "2\nno\nC 0 0 0\nQq 1 0 0\n");
    expect(xyz.problems).toEqual([{ line: 4, message: 'expected an element and three numbers; got "Qq 1 0 0"' }]);
    const sdf = await look("w.sdf", `${ethanol}$$$$\nnothing\n$$$$\n`);
    expect(sdf.problems).toEqual([{ line: 12, message: "expected a molecule; got none" }]);
  });
});

describe("a look at text", () => {
  it("shows where YAML is wrong", async () => {
    const seen = await look("a.yaml", "a: 1\nb: [1, 2\nc: 3\n");
    expect(seen.problems[0].line).toBeGreaterThan(1);
    expect(seen).toMatchObject({ kind: "text", text: "a: 1\nb: [1, 2\nc: 3\n" });
  });

  it("shows where a table is wrong instead of refusing it", async () => {
    const seen = await look("a.csv", "a,a\n1,2\n");
    expect(seen).toMatchObject({ kind: "text", problems: [{ line: 1 }] });
  });
});
