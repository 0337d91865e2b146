import { describe, expect, it } from "vitest";
import { formatDuration, formatFixed, formatNumber, formatQuantity, formatTime, wordsOf } from "./quantities.ts";

describe("numbers for people", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [60_000, "60,000"],
    [1234.5678, "1,235"],
    [0.123456, "0.1235"],
    [0.25, "0.25"],
    [0.1 + 0.2, "0.3"],
    [0.49999, "0.5000"],
    [-3.25, "−3.25"],
    [1.23456e-7, "1.235 × 10⁻⁷"],
    [-6.02214e23, "−6.022 × 10²³"],
    [Number.NaN, "not a number"],
    [Number.NEGATIVE_INFINITY, "−∞"],
  ])("%d is written %s", (value, text) => expect(formatNumber(value)).toBe(text));

  it.each([
    [0.745, { isFraction: true }, "74.5 %"],
    [0.9496, { isFraction: true }, "95.0 %"],
    [1, { isFraction: true }, "100 %"],
    [0.00231, { unit: "s" }, "2.31 ms"],
    [83.4, { unit: "s" }, "83.4 s"],
    [3725, { unit: "s" }, "1 h 02 min"],
    [1_204_224, { unit: "B" }, "1.20 MB"],
    [512, { unit: "B" }, "512 B"],
    [0.3, { unit: "B" }, "0.3 B"],
    [3.1e-6, { unit: "J" }, "3.1 µJ"],
    [12.5, { unit: "ms" }, "12.5 ms"],
    [12_345, { unit: "steps" }, "12,345 steps"],
    [12.5, {}, "12.5"],
    [Number.NaN, { unit: "s" }, "not a number s"],
  ])("%d with %o is written %s", (value, quantity, text) => expect(formatQuantity(value, quantity)).toBe(text));

  it("keeps decimals where they are asked for, and no minus before nothing", () => {
    expect([formatFixed(1234.5, 2), formatFixed(-0.001, 2), formatFixed(-12.345, 1)]).toEqual([
      "1,234.50",
      "0.00",
      "−12.3",
    ]);
  });

  it("rounds durations up over the end of a minute, hour or day, never to 60 of the smaller", () => {
    const durations = [0.04, 9.94, 9.96, 59.6, 61, 3599.6, 3600, 86_399, 90_000].map(formatDuration);
    expect(durations).toEqual([
      "0.0 s",
      "9.9 s",
      "10 s",
      "1 min 00 s",
      "1 min 01 s",
      "1 h 00 min",
      "1 h 00 min",
      "1 d 0 h",
      "1 d 1 h",
    ]);
  });

  it("writes times in UTC, and leaves alone what is none", () => {
    expect(formatTime("2026-11-25T23:04:31.250+01:00")).toBe("25 November 2026, 22:04 UTC");
    expect(formatTime("yesterday")).toBe("yesterday");
  });

  it("makes words of names", () => {
    const words = ["testAccuracy", "x", "AUC", "meanAUCOfFolds", "loss_by_label", "latencyMs"].map(wordsOf);
    expect(words).toEqual(["Test accuracy", "x", "AUC", "Mean AUCOf folds", "Loss by label", "Latency ms"]);
  });
});
