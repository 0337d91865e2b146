import fc from "fast-check";
import { describe, it } from "vitest";
import { broadcastingShapes, examples, integers, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import { type MatmulOptions, matmul } from "../index.ts";
import { formatShape, type Shape } from "../shape.ts";

interface Product {
  readonly a: Shape;
  readonly b: Shape;
  readonly options: MatmulOptions;
}

const turned = (rows: number, columns: number, isTurned: boolean) => (isTurned ? [columns, rows] : [rows, columns]);

/** Stacks of matrices whose leading axes broadcast, either operand transposed. */
const products: fc.Arbitrary<Product> = fc
  .record({
    batch: broadcastingShapes(2).map((pair) => pair.map((shape) => shape.slice(-2))),
    sizes: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.nat(3), fc.integer({ min: 1, max: 3 })),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  })
  .map(({ batch: [left, right], sizes: [m, k, n], transposeA, transposeB }) => ({
    a: [...left, ...turned(m, k, transposeA)],
    b: [...right, ...turned(k, n, transposeB)],
    options: { transposeA, transposeB },
  }));

const caseOf = ({ a, b, options }: Product, i: number): Case => ({
  name: `matmul ${formatShape(a)} ${formatShape(b)} ${JSON.stringify(options)}`,
  f: (x, y) => matmul(x, y, options),
  inputs: [values(a, { seed: i }), values(b, { seed: 77 + i })],
});

const flags = [true, false].flatMap((transposeA) => [true, false].map((transposeB) => ({ transposeA, transposeB })));

describe("matmul", () => {
  it("agrees on all executors and with differences for random stacks, transposed and empty ones included", async () => {
    await checkCases(examples(products, 24).map(caseOf));
  });

  it("multiplies a stack by one matrix and one matrix by a stack", async () => {
    const cases = flags.flatMap((options, i) => [
      caseOf({ a: [2, ...turned(3, 4, options.transposeA)], b: turned(4, 2, options.transposeB), options }, i),
      caseOf({ a: turned(3, 4, options.transposeA), b: [2, ...turned(4, 2, options.transposeB)], options }, i),
    ]);
    await checkCases(cases);
  });

  it("takes vectors as rows on the left and columns on the right", async () => {
    await checkCases(
      [
        { a: [3], b: [3], options: {} },
        { a: [3], b: [3, 2], options: {} },
        { a: [2, 3], b: [3], options: {} },
        { a: [4, 2, 3], b: [3], options: {} },
        { a: [3], b: [4, 3, 2], options: {} },
      ].map(caseOf),
    );
  });

  it("multiplies integers and float64", async () => {
    const cases = (["int32", "int64", "float64"] as const).flatMap((dtype) =>
      flags.map(
        (options): Case => ({
          name: `${dtype} ${JSON.stringify(options)}`,
          f: (x, y) => matmul(x, y, options),
          inputs: [
            integers(turned(2, 3, options.transposeA), -4, 5, { dtype }),
            integers(turned(3, 2, options.transposeB), -4, 5, { dtype }),
          ],
          order: 0,
        }),
      ),
    );
    await checkCases(cases);
  });
});
