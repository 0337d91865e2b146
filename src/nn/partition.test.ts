import { describe, expect, it } from "vitest";
import { trace } from "../engine/compile/trace.ts";
import { nodesOf } from "../engine/gradients.ts";
import { compile, input, ndarray, type Tensor, zerosArray } from "../engine/index.ts";
import { adam } from "./optimizers/adam.ts";
import { treeOf, vectorsOf, zeroVectors } from "./partition.ts";

const shapes = { a: [2, 3], big: [256, 256], nested: [[4], [40_000]], scalar: [] };
const inputs = (): { a: Tensor; big: Tensor; nested: Tensor[]; scalar: Tensor } => ({
  a: input(shapes.a),
  big: input(shapes.big),
  nested: shapes.nested.map((shape) => input(shape)),
  scalar: input([]),
});
const concrete = () => ({
  a: zerosArray(shapes.a),
  big: zerosArray(shapes.big),
  nested: shapes.nested.map((shape) => zerosArray(shape)),
  scalar: zerosArray([]),
});

describe("the partition", () => {
  it("joins small leaves in tree order and leaves large ones alone", () => {
    expect(vectorsOf(inputs()).map(({ shape }) => shape)).toEqual([[11], [256, 256], [40_000]]);
    expect(zeroVectors(concrete()).map(({ shape }) => shape)).toEqual([[11], [256, 256], [40_000]]);
  });

  it("keeps float64 leaves alone and refuses integers", () => {
    expect(vectorsOf([input([2]), input([3], "float64")]).map(({ dtype }) => dtype)).toEqual(["float32", "float64"]);
    expect(() => vectorsOf([input([2]), input([3], "int32")])).toThrow(
      "parameters: expected float32 or float64; got int32 at leaf 1",
    );
  });

  it("is undone by treeOf", async () => {
    const double = compile((tree: ReturnType<typeof inputs>) =>
      treeOf(
        vectorsOf(tree).map((vector) => vector.multiply(2)),
        tree,
      ),
    );
    const given = {
      ...concrete(),
      a: ndarray([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      nested: [ndarray([7, 8, 9, 10]), zerosArray([40_000])],
      scalar: ndarray(11),
    };
    const result = await double(given);
    expect(result.a.toNested()).toEqual([
      [2, 4, 6],
      [8, 10, 12],
    ]);
    expect(result.nested[0].toNested()).toEqual([14, 16, 18, 20]);
    expect(result.scalar.item()).toBe(22);
    expect(result.big.shape).toEqual([256, 256]);
    await double.release();
  });

  it("leaves an update that takes nothing apart: the packed buffers go in and come out as they are", () => {
    const optimizer = adam();
    const params = concrete();
    const step = (given: {
      p: ReturnType<typeof inputs>;
      g: ReturnType<typeof inputs>;
      s: Parameters<typeof optimizer.update>[1];
    }) => optimizer.update(given.g, given.s, given.p, { learningRate: 0.1 });
    const traced = trace(step, [{ p: params, g: params, s: optimizer.initialize(params) }]);
    const names = nodesOf(traced.outputs.map(({ tensor: x }) => x)).map(({ operation }) => operation.name);
    // One vector of small leaves and two large ones, 10 passes each; the state's scalars add their own few.
    const passes = nodesOf(traced.outputs.map(({ tensor: x }) => x)).filter(
      ({ outputTypes: [{ shape }], operation }) =>
        [11, 40_000, 65_536].includes(shape.reduce((n, m) => n * m, 1)) && operation.name !== "input",
    );
    expect(
      passes.map(({ operation }) => operation.name).filter((name) => !["concat", "split", "reshape"].includes(name)),
    ).toHaveLength(30);
    expect(names.filter((name) => name === "concat").length).toBeLessThanOrEqual(1);
  });
});
