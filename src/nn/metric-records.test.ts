import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MetricRecord, measured } from "./metric-records.ts";

const follow = (values: readonly number[], direction: "lower" | "higher"): MetricRecord | undefined =>
  values.reduce<MetricRecord | undefined>(
    (record, value, step) => measured(record, direction, { value, step }),
    undefined,
  );

describe("metric records", () => {
  it("keep the last value and the first of the best ones, whichever way is better", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1 }), (values) => {
        const [least, most] = [Math.min(...values), Math.max(...values)];
        expect(follow(values, "lower")?.best).toEqual({ value: least, step: values.indexOf(least) });
        expect(follow(values, "higher")?.best).toEqual({ value: most, step: values.indexOf(most) });
        expect(follow(values, "higher")?.last).toEqual({ value: values[values.length - 1], step: values.length - 1 });
      }),
    );
  });

  it("never take a value that is not a number for the best", () => {
    expect(follow([Number.NaN, 3, Number.NaN], "higher")).toMatchObject({
      best: { value: 3, step: 1 },
      last: { step: 2 },
    });
  });
});
