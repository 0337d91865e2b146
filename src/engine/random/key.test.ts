import fc from "fast-check";
import { expect, test } from "vitest";
import { Key, key } from "./key.ts";

test("a seed's key holds its 64-bit two's complement", () => {
  expect(key(42).toJSON()).toBe("00000000-0000002a");
  expect(key(-1).toJSON()).toBe("ffffffff-ffffffff");
  expect(key(2 ** 40 + 5).words).toEqual([256, 5]);
  expect(key(0xfedcba9876543210n).toJSON()).toBe("fedcba98-76543210");
});

test("children have stored values on every machine", () => {
  expect(key(42).fold(0).toJSON()).toBe("03d7b32d-add083f4");
  expect(key(42).fold(4_000_000_000).toJSON()).toBe("f21d2d68-0f172785");
  expect(key(42).split(2).map(String)).toEqual(["92fb20ea-0f38d913", "2a4b19a5-ff2d8efc"]);
});

test("folds, splits and their children are all different", () => {
  const keys = [key(1), key(2)].flatMap((root) => {
    const folds = Array.from({ length: 500 }, (_, i) => root.fold(i));
    return [root, ...folds, ...root.split(500), ...root.fold(3).split(50), ...root.split(4)[3].split(50)];
  });
  expect(new Set(keys.map(String)).size).toBe(keys.length);
});

test("a longer split begins with the shorter one", () => {
  expect(key(9).split(5).slice(0, 3).map(String)).toEqual(key(9).split(3).map(String));
});

test("a symbolic key resolves to what the same derivations give on the concrete key", () => {
  const root = Symbol("root");
  const steps = fc.array(fc.record({ isFold: fc.boolean(), index: fc.nat(5) }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.maxSafeInteger(), steps, (seed, path) => {
      const derive = (start: Key) =>
        path.reduce((k, { isFold, index }) => (isFold ? k.fold(index) : k.split(index + 1)[index]), start);
      const symbolic = derive(Key.placeholder(root));
      expect(symbolic.isConcrete).toBe(false);
      expect(symbolic.resolve((r) => (r === root ? key(seed) : key(0))).words).toEqual(derive(key(seed)).words);
    }),
  );
});

test("a symbolic key may resolve to another symbolic key and go on from there", () => {
  const outer = {};
  const inner = Key.placeholder({}).fold(2);
  const between = inner.resolve(() => Key.placeholder(outer).split(1)[0]);
  expect(between.root).toBe(outer);
  expect(between.resolve(() => key(5)).equals(key(5).split(1)[0].fold(2))).toBe(true);
});

test("keys are equal when root and derivations agree", () => {
  const root = {};
  expect(Key.placeholder(root).fold(1).equals(Key.placeholder(root).fold(1))).toBe(true);
  expect(Key.placeholder(root).fold(1).equals(Key.placeholder({}).fold(1))).toBe(false);
  expect(Key.placeholder(root).fold(1).equals(Key.placeholder(root).fold(2))).toBe(false);
  expect(Key.placeholder(root).fold(0).equals(Key.placeholder(root).split(1)[0])).toBe(false);
});

test("a key survives JSON", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (seed) => {
      expect(Key.parse(JSON.parse(JSON.stringify(key(seed)))).equals(key(seed))).toBe(true);
    }),
  );
});

test("mistakes are named", () => {
  expect(() => key(0.5)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: key: the seed must be a safe integer or a 64-bit bigint; got 0.5]`,
  );
  expect(() => key(1n << 64n)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: key: the seed must be a safe integer or a 64-bit bigint; got 18446744073709551616]`,
  );
  expect(() => key(1).fold(-1)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: key.fold: the index must be an integer in [0, 2^32); got -1]`,
  );
  expect(() => key(1).split(1.5)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: key.split: the number of keys must be an integer in [0, 2^32); got 1.5]`,
  );
  expect(() => Key.parse("42")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: key.parse: expected eight hex digits, "-", eight hex digits; got "42"]`,
  );
  expect(() => Key.placeholder({}).fold(3).split(2)[1].words).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: key: placeholder/fold 3/split 1 has no value while a function is traced]`,
  );
});
