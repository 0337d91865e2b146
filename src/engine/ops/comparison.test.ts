import { describe, expect, it } from "vitest";
import { broadcastingShapes, examples, integers, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import {
  cast,
  equal,
  greater,
  greaterEqual,
  isNotANumber,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  ndarray,
  type Tensor,
  where,
} from "../index.ts";
import { formatShape } from "../shape.ts";

const comparisons = { equal, less, lessEqual, greater, greaterEqual };

describe("comparisons", () => {
  it("agree on all executors for every number type and random broadcasting shapes", async () => {
    const pairs = examples(broadcastingShapes(2), 4);
    const cases = Object.entries(comparisons).flatMap(([name, f]) =>
      (["float32", "float64", "int32", "int64"] as const).flatMap((dtype) =>
        pairs.map(
          ([a, b], i): Case => ({
            name: `${name} ${dtype} ${formatShape(a)} ${formatShape(b)}`,
            f: (x, y) => f(x, y),
            inputs: [integers(a, -2, 2, { seed: i, dtype }), integers(b, -2, 2, { seed: i + 9, dtype })],
            order: 0,
          }),
        ),
      ),
    );
    await checkCases(cases);
  });

  it("combine truth values", async () => {
    const a = ndarray([true, true, false, false]);
    const b = ndarray([true, false, true, false]);
    await checkCases([
      { name: "and", f: (x, y) => logicalAnd(x, y), inputs: [a, b] },
      { name: "or", f: (x, y) => logicalOr(x, y), inputs: [a, b] },
      { name: "not", f: (x) => logicalNot(x), inputs: [a] },
      { name: "equal", f: (x, y) => equal(x, y), inputs: [a, b] },
    ]);
  });

  it("find values that are no numbers", async () => {
    const x = ndarray([0, Number.NaN, Number.POSITIVE_INFINITY]);
    await checkCases([{ name: "isNotANumber", f: (x) => isNotANumber(x), inputs: [x] }]);
    expect((await isNotANumber(x).read()).toNested()).toEqual([false, true, false]);
  });
});

describe("where", () => {
  it("chooses and sends the derivative the chosen way, for random broadcasting shapes", async () => {
    const cases = examples(broadcastingShapes(3), 8).map(
      ([c, a, b], i): Case => ({
        name: `where ${[c, a, b].map(formatShape)}`,
        f: (condition, x, y) => where(condition, x, y),
        inputs: [integers(c, 0, 2, { seed: i, dtype: "bool" }), values(a, { seed: i }), values(b, { seed: 5 + i })],
      }),
    );
    await checkCases(cases);
  });

  it("works for integers and truth values", async () => {
    const condition = ndarray([true, false]);
    const cases = (["int32", "int64", "bool"] as const).map(
      (dtype): Case => ({
        name: dtype,
        f: (c, x, y) => where(c, x, y),
        inputs: [condition, ndarray([1, 1], dtype), ndarray([0, 0], dtype)],
      }),
    );
    await checkCases(cases);
  });
});

describe("cast", () => {
  it("converts between all types of numbers", async () => {
    const dtypes = ["float32", "float64", "int32", "int64", "bool", "uint8", "int8"] as const;
    const cases = dtypes.flatMap((from) =>
      dtypes.map(
        (to): Case => ({
          name: `${from} to ${to}`,
          f: (x: Tensor) => cast(x, to),
          inputs: [ndarray([0, 1, 2, 100], from)],
          order: from === "float32" && to === "float64" ? 2 : 0,
        }),
      ),
    );
    await checkCases(cases);
  });

  it("truncates towards zero", async () => {
    await checkCases([{ name: "cast", f: (x) => cast(x, "int32"), inputs: [ndarray([-1.7, -0.2, 0.9, 2.5])] }]);
    expect((await cast(ndarray([-1.7, 1.7]), "int32").read()).toNested()).toEqual([-1, 1]);
  });
});
