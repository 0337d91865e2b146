import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeModel } from "./decode.ts";
import { inferShapes } from "./infer-shapes.ts";

const read = (name: string) => decodeModel(readFileSync(new URL(`reference/${name}.onnx`, import.meta.url)));

describe("inferShapes", () => {
  it.each(["torch-classifier", "torch-encoder", "torch-upscaler", "torch-fake-quantised"])(
    "comes to what %s says of its outputs, and knows every value before",
    (name) => {
      const model = read(name);
      const silent = {
        ...model,
        graph: { ...model.graph, valueInfo: [], outputs: model.graph.outputs.map((o) => ({ name: o.name })) },
      };
      const shapes = inferShapes(silent);
      for (const output of model.graph.outputs) {
        const told = output.type?.kind === "tensor" ? output.type.shape : undefined;
        const known = (told ?? []).map((dim, i) => (typeof dim === "number" ? dim : shapes.get(output.name)?.[i]));
        expect(shapes.get(output.name)).toEqual(known);
      }
      const unknown = model.graph.nodes
        .flatMap(({ outputs }) => outputs)
        .filter((value) => value !== "" && !shapes.has(value));
      expect(unknown).toEqual([]);
    },
  );

  it("keeps the name of the one size that varies, through layers that leave it", () => {
    const shapes = inferShapes(read("torch-classifier"));
    expect(shapes.get("/stem/stem.0/Conv_output_0")).toEqual(["batch", 8, 12, 12]);
    expect(shapes.get("logProbabilities")).toEqual(["batch", 10]);
  });

  it("leaves out what comes after an operator that nobody knows", () => {
    const model = read("torch-classifier");
    const nodes = model.graph.nodes.map((node, i) => (i === 1 ? { ...node, opType: "Mystery" } : node));
    const shapes = inferShapes({ ...model, graph: { ...model.graph, nodes, valueInfo: [] } });
    expect(shapes.get(nodes[0].outputs[0])).toEqual(["batch", 8, 12, 12]);
    expect(shapes.has(nodes[1].outputs[0])).toBe(false);
    expect(shapes.has(nodes[2].outputs[0])).toBe(false);
  });
});
