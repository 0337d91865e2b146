import { describe, expect, test } from "vitest";
import { defineArchitecture, defineLevel, withLevel } from "./architecture.ts";
import type { LevelConstraint } from "./constraints.ts";
import { eyeriss } from "./designs.ts";
import { convolution, withBits } from "./problem.ts";
import { describeRemedies, findRemedies } from "./remedies.ts";
import { search } from "./search.ts";
import type { SearchSpec } from "./search-task.ts";

const machine = defineArchitecture({
  name: "small",
  levels: [
    defineLevel({ name: "Spad", entries: 4, meshX: 4, energy: { read: 1, write: 1 } }),
    defineLevel({ name: "Buffer", entries: 40, energy: { read: 6, write: 6 }, multipleBuffering: 2 }),
    defineLevel({ name: "DRAM", energy: { read: 200, write: 200 } }),
  ],
  arithmetic: { name: "mac", meshX: 4, meshY: 1, energyPicojoules: 1 },
  timeloopVersion: "3.0.3",
});
const problem = convolution({ C: 4, M: 8, R: 3, S: 1, P: 6, Q: 1 });
const keepAll = ["Weights", "Inputs", "Outputs"];
/** The buffer must hold whole rows of inputs and outputs, so that 40 words, 20 for each of two copies, are too few. */
const constraints: LevelConstraint[] = [
  { level: "Spad", keep: ["Weights"], bypass: ["Inputs", "Outputs"], temporal: { factors: { P: 1 } } },
  {
    level: "Buffer",
    keep: keepAll,
    temporal: { factors: { P: "full", R: "full", C: "full" } },
    spatial: { factors: { P: 1 } },
  },
];
const spec: SearchSpec = { problem, architecture: machine, constraints };

describe("findRemedies", () => {
  test("every remedy, taken alone, lets a mapping fit, and one word less than advised does not", async () => {
    const { best, invalid } = await search(spec);
    expect(best).toBeNull();
    const remedies = findRemedies(spec, invalid);
    const capacity = remedies.find((r) => r.kind === "capacity")!;
    expect(capacity).toMatchObject({ level: "Buffer", from: 40 });
    const withWords = (entries: number) => ({ ...spec, architecture: withLevel(machine, "Buffer", { entries }) });
    expect((await search(withWords(capacity.to!))).best).not.toBeNull();
    expect((await search(withWords(capacity.to! - 1))).best).toBeNull();
    const width = remedies.find((r) => r.kind === "operand width")!;
    const narrow = (bits: number) => withBits(problem, { Weights: bits, Inputs: bits, Outputs: bits });
    expect((await search({ ...spec, problem: narrow(width.to!) })).best).not.toBeNull();
    expect((await search({ ...spec, problem: narrow(2 * width.to!) })).best).toBeNull();
    expect(remedies.filter((r) => r.kind === "temporal loops").map((r) => r.level)).toEqual(["Buffer"]);
    expect(describeRemedies(remedies)).toMatch(/^Give Buffer \d+ words \(it has 40\), use operands of \d bits, /);
  });

  test("a filter that the array cannot unroll: only a taller array helps", async () => {
    const design = eyeriss(16);
    const wide = convolution({ C: 4, M: 4, R: 3, S: 13, P: 8, Q: 8 });
    const tall = { problem: wide, architecture: design.architecture, constraints: design.constraintsFor(wide) };
    const { best, invalid } = await search(tall);
    expect(best).toBeNull();
    const remedies = findRemedies(tall, invalid);
    expect(describeRemedies(remedies)).toBe("Fan DummyBuffer out to 13 along y (it has 12).");
    const grow = <T extends { readonly meshY: number }>(part: T) => ({ ...part, meshY: 13 });
    const { levels, arithmetic } = design.architecture;
    const grown = {
      ...design.architecture,
      levels: levels.map((l, i) => (i < 3 ? grow(l) : l)),
      arithmetic: grow(arithmetic),
    };
    expect((await search({ ...tall, architecture: grown })).best).not.toBeNull();
  });

  test("rules that only together forbid every mapping are named together", async () => {
    const stuck: SearchSpec = {
      ...spec,
      constraints: [
        { level: "Spad", keep: ["Weights"], bypass: ["Inputs", "Outputs"], temporal: { factors: { M: 3 } } },
        { level: "Buffer", keep: keepAll, temporal: { factors: { M: 5 } } },
        { level: "DRAM", temporal: { factors: { N: 1 } } },
      ],
    };
    await expect(search(stuck)).rejects.toThrow("factors of M must multiply to 8; got 3 at Spad, 5 at Buffer");
    expect(describeRemedies(findRemedies(stuck, []))).toBe("Free the loops of Spad and Buffer.");
  });

  test("when no single change helps it says so", () => {
    expect(describeRemedies([])).toMatch(/loosen several at once/);
  });
});
