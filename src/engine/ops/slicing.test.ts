import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distinct, examples, integers, shapes, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import { concat, evaluate, flip, pad, range, type SliceRange, slice, split, stack, tensor, tile } from "../index.ts";
import { formatShape } from "../shape.ts";

const numbersOf = (x: ReturnType<typeof range>) => Array.from(evaluate([x])[0].data, Number);

const position = fc.integer({ min: -9, max: 9 });
const ranges: fc.Arbitrary<[number, number | undefined, number]> = fc.tuple(
  position,
  fc.option(position, { nil: undefined }),
  fc.constantFrom(1, 2, 3, -1, -2, -3),
);

/** Python's `range(*slice(start, end, step).indices(n))`. */
function pythonIndices(n: number, [start, end, step]: readonly [number, number | undefined, number]): number[] {
  const clamp = (i: number) => {
    const from = i < 0 ? i + n : i;
    return step > 0 ? Math.min(Math.max(from, 0), n) : Math.min(Math.max(from, -1), n - 1);
  };
  const stop = end === undefined ? (step > 0 ? n : -1) : clamp(end);
  const out: number[] = [];
  for (let i = clamp(start); step > 0 ? i < stop : i > stop; i += step) out.push(i);
  return out;
}

describe("slice", () => {
  it("picks what Python's slices pick", () => {
    fc.assert(
      fc.property(fc.nat(6), ranges, (n, item) => {
        expect(numbersOf(slice(range(n), { 0: item }))).toEqual(pythonIndices(n, item));
      }),
    );
  });

  it("agrees on all executors and with differences for random shapes and ranges, negative steps included", async () => {
    const arbitrary = shapes(1, 3).chain((shape) =>
      fc.tuple(...shape.map(() => ranges)).map((list) => ({ shape, list: list as SliceRange[] })),
    );
    const cases = examples(arbitrary, 24).map(
      ({ shape, list }, i): Case => ({
        name: `${formatShape(shape)} ${JSON.stringify(list)}`,
        f: (x) => slice(x, Object.fromEntries(list.map((item, axis) => [axis, item]))),
        inputs: [values(shape, { seed: i })],
      }),
    );
    const inputs = [values([5, 4])];
    await checkCases([
      ...cases,
      { name: "index", f: (x) => slice(x, { 0: 2, 1: -1 }), inputs },
      { name: "index and range", f: (x) => slice(x, { 0: -2, 1: [3, 0, -2] }), inputs },
      { name: "flip", f: (x) => flip(x, -1), inputs },
      { name: "flip both", f: (x) => flip(flip(x, 0), 1), inputs },
    ]);
  });
});

describe("pad, concat, stack, split and tile", () => {
  it("agree on all executors and with differences for random shapes, empty ones included", async () => {
    const arbitrary = fc.tuple(shapes(1, 3), fc.infiniteStream(fc.nat(2)), fc.nat(2));
    const cases = examples(arbitrary, 12).flatMap(([shape, stream, chosen], i): Case[] => {
      const next = () => stream.next().value as number;
      const axis = chosen % shape.length;
      const padding = shape.map((): [number, number] => [next(), next()]);
      const repeats = shape.map(next);
      const other = shape.map((n, k) => (k === axis ? next() : n));
      const one = [values(shape, { seed: i })];
      const two = [...one, values(other, { seed: 60 + i })];
      const name = formatShape(shape);
      return [
        { name: `pad ${name} ${padding}`, f: (x) => pad(x, padding), inputs: one },
        { name: `pad ${name} ${padding} with 1.5`, f: (x) => pad(x, padding, 1.5), inputs: one },
        { name: `tile ${name} ${repeats}`, f: (x) => tile(x, repeats), inputs: one },
        { name: `concat ${name} ${other}`, f: (x, y) => concat([x, y, x], axis), inputs: two },
        { name: `stack ${name}`, f: (x) => stack([x, x.multiply(2)], chosen % (shape.length + 1)), inputs: one },
        {
          name: `split ${name} ${other}`,
          f: (x, y) => split(concat([x, y], axis).multiply(2), [shape[axis], other[axis]], axis),
          inputs: two,
        },
        { name: `unread part ${name}`, f: (x) => split(concat([x, x], axis).square(), 2, axis)[1], inputs: one },
      ];
    });
    await checkCases(cases);
  });

  it("move integers and truth values", async () => {
    await checkCases(
      (["int32", "int64", "bool", "float64", "uint8", "int8"] as const).map((dtype) => ({
        name: dtype,
        f: (x) => [
          pad(x, [[1, 0]], 1),
          concat([x, x]),
          stack([x, x], 1),
          tile(x, [2]),
          flip(x, 0),
          slice(x, { 0: [4, 0, -2] }),
          ...split(x, [2, 4]),
        ],
        inputs: [integers([6], 0, 2, { dtype })],
        order: 0,
      })),
    );
  });

  it("invert each other", () => {
    const x = tensor(distinct([3, 4]));
    expect(numbersOf(concat(split(x, [1, 0, 3], 1), 1))).toEqual(numbersOf(x));
    expect(
      numbersOf(
        slice(
          pad(x, [
            [1, 2],
            [0, 1],
          ]),
          { 0: [1, 4], 1: [0, 4] },
        ),
      ),
    ).toEqual(numbersOf(x));
  });
});
