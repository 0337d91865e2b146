import { expect, test } from "vitest";
import { deterministicLog } from "./log.ts";

test("agrees with Math.log to 2 units in the last place, from the smallest normal number to the largest", () => {
  for (let exponent = -307; exponent <= 308; exponent += 0.37) {
    const x = 10 ** exponent;
    expect(Math.abs(deterministicLog(x) - Math.log(x))).toBeLessThanOrEqual(2 ** -51 * Math.abs(Math.log(x)));
  }
});

test("keeps its relative precision around 1, where samples near certainty lie", () => {
  expect(deterministicLog(1)).toBe(0);
  expect(deterministicLog(1 - 2 ** -53)).toBe(-(2 ** -53));
  expect(deterministicLog(1 + 2 ** -20) / (2 ** -20 - 2 ** -41 + 2 ** -60 / 3)).toBeCloseTo(1, 15);
});

test("has stored bits", () => {
  const values = Float64Array.of(2, 0.1, 12345.678, 2 ** -54).map(deterministicLog);
  expect(Buffer.from(values.buffer).toString("hex")).toMatchInlineSnapshot(
    `"ef39fafe422ee63f1555b5bbb16b02c0311e795995d72240e220238708b742c0"`,
  );
});
