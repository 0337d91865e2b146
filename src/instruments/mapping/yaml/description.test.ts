import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OrreryError } from "../../../errors.ts";
import { restrictConstraints } from "../constraints.ts";
import { eyeriss } from "../designs.ts";
import { evaluate } from "../evaluation.ts";
import { printLoopNest } from "../loop-nest.ts";
import { convolution } from "../problem.ts";
import { search } from "../search.ts";
import { type Description, readDescription } from "./description.ts";
import { writeTimeloopMapping } from "./timeloop-mapping.ts";

const configs = join(process.env.ORRERY_DATA ?? "../shared/data", "timeloop/configs");
const file = (path: string) => ({ name: path, text: readFileSync(join(configs, path), "utf8") });

const eyerissV03 = `
architecture:
  version: 0.3
  subtree:
    - name: system
      local:
        - name: DRAM
          class: DRAM
          attributes: {type: LPDDR4, width: 64, block-size: 4, word-bits: 16}
      subtree:
        - name: eyeriss
          local:
            - name: shared_glb
              class: smartbuffer_SRAM
              attributes: {memory_depth: 12800, memory_width: 64, block-size: 4, word-bits: 16, read_bandwidth: 16, write_bandwidth: 16}
            - name: DummyBuffer[0..13]
              class: dummy_storage
              attributes: {meshX: 14}
          subtree:
            - name: PE[0..167]
              local:
                - {name: ifmap_spad, class: smartbuffer_RF, attributes: {memory_depth: 12, memory_width: 16, block-size: 1, word-bits: 16, meshX: 14, read_bandwidth: 2, write_bandwidth: 2}}
                - {name: weights_spad, class: smartbuffer_RF, attributes: {memory_depth: 224, memory_width: 16, block-size: 1, word-bits: 16, meshX: 14, read_bandwidth: 2, write_bandwidth: 2}}
                - {name: psum_spad, class: smartbuffer_RF, attributes: {memory_depth: 24, memory_width: 16, block-size: 1, word-bits: 16, meshX: 14, read_bandwidth: 2, write_bandwidth: 2}}
                - {name: mac, class: intmac, attributes: {datawidth: 16, meshX: 14}}
`;
const problemV03 = `
problem:
  shape:
    name: CNN-Layer
    dimensions: [C, M, R, S, N, P, Q]
    coefficients:
      - {name: Wstride, default: 1}
      - {name: Hstride, default: 1}
    data-spaces:
      - {name: Weights, projection: [[[C]], [[M]], [[R]], [[S]]]}
      - {name: Inputs, projection: [[[N]], [[C]], [[R], [P, Wstride]], [[S], [Q, Hstride]]]}
      - {name: Outputs, projection: [[[N]], [[M]], [[Q]], [[P]]], read-write: True}
  instance: {C: 3, M: 96, R: 11, S: 11, N: 1, P: 55, Q: 55, Wstride: 4, Hstride: 4}
`;
const constraintsV03 = `
architecture_constraints:
  targets:
    - {target: psum_spad, type: temporal, permutation: CRSNPQM, factors: C=1 R=1 S=1 N=1 P=1 Q=1}
    - {target: psum_spad, type: bypass, keep: [Outputs], bypass: [Weights, Inputs]}
    - {target: weights_spad, type: temporal, permutation: NMPQSCR, factors: N=1 M=1 P=1 Q=1 S=1 R=0}
    - {target: weights_spad, type: bypass, keep: [Weights], bypass: [Inputs, Outputs]}
    - {target: ifmap_spad, type: temporal, permutation: NMCPQRS, factors: N=1 M=1 C=1 P=1 Q=1 R=1 S=1}
    - {target: ifmap_spad, type: bypass, keep: [Inputs], bypass: [Weights, Outputs]}
    - {target: DummyBuffer, type: spatial, permutation: NPQRSCM, split: 4, factors: N=1 P=1 Q=1 R=1 S=0}
    - {target: DummyBuffer, type: temporal, factors: N=1 M=1 C=1 P=1 Q=1 R=1 S=1}
    - {target: DummyBuffer, type: bypass, bypass: [Weights, Inputs, Outputs]}
    - {target: shared_glb, type: spatial, permutation: NCPRSQM, split: 7, factors: N=1 C=1 P=1 R=1 S=1}
    - {target: shared_glb, type: temporal, permutation: QRSCPNM, factors: Q=1 R=1 S=1 P=0}
    - {target: shared_glb, type: bypass, keep: [Inputs, Outputs], bypass: [Weights]}
    - {target: DRAM, type: temporal, permutation: RSPCMNQ, factors: R=1 S=1 P=1}
mapper: {optimization-metrics: [edp], algorithm: linear-pruned, timeout: 15000, victory-condition: 0}
`;
const eyerissV04 = `
architecture:
  version: 0.4
  nodes:
    - !Container {name: system, attributes: {datawidth: 8, technology: 32nm}}
    - !Component {name: DRAM, class: DRAM, attributes: {width: 64}}
    - !Container {name: eyeriss}
    - !Component
      name: shared_glb
      class: smartbuffer_SRAM
      attributes: {depth: 16384, width: 64, read_bandwidth: 16, write_bandwidth: 16}
      constraints: {dataspace: {keep: [Inputs, Outputs], bypass: [Weights]}}
    - !Container
      name: PE_column
      spatial: {meshX: 14}
      constraints: {spatial: {permutation: [N, C, P, R, S, Q, M], factors: [N=1, C=1, P=1, R=1, S=1], split: 7}}
    - !Container
      name: PE
      spatial: {meshY: 12}
      constraints: {spatial: {permutation: [N, P, Q, R, S, C, M], factors: [N=1, P=1, Q=1, R=1], split: 4}}
    - !Parallel
      nodes:
        - !Component
          name: ifmap_spad
          class: smartbuffer_RF
          attributes: {depth: 12, width: 16, read_bandwidth: 2, write_bandwidth: 2}
          constraints: {dataspace: {keep: [Inputs]}, temporal: {factors: [N=1, M=1, C=1, P=1, Q=1, R=1, S=1]}}
        - !Component
          name: weights_spad
          class: smartbuffer_RF
          attributes: {depth: 192, width: 16, read_bandwidth: 2, write_bandwidth: 2}
          constraints: {dataspace: {keep: [Weights]}, temporal: {permutation: [N, M, P, Q, S, C, R], factors: [N=1, M=1, P=1, Q=1, S=1]}}
        - !Component
          name: psum_spad
          class: smartbuffer_RF
          attributes: {depth: 16, width: 16, update_fifo_depth: 2, datawidth: 16, read_bandwidth: 2, write_bandwidth: 2}
          constraints: {dataspace: {keep: [Outputs]}, temporal: {permutation: [N, C, P, Q, R, S, M], factors: [N=1, C=1, R=1, S=1, P=1, Q=1]}}
    - !Component {name: mac, class: intmac, attributes: {multiplier_width: 8, adder_width: 16}}
`;
const v03 = (change: (text: string) => string = (t) => t): Description =>
  readDescription([{ name: "eyeriss.yaml", text: change(eyerissV03 + problemV03 + constraintsV03) }]);

const compact = `
accelerator:
  name: tiny
  levels:
    - {name: DRAM, block: 4, energy: {read: 512, write: 512}}
    - {name: Buffer, entries: 512, readBandwidth: 8, energy: {read: 6, write: 7}}
    - {name: Spad, entries: 16, mesh: 4x2, energy: {read: 0.5, write: 0.6}}
  mac: {mesh: 4x2, energy: 1}
layers:
  - {name: conv, C: 8, M: 16, R: 3, S: 3, P: 8, Q: 8, stride: 2, bits: {Weights: 4}}
  - {name: dw, C: 16, M: 16, R: 3, S: 3, P: 8, Q: 8, groups: 16, repeat: 2}
  - {name: fc, inputs: 64, outputs: 10}
  - [8, 8, 16, 1, 32, 1, 1, 0, 0, 1, 1]
constraints:
  Spad: {temporal: {factors: {P: 1, Q: 1}, order: [C, "*", M]}, spatial: {x: [M], y: [C]}}
  Buffer: {temporal: {factors: [R<=3, S=1]}}
`;

describe("Timeloop's YAML", () => {
  test("version 0.3: Eyeriss with its row-stationary constraints is the built-in design", async () => {
    const d = v03();
    const design = eyeriss(16);
    expect(d.architecture!.levels).toEqual(design.architecture.levels);
    expect(d.architecture!.arithmetic).toEqual(design.architecture.arithmetic);
    expect(d.layers[0].problem.bounds).toMatchObject({ C: 3, M: 96, P: 55 });
    expect(d.search).toEqual({ strategy: "exhaustive", metrics: ["edp"], timeout: 15000 });
    const result = await search({
      problem: d.layers[0].problem,
      architecture: d.architecture!,
      constraints: d.constraints,
      ...d.search,
    });
    expect([result.tried, result.valid]).toEqual([10_080, 653]);
    expect(result.best!.evaluation.energyDelayProduct).toBeCloseTo(511.3406, 4);
  });

  test.each(["eyeriss", "simba"])("version 0.4: the published %s files are read whole", (name) => {
    const dir = readdirSync(join(configs, name, "constraints"));
    const paths = [`${name}/${name}_like.yaml`, `${name}/constraints/${dir[0]}`, "mapper_template.yaml"];
    const d = readDescription([...paths.map(file), { name: "problem.yaml", text: problemV03 }]);
    expect(d.architecture!.levels.map((l) => l.name)).toMatchSnapshot();
    expect(d.constraints.length).toBeGreaterThan(5);
    expect(d.search.strategy).toBe("random");
    expect(d.notes.some((n) => n.includes("ruby"))).toBe(true);
  });

  test("version 0.4 with nodes: meshes become levels that fan out, as in what Timeloop prints of the same design", () => {
    const d = readDescription([{ name: "eyeriss.yaml", text: eyerissV04 + problemV03 }]);
    expect(d.architecture!.levels.map((l) => [l.name, l.meshX, l.meshY, l.wordBits, l.blockSize, l.entries])).toEqual([
      ["psum_spad", 14, 12, 16, 1, 16],
      ["weights_spad", 14, 12, 8, 2, 384],
      ["ifmap_spad", 14, 12, 8, 2, 24],
      ["PE", 14, 1, 1, 1, Number.POSITIVE_INFINITY],
      ["PE_column", 1, 1, 1, 1, Number.POSITIVE_INFINITY],
      ["shared_glb", 1, 1, 8, 8, 131072],
      ["DRAM", 1, 1, 8, 8, Number.POSITIVE_INFINITY],
    ]);
    expect(d.architecture!.arithmetic).toMatchObject({ meshX: 14, meshY: 12 });
    expect(d.constraints).toMatchSnapshot();
  });

  test("what a container's mesh makes stores nothing and answers to Timeloop's name for it", async () => {
    const target = "architecture_constraints: {targets: [{target: inter_PE_spatial, type: spatial, factors: C=1}]}";
    const files = [eyerissV04 + problemV03, target].map((text, i) => ({ name: `${i}.yaml`, text }));
    const { architecture, constraints, layers } = readDescription(files);
    expect(constraints.find((c) => c.level === "PE")!.spatial!.factors).toMatchObject({ C: 1, N: 1 });
    const [{ problem }] = layers;
    const spec = { problem, architecture: architecture!, constraints };
    const { best } = await search({ ...spec, strategy: "random", samples: 5 });
    for (const m of best!.mapping.filter(({ level }) => level.startsWith("PE"))) {
      expect([m.keep, m.temporal]).toEqual([[], []]);
    }
  });

  test("permutations in groups of letters, factors of 0 and components of a network are read", () => {
    const text = `
${eyerissV03.replace("            - name: DummyBuffer", "            - {name: psum_NoC, class: XY_NoC, attributes: {datawidth: 64}}\n            - name: DummyBuffer")}
${problemV03}
mapping:
  - {target: shared_glb, type: spatial, factors: Q=11 M=0, permutation: NCPRS QM, split: 7}
  - {target: DRAM, type: temporal, factors: C=0 R0 S=11 P=55 Q=0}
`;
    const { mapping, notes } = readDescription([{ name: "a.yaml", text }]);
    expect(notes).toContainEqual("psum_NoC: networks cost nothing in this model, left out");
    expect(mapping!.find((m) => m.level === "shared_glb")!.spatialX).toEqual([
      { dimension: "Q", factor: 11 },
      { dimension: "M", factor: 96 },
    ]);
    const dram = mapping!.find((m) => m.level === "DRAM")!.temporal.map((l) => `${l.dimension}${l.factor}`);
    expect(dram).toEqual(["C3", "R11", "S11", "P55", "Q5"]);
  });

  test("an energy reference table gives every level its energies", () => {
    const text = `
ERT:
  version: 0.4
  tables:
    - {name: "system.eyeriss.PE[0..167].psum_spad[0..1]", actions: [{name: read, energy: 2}, {name: write, energy: 3}, {name: update, energy: 4}]}
    - {name: system.mac, actions: [{name: compute, energy: 9}]}
`;
    const d = readDescription([
      { name: "a", text: eyerissV03 },
      { name: "b", text },
    ]);
    expect(d.architecture!.levels[0].energy).toEqual({ read: 2, write: 3, update: 4, leak: 0 });
    expect(d.architecture!.arithmetic.energyPicojoules).toBe(9);
  });

  test("a mapping written out and read back is the same, and costs the same", async () => {
    const d = v03();
    const { problem } = d.layers[0];
    const architecture = d.architecture!;
    const { best } = await search({ problem, architecture, constraints: d.constraints });
    const text = writeTimeloopMapping(best!.mapping, problem, architecture);
    const again = readDescription([
      { name: "a", text: eyerissV03 + problemV03 },
      { name: "map.yaml", text },
    ]);
    const normal = evaluate(problem, architecture, again.mapping!);
    expect(normal).toEqual(best!.evaluation);
    expect(printLoopNest(again.mapping!, normal)).toBe(printLoopNest(best!.mapping, best!.evaluation));
    expect(printLoopNest(best!.mapping, best!.evaluation)).toMatchSnapshot();
  });
});

describe("the compact form", () => {
  test("describes an accelerator, layers of every kind and constraints", async () => {
    const d = readDescription([{ name: "tiny.yaml", text: compact }]);
    expect(d.architecture!.levels.map((l) => l.name)).toEqual(["Spad", "Buffer", "DRAM"]);
    expect(d.layers.map((l) => [l.problem.name, l.count, l.problem.dimensions.join("")])).toEqual([
      ["conv", 1, "CMRSNPQ"],
      ["dw", 2, "GCMRSNPQ"],
      ["fc", 1, "CMRSNPQ"],
      ["layer 4", 1, "CMRSNPQ"],
    ]);
    for (const { problem } of d.layers) {
      const constraints = restrictConstraints(d.constraints, problem);
      const result = await search({
        problem,
        architecture: d.architecture!,
        constraints,
        strategy: "random",
        samples: 20,
      });
      expect(result.best!.mapping[0].temporal.every((l) => !"PQ".includes(l.dimension))).toBe(true);
    }
  });

  test("a published layer table gives the problems of its rows", () => {
    const { layers } = readDescription([file("mobilenetv1.yaml")]);
    expect(layers.length).toBe(28);
    const expected = convolution({ name: "layer 2", C: 32, M: 32, R: 3, S: 3, P: 112, Q: 112 });
    expect(layers[1].problem).toEqual(expected);
  });
});

const swap = (from: string, to: string) => (text: string) => {
  expect(text).toContain(from);
  return text.replace(from, to);
};
const messageOf = async (run: () => unknown): Promise<string> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof OrreryError) return String(error);
    throw error;
  }
  return "no error";
};

describe("invalid input says where, what was expected and what was got", () => {
  const tiny = (change: (text: string) => string) => () =>
    readDescription([{ name: "tiny.yaml", text: change(compact) }]);
  test.each<[string, () => unknown]>([
    ["broken YAML", () => v03(swap("version: 0.3", "version: [0.3"))],
    ["a misspelt section", () => v03(swap("\narchitecture_constraints:", "\narchitecture_constrains:"))],
    ["a sparse feature", () => readDescription([{ name: "s.yaml", text: "sparse_optimizations: {targets: []}" }])],
    ["a misspelt attribute", () => v03(swap("memory_depth: 12800", "memory_dept: 12800"))],
    ["a memory without a size", () => v03(swap("memory_depth: 224, ", ""))],
    ["a depth that is no number", () => v03(swap("memory_depth: 12,", "memory_depth: twelve,"))],
    [
      "rules of nodes that are not modelled",
      () =>
        readDescription([
          {
            name: "n.yaml",
            text: (eyerissV04 + problemV03)
              .replace("dataspace: {keep: [Weights]}", "dataspace: {keep_only: [Weights]}")
              .replace("dataspace: {keep: [Inputs]}", "dataspac: {keep: [Inputs]}"),
          },
        ]),
    ],
    [
      "a node of another kind",
      () => readDescription([{ name: "n.yaml", text: eyerissV04.replace("Parallel", "Pipelined") }]),
    ],
    [
      "an attribute that is not modelled",
      () => v03(swap("memory_depth: 224, ", "memory_depth: 224, min_utilization: 0.5, ")),
    ],
    ["the oldest form", () => readDescription([{ name: "o.yaml", text: "arch: {arithmetic: {instances: 256}}" }])],
    ["no arithmetic", () => v03(swap("class: intmac", "class: smartbuffer_RF"))],
    ["a mesh that does not hold its instances", () => v03(swap("DummyBuffer[0..13]", "DummyBuffer[0..12]"))],
    ["two branches", () => v03(swap("        - name: eyeriss", "        - name: other\n        - name: eyeriss"))],
    ["a missing bound", () => v03(swap("C: 3, M: 96, R: 11", "C: 3, R: 11"))],
    ["a bound of zero", () => v03(swap("N: 1, P: 55", "N: 0, P: 55"))],
    ["an unknown dimension in a projection", () => v03(swap("[[C]], [[M]], [[R]]", "[[C]], [[K]], [[R]]"))],
    ["densities", () => v03(swap("Wstride: 4", "densities: {Weights: 0.5}, Wstride: 4"))],
    ["an unknown target", () => v03(swap("target: psum_spad, type: temporal", "target: psum_spade, type: temporal"))],
    ["an unknown dimension in factors", () => v03(swap("factors: R=1 S=1 P=1}", "factors: R=1 K=1 P=1}"))],
    ["a malformed factor", () => v03(swap("factors: R=1 S=1 P=1}", "factors: R=1 S== P=1}"))],
    [
      "factors that cannot make the bound",
      () => {
        const d = v03(swap("S=1 P=0}", "S=1 P=7}"));
        return search({ problem: d.layers[0].problem, architecture: d.architecture!, constraints: d.constraints });
      },
    ],
    [
      "no_reuse",
      () =>
        v03(swap("type: temporal, permutation: RSPCMNQ", "type: temporal, no_reuse: [Weights], permutation: RSPCMNQ")),
    ],
    ["an unknown metric", () => v03(swap("[edp]", "[enrgy]"))],
    ["an unknown algorithm", () => v03(swap("linear-pruned", "simulated-annealing"))],
    [
      "several mistakes at once",
      () =>
        v03((t) => swap("type: bypass, keep: [Outputs]", "type: bypas, keep: [Output]")(swap("Q: 55,", "Q: -5,")(t))),
    ],
    ["a mapping without a problem", () => readDescription([{ name: "m.yaml", text: "mapping: []" }])],
    [
      "a mapping with a wrong product",
      () => v03((t) => `${t}\nmapping:\n  - {target: DRAM, type: temporal, factors: C=3 M=96 P=55 Q=55 R=11 S=10}`),
    ],
    ["a compact mesh", tiny(swap("mesh: 4x2, energy: {read", "mesh: 4by2, energy: {read"))],
    ["a compact mesh that does not divide", tiny(swap("mac: {mesh: 4x2", "mac: {mesh: 6x2"))],
    ["groups that do not divide", tiny(swap("groups: 16", "groups: 5"))],
    ["a short row", tiny(swap("[8, 8, 16, 1, 32, 1, 1, 0, 0, 1, 1]", "[8, 8, 16]"))],
    ["a constraint on an unknown level", tiny(swap("\n  Buffer: {temporal", "\n  Bufer: {temporal"))],
  ])("%s", async (_, run) => {
    const text = await messageOf(run);
    expect(text).not.toBe("no error");
    expect(text).toMatchSnapshot();
  });
});
