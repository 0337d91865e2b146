import { describe, expect, it } from "vitest";
import { gradcheck, multiply, ndarray, stopGradient, tensor, where } from "./index.ts";

describe("gradcheck", () => {
  it("counts the derivatives it compared and gives the worst difference", () => {
    const found = gradcheck((x, y) => multiply(x, y), [ndarray([1, 2], "float64"), ndarray(3, "float64")]);
    expect(found.compared).toBe(3);
    expect(found.worst).toBeLessThan(1e-9);
  });

  it("finds a gradient that is wrong, and names the element", () => {
    const wrong = () => gradcheck((x) => multiply(x, stopGradient(x)), [ndarray([1, 2], "float64")]);
    expect(wrong).toThrow(/input 0 \[2\], element 0: the gradient says 0\.54\d*, differences say 1\.08/);
  });

  it("finds a gradient that is not a number", () => {
    const wrong = () =>
      gradcheck(
        (x) => where(x.greater(0), x.sqrt().add(0), multiply(x.sqrt(), tensor(0, "float64"))),
        [ndarray([0], "float64")],
      );
    expect(wrong).toThrow("gradcheck");
  });

  it("leaves the values it was given as they were", () => {
    const x = ndarray([0.5], "float64");
    gradcheck((y) => y.sin(), [x]);
    expect(x.data[0]).toBe(0.5);
  });
});
