import fc from "fast-check";
import { expect, test } from "vitest";
import { FunctionBuilder } from "./function-builder.ts";
import { type Precision, sizeOf, VectorEmitter } from "./vector-emitter.ts";
import { VectorGraph, type VectorNode } from "./vector-graph.ts";
import { encodeModule, signed, unsigned } from "./wasm-module.ts";
import { compileModule, createMemory, instantiateKernel } from "./web-assembly.ts";

test("integers are encoded as the specification's examples", () => {
  expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
  expect(unsigned(0)).toEqual([0]);
  expect(unsigned(2 ** 32 - 1)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
  expect(signed(-123456)).toEqual([0xc0, 0xbb, 0x78]);
  expect(signed(63)).toEqual([0x3f]);
  expect(signed(64)).toEqual([0xc0, 0x00]);
  expect(signed(-1)).toEqual([0x7f]);
  expect(signed(3_000_000_000)).toEqual(signed(3_000_000_000 - 2 ** 32));
});

/** Runs a graph over the inputs `a` and `b`, one vector each at addresses 0 and 16, and gives the first lane of its value. */
function run(
  precision: Precision,
  build: (graph: VectorGraph, a: VectorNode, b: VectorNode) => VectorNode,
  a: number,
  b: number,
): number {
  const graph = new VectorGraph();
  const node = build(graph, graph.input("a", 2), graph.input("b", 2));
  const code = new FunctionBuilder(["i32"]);
  const aside = code.parameter(0);
  const emitter = new VectorEmitter(
    code,
    precision,
    (name) => code.i32(name === "a" ? 0 : 16).memory("v128.load", 0),
    aside,
  );
  emitter.plan([node]);
  emitter.emitConstants();
  code.i32(32);
  emitter.emit(node);
  code.memory("v128.store", 0);
  const memory = createMemory(65536, false);
  const bytes = encodeModule({ pages: 1, isShared: false }, [code.finish("wrap")]);
  const view = precision === "f32" ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
  view.fill(a, 0, 16 / sizeOf[precision]);
  view.fill(b, 16 / sizeOf[precision], 32 / sizeOf[precision]);
  instantiateKernel(compileModule(bytes), memory).wrap(256);
  return view[32 / sizeOf[precision]];
}

test("random expressions have the same value in WebAssembly as in plain arithmetic", () => {
  type Build = {
    readonly graph: (g: VectorGraph, a: VectorNode, b: VectorNode) => VectorNode;
    readonly plain: (a: number, b: number) => number;
  };
  const leaf = fc.oneof(
    fc.constant<Build>({ graph: (_, a) => a, plain: (a) => a }),
    fc.constant<Build>({ graph: (_g, _a, b) => b, plain: (_, b) => b }),
    fc.integer({ min: -2, max: 3 }).map<Build>((c) => ({ graph: (g) => g.constant(c), plain: () => c })),
  );
  const { node } = fc.letrec<{ node: Build }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.tuple(fc.constantFrom("add", "subtract", "multiply", "min", "max"), tie("node"), tie("node")).map(
        ([op, x, y]): Build => ({
          graph: (g, a, b) => g[op](x.graph(g, a, b), y.graph(g, a, b)),
          plain: (a, b) => {
            const [p, q] = [x.plain(a, b), y.plain(a, b)];
            return { add: p + q, subtract: p - q, multiply: p * q, min: Math.min(p, q), max: Math.max(p, q) }[op];
          },
        }),
      ),
      fc.tuple(fc.constantFrom("negate", "abs", "putAside"), tie("node")).map(
        ([op, x]): Build => ({
          graph: (g, a, b) => g[op](x.graph(g, a, b)),
          plain: (a, b) => ({ negate: -x.plain(a, b), abs: Math.abs(x.plain(a, b)), putAside: x.plain(a, b) })[op],
        }),
      ),
      fc.tuple(tie("node"), tie("node"), tie("node"), tie("node")).map(
        ([w, x, y, z]): Build => ({
          graph: (g, a, b) => g.ifLess(w.graph(g, a, b), x.graph(g, a, b), y.graph(g, a, b), z.graph(g, a, b)),
          plain: (a, b) => (w.plain(a, b) < x.plain(a, b) ? y.plain(a, b) : z.plain(a, b)),
        }),
      ),
    ),
  }));
  // Small integers: every result is exact in double precision, whatever the order of operations.
  const number = fc.integer({ min: -4, max: 4 });
  fc.assert(
    fc.property(node, number, number, (build, a, b) => {
      const expected = build.plain(a, b);
      fc.pre(Math.abs(expected) < 2 ** 40);
      expect(run("f64", build.graph, a, b) + 0).toBe(expected + 0);
    }),
    { numRuns: 150 },
  );
});

test("division, square roots and single precision", () => {
  expect(run("f32", (g, a, b) => g.divide(g.sqrt(a), b), 2, 3)).toBe(Math.fround(Math.fround(Math.sqrt(2)) / 3));
  expect(run("f64", (g, a, b) => g.divide(g.sqrt(a), b), 2, 3)).toBe(Math.sqrt(2) / 3);
  expect(run("f32", (g, a) => g.multiply(a, g.constant(0.1)), 3, 0)).toBe(Math.fround(3 * Math.fround(0.1)));
  expect(run("f64", (g, a, b) => g.min(a, b), Number.NaN, 1)).toBeNaN();
});

test("a graph holds equal formulas once and removes what changes nothing", () => {
  const g = new VectorGraph();
  const [a, b] = [g.input("a", 2), g.input("b", 1)];
  expect(g.add(a, b)).toBe(g.add(b, a));
  expect(g.multiply(g.constant(0), a)).toBe(g.constant(0));
  expect(g.multiply(g.constant(1), a)).toBe(a);
  expect(g.add(a, g.negate(b))).toBe(g.subtract(a, b));
  expect(g.negate(g.negate(a))).toBe(a);
  const [ab, ba] = [g.subtract(a, b), g.subtract(b, a)];
  expect(g.multiply(ab, ab)).toBe(g.multiply(ba, ba));
  expect(g.abs(ab)).toBe(g.abs(ba));
  expect(g.add(g.constant(2), g.constant(3)).value).toBe(5);
  expect([a.rate, b.rate, g.multiply(b, g.constant(2)).rate, g.add(a, b).rate]).toEqual([2, 1, 1, 2]);
});
