import { describe, expect, test } from "vitest";
import type { Architecture } from "../architecture.ts";
import type { LevelConstraint } from "../constraints.ts";
import { type Design, eyeriss, simba } from "../designs.ts";
import { Mapspace } from "../mapspace.ts";
import { publishedNetwork } from "../networks.ts";
import { convolution, defineProblem, matrixProduct, type Problem, withBits } from "../problem.ts";
import { search } from "../search.ts";
import { readDescription } from "./description.ts";
import { writeCompactAccelerator, writeCompactConstraints, writeCompactLayers } from "./write-compact.ts";
import { writeTimeloopArchitecture, writeTimeloopConstraints, writeTimeloopProblem } from "./write-timeloop.ts";

const read = (...texts: string[]) => readDescription(texts.map((text, i) => ({ name: `${i}.yaml`, text })));
const designs: [string, Design][] = [
  ["eyeriss-16", eyeriss(16)],
  ["eyeriss-8-wide", eyeriss(8, { wideBandwidth: true })],
  ["simba-8", simba(8)],
];
const layer = withBits(convolution({ name: "conv", C: 12, M: 8, R: 3, S: 3, P: 14, Q: 14, strideP: 2, strideQ: 2 }), {
  Inputs: 8,
  Weights: 4,
});

/** Levels and arithmetic without what Timeloop's form has no place for. */
const hardware = ({ levels, arithmetic }: Architecture) => ({
  levels: levels.map(({ energy, ...level }) => ({
    ...level,
    energy: { read: energy.read, write: energy.write, update: energy.update ?? energy.write, leak: energy.leak ?? 0 },
  })),
  arithmetic,
});

describe("what is written reads back", () => {
  test.each(designs)("%s in Timeloop's form and in the compact form", (_, { architecture }) => {
    const timeloop = read(writeTimeloopArchitecture(architecture));
    expect(hardware(timeloop.architecture!)).toEqual(hardware(architecture));
    expect(timeloop.notes).toEqual([]);
    const compact = read(writeCompactAccelerator(architecture)).architecture!;
    const { name, timeloopVersion } = architecture;
    expect({ ...hardware(compact), name: compact.name, timeloopVersion: compact.timeloopVersion }).toEqual({
      ...hardware(architecture),
      arithmetic: { ...architecture.arithmetic, name: "mac" },
      ...{ name, timeloopVersion },
    });
  });

  test.each(designs)(
    "the dataflow of %s: the same space, the same best mapping",
    async (_, { architecture, constraintsFor }) => {
      const constraints = constraintsFor(layer);
      const whole = writeTimeloopArchitecture(architecture) + writeTimeloopProblem(layer);
      const timeloop = read(whole, writeTimeloopConstraints(constraints, layer, architecture));
      const compact = read(
        writeCompactAccelerator(architecture) + writeCompactLayers([{ problem: layer, count: 1 }])!,
        writeCompactConstraints(constraints),
      );
      expect(timeloop.layers[0].problem).toEqual(layer);
      expect(compact.layers[0].problem).toEqual(layer);
      const sizeOf = (c: readonly LevelConstraint[]) => new Mapspace(layer, architecture, c).size;
      expect(sizeOf(timeloop.constraints)).toBe(sizeOf(constraints));
      expect(sizeOf(compact.constraints)).toBe(sizeOf(constraints));
      const best = async (c: readonly LevelConstraint[]) =>
        (await search({ problem: layer, architecture, constraints: c })).best!.evaluation.energyDelayProduct;
      expect(await best(timeloop.constraints)).toBe(await best(constraints));
      expect(await best(compact.constraints)).toBe(await best(constraints));
    },
  );

  const band = defineProblem({
    name: "band",
    dimensions: ["I", "J"],
    bounds: { I: 4, J: 6 },
    dataSpaces: [
      {
        name: "A",
        ranks: [
          [
            ["I", 1],
            ["J", 3],
          ],
        ],
        readWrite: false,
      },
      { name: "Y", ranks: [[["I", 2]]], readWrite: true, bits: 5 },
    ],
  });
  test.each<[string, Problem, boolean]>([
    ["a product", matrixProduct({ name: "p", M: 3, N: 4, K: 5, batch: 6 }), true],
    [
      "a grouped and dilated layer",
      convolution({ name: "g", C: 8, M: 8, R: 3, S: 3, P: 5, Q: 4, groups: 4, dilationR: 2, dilationS: 2 }),
      true,
    ],
    [
      "a layer of two strides",
      convolution({ name: "s", C: 2, M: 2, R: 3, S: 3, P: 5, Q: 4, strideP: 2, strideQ: 1 }),
      false,
    ],
    ["any affine problem", band, false],
  ])("%s", (_, problem, isCompact) => {
    expect(read(writeTimeloopProblem(problem)).layers[0].problem).toEqual(problem);
    const compact = writeCompactLayers([{ problem, count: 3 }]);
    if (!isCompact) expect(compact).toBeUndefined();
    else expect(read(compact!).layers).toEqual([{ problem, count: 3 }]);
  });

  test("a whole network", () => {
    const layers = publishedNetwork("mobilenet-v2");
    expect(read(writeCompactLayers(layers)!).layers).toEqual(layers);
  });
});
