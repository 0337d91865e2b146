import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataPath } from "../../../data/index.ts";
import { OrreryError } from "../../../errors.ts";
import { IsingModel } from "../model.ts";
import type { InstanceFormat } from "./format-names.ts";
import {
  decodeInstance,
  detectFormat,
  encodeInstance,
  type ReadInstanceOptions,
  readInstance,
} from "./instance-file.ts";

const files = (...parts: string[]) =>
  readdirSync(dataPath("ising", ...parts))
    .filter((name) => !/\.(json|csv|md)$|optimal|best/.test(name))
    .map((name) => dataPath("ising", ...parts, name));

/** A small model with integer weights, so that every conversion is exact. */
const models = fc
  .record({
    spins: fc.integer({ min: 1, max: 7 }),
    seed: fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 40, maxLength: 40 }),
  })
  .chain(({ spins, seed }) =>
    fc.record({
      model: fc
        .record({
          kind: fc.constantFrom("ising", "qubo", "max-cut" as const),
          sense: fc.constantFrom("minimize", "maximize" as const),
          hasFields: fc.boolean(),
        })
        .map(({ kind, sense, hasFields }) => {
          const pairs = Array.from({ length: spins }, (_, i) =>
            Array.from({ length: i }, (_, j) => [j, i] as const),
          ).flat();
          return new IsingModel({
            spins,
            couplings: {
              from: pairs.map(([i]) => i),
              to: pairs.map(([, j]) => j),
              weight: pairs.map((_, k) => seed[k]),
            },
            ...(hasFields ? { fields: seed.slice(30, 30 + spins) } : {}),
            ...{ offset: seed[39], kind, sense },
          });
        }),
      state: fc.array(fc.constantFrom(-1, 1), { minLength: spins, maxLength: spins }),
    }),
  );

const text = (content: string, options: ReadInstanceOptions = {}, name = "a.txt") =>
  decodeInstance(new TextEncoder().encode(content), options, name);

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(OrreryError);
    return String(error);
  }
  return "no error";
}

describe("instance files", () => {
  it("of every collection are read", async () => {
    const counts: Record<string, number> = {};
    const read = async (group: string, format: InstanceFormat, ...parts: string[]) => {
      for (const path of files(...parts)) {
        const model = await readInstance(path, { format });
        const header = readFileSync(path, "utf8").split("\n", 1)[0].trim().split(/\s+/).map(Number);
        expect(model.spins).toBe(header[0]);
        expect(model.pairs).toBeLessThanOrEqual(header[1]);
        counts[group] = (counts[group] ?? 0) + 1;
      }
    };
    await read("gset", "rudy", "gset");
    for (const group of ["rudy", "ising"]) await read("biqmac", "rudy", "biqmac", group);
    for (const group of ["be", "beasley", "gka"]) await read("biqmac", "biqmac", "biqmac", group);
    for (const group of ["sk", "ea", "wpe", "twobody"]) await read(group, "couplings", group);
    expect(counts).toEqual({ gset: 36, biqmac: 232, sk: 33, ea: 29, wpe: 69, twobody: 19 });
  });

  it("G1 has 800 vertices and 19,176 edges, and its whole weight as the cut's upper bound", async () => {
    const model = await readInstance(dataPath("ising", "gset", "G1.txt"));
    expect([model.spins, model.pairs, model.name]).toEqual([800, 19_176, "G1"]);
    expect(model.objective(new Int8Array(800).fill(1))).toBe(0);
  });

  it("written and read back have the same objective, up to the offset and sign that writing reports", () => {
    const formats: InstanceFormat[] = [
      "rudy",
      "couplings",
      "biqmac",
      "qubo-json",
      "qubo-csv",
      "dimod-json",
      "matrix-csv",
      "matrix-npy",
    ];
    fc.assert(
      fc.property(models, fc.constantFrom(...formats), ({ model, state }, format) => {
        if (format.startsWith("matrix") && model.hasFields && model.kind !== "qubo") {
          expect(() => encodeInstance(model, format)).toThrow(/no place for fields/);
          return;
        }
        const { bytes, factor, offset } = encodeInstance(model, format);
        const size = format === "qubo-csv" ? { sense: model.sense } : {};
        const sense =
          format.startsWith("matrix") && model.kind === "qubo" ? { sense: model.sense, matrix: model.kind } : {};
        const read = decodeInstance(bytes, { format, ...size, matrix: model.kind, ...sense }, "x");
        expect(read.spins).toBeGreaterThanOrEqual(model.spins);
        const full = read.spins > model.spins ? [...state, 1] : state;
        expect(factor * read.objective(full) + offset + 0).toBe(model.objective(state) + 0);
      }),
      { numRuns: 400, seed: 11 },
    );
  });

  it("with a mistake are refused with line and column", () => {
    expect(messageOf(() => text(""))).toMatchInlineSnapshot(`"a.txt:1: expected a header "N M"; got an empty file"`);
    expect(messageOf(() => text("3 2\n1 2 1\n"))).toMatchInlineSnapshot(
      `"a.txt:1:3: expected 2 entries as the header says; got 1. The file was cut off, or its header is wrong."`,
    );
    expect(messageOf(() => text("3 1\n1 2 1\n2 3 1\n"))).toMatchInlineSnapshot(
      `"a.txt:1:3: expected 1 entries as the header says; got 2. Correct the header."`,
    );
    expect(messageOf(() => text("3 2\n1 2 1\n2 2 1\n"))).toMatchInlineSnapshot(
      `"a.txt:3:3: expected two different indices; got "2". A loop is never cut: remove the line."`,
    );
    expect(messageOf(() => text("3 2\n1 2 1\n2 1 4\n"))).toMatchInlineSnapshot(
      `"a.txt:3:3: expected each pair once; got a pair that line 2 has already. If both weights count, set the option duplicates to "sum"."`,
    );
    expect(messageOf(() => text("3 2\n1 2 1\n2  4 1\n"))).toMatchInlineSnapshot(
      `"a.txt:3:4: expected an index, a whole number 1 to 3; got "4""`,
    );
    expect(messageOf(() => text("3 2\n1 2 NaN\n2 3 1\n"))).toMatchInlineSnapshot(
      `"a.txt:2:5: expected a weight, a finite number; got "NaN""`,
    );
    expect(messageOf(() => text("0 0\n"))).toMatchInlineSnapshot(
      `"a.txt:1:1: expected the number of variables, a whole number 1 to 67108864; got "0""`,
    );
    expect(messageOf(() => text("0,1,2\n0,x,1\n", {}, "q.csv"))).toMatchInlineSnapshot(
      `"q.csv:2:3: expected an index, a whole number 0 to 67108864; got "x""`,
    );
    expect(messageOf(() => text('{"size": 2,\n "terms": [[0, 1, 1],]}', {}, "q.json"))).toMatchInlineSnapshot(
      `"q.json:2:22: expected JSON; got "]}""`,
    );
    expect(messageOf(() => text('{"size": 2, "terms": [[0, 2, 1]]}', {}, "q.json"))).toMatchInlineSnapshot(
      `"q.json: terms[0]: expected an index in [0, 2); got 2"`,
    );
    expect(messageOf(() => text('{"size": 1e15, "terms": []}', {}, "q.json"))).toMatchInlineSnapshot(
      `"q.json: size: expected a whole number from 1 to 67108864; got 1000000000000000"`,
    );
    expect(messageOf(() => text("0,1\n2,0\n", { format: "matrix-csv" }, "m.csv"))).toMatchInlineSnapshot(
      `"m.csv: expected a symmetric or triangular matrix; got 1 at row 1, column 2 and 2 across the diagonal"`,
    );
    expect(messageOf(() => text("0 1\n1 0 0\n", { format: "matrix-csv" }, "m.csv"))).toMatchInlineSnapshot(
      `"m.csv:2:5: expected 2 numbers a line, as there are lines; got "0""`,
    );
    expect(messageOf(() => text("1 0", { format: "rudi" as "rudy" }))).toMatchInlineSnapshot(
      `"ising instance: unknown format "rudi". Did you mean "rudy"?"`,
    );
    expect(messageOf(() => text('{"use_bytes": true, "bqm_schema": 3}', {}, "d.json"))).toMatchInlineSnapshot(
      `"d.json: expected numbers as lists; got packed bytes (use_bytes). Write it with bqm.to_serializable(use_bytes=False)."`,
    );
  });

  it("may have comments on lines of their own and behind entries", () => {
    const model = text("# a graph\n3 2 # sizes\n1 2 1\n\n#1 3 9\n2 3 -1 # the last\n");
    expect([model.pairs, model.objective([1, -1, 1])]).toEqual([2, 0]);
    expect(text("i,j,q\n0,1,2 # a pair\n1,1,-3\n", {}, "q.csv").objective([-1, 1])).toBe(-3);
  });

  it("with energies beyond the largest number are refused", () => {
    expect(messageOf(() => text("3 2\n1 2 1.7e308\n2 3 1.7e308\n"))).toMatchInlineSnapshot(
      `"ising model: expected energies below 1.8e308; got couplings whose sum is beyond. Divide all couplings, fields and the offset by one number."`,
    );
    expect(text("3 2\n1 2 1e307\n2 3 1e307\n").objective([1, -1, 1])).toBe(2e307);
  });

  it("sum what comes twice where asked to", () => {
    const model = text("3 3\n1 2 1\n2 1 4\n3 1 -2\n", { duplicates: "sum" });
    expect(model.objective([1, -1, -1])).toBe(3);
  });

  it("with one spin, with nothing coupled or in several parts are models like others", () => {
    expect(text("1 0\n").objective([1])).toBe(0);
    const parts = text("5 2\n1 2 1\n3 4 0\n");
    expect([parts.pairs, parts.objective([1, -1, 1, -1, 1])]).toEqual([1, 1]);
  });

  it("of dimod keep labels, bits and the offset", () => {
    const content = {
      ...{ variable_type: "BINARY", num_variables: 2, variable_labels: ["a", "b"], offset: 0.5, bqm_schema: 3 },
      ...{ linear_biases: [1, -3], quadratic_biases: [2], quadratic_head: [0], quadratic_tail: [1] },
    };
    const model = text(JSON.stringify(content), {}, "bqm.json");
    expect(model.labels).toEqual(["a", "b"]);
    const values = [0, 1, 2, 3].map((b) => model.objective([b & 1 ? 1 : -1, b & 2 ? 1 : -1]));
    expect(values).toEqual([0.5, 1.5, -2.5, 0.5]);
  });
});

it("the format is told by name and content", () => {
  const of = (name: string, content: string) => detectFormat(new TextEncoder().encode(content), name);
  expect(of("G1.txt", "2 1\n1 2 1\n")).toBe("rudy");
  expect(of("gka1a.sparse.gz", "")).toBe("biqmac");
  expect(of("q.csv", "i,j,q\n0,1,2\n")).toBe("qubo-csv");
  expect(of("w.csv", "# weights\n0 1 2 3\n1 0 0 0\n")).toBe("matrix-csv");
  expect(of("w.tsv", "0\t1\n1\t0\n")).toBe("matrix-csv");
  expect(of("bqm.json", '{"bqm_schema": "3.0.0"}')).toBe("dimod-json");
  expect(of("q.json", '{"kind": "qubo"}')).toBe("qubo-json");
  expect(of("J.NPY", "")).toBe("matrix-npy");
});
