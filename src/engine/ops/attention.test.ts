import { describe, it } from "vitest";
import { integers, values } from "../../../test/kit/arbitrary.ts";
import { checkCases } from "../../../test/kit/check-cases.ts";
import { attention, ndarray } from "../index.ts";

describe("attention", () => {
  it("agrees on all executors and with differences, with mask, bias and scale", async () => {
    const inputs = [
      values([2, 3, 4], { seed: 1 }),
      values([2, 5, 4], { seed: 2 }),
      values([2, 5, 3], { seed: 3 }),
      values([3, 5], { seed: 4 }),
      integers([2, 1, 5], 0, 2, { seed: 8, dtype: "bool" }),
    ];
    await checkCases([
      { name: "plain", f: (q, k, v) => attention(q, k, v), inputs: inputs.slice(0, 3) },
      { name: "scaled", f: (q, k, v) => attention(q, k, v, { scale: 0.2 }), inputs: inputs.slice(0, 3) },
      { name: "masked, biased", f: (q, k, v, bias, mask) => attention(q, k, v, { bias, mask }), inputs },
    ]);
  });

  it("gives a query that sees no key the mean of the values", async () => {
    await checkCases([
      {
        name: "blind",
        f: (q, k, v, mask) => attention(q, k, v, { mask }),
        inputs: [values([1, 2]), values([2, 2]), ndarray([[1], [3]]), ndarray([false, false])],
        order: 1,
      },
    ]);
  });
});
