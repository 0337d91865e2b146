import { describe, expect, it } from "vitest";
import { checkCases } from "../../../test/kit/check-cases.ts";
import { evaluate, gradients, input, ndarray, round, stopGradient, straightThrough, sum } from "../index.ts";

describe("stopGradient and straightThrough", () => {
  it("have the value of their operand and the derivative they promise", async () => {
    const x = ndarray([0.2, 1.7]);
    const t = input([2], "float32");
    const y = straightThrough(round(t), t)
      .multiply(3)
      .add(stopGradient(t.multiply(t)));
    const values = evaluate([y, gradients(sum(y), t)], new Map([[t, x]]));
    expect(Array.from(values[0].data)).toEqual([0.2, 1.7].map((v) => Math.round(v) * 3 + Math.fround(v) ** 2));
    expect(Array.from(values[1].data)).toEqual([3, 3]);
    await checkCases([
      { name: "straightThrough", f: (x) => straightThrough(x.round(), x.sin()), inputs: [x], order: 0 },
      { name: "stopGradient", f: (x) => stopGradient(x).multiply(2), inputs: [x], order: 0 },
    ]);
  });
});
