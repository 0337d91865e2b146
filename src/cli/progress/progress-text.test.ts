import { expect, it } from "vitest";
import { progressBar, progressText } from "./progress-text.ts";

it("tells what is counted, and the label alone where nothing is", () => {
  const training = { done: 12, total: 40, unit: "epochs", label: "training elr" };
  expect(progressText(training, { rate: 3.11, secondsLeft: 9 })).toBe(
    "training elr: 12/40 epochs (30 %), 3.1/s, 9.0 s left",
  );
  expect(progressText({ done: 0, label: "looking at neighbours" }, {})).toBe("looking at neighbours");
  expect(progressText({ done: 0, total: 5, label: "folds" }, {})).toBe("folds: 0/5 (0 %)");
  expect(progressText({ done: 7, unit: "states" }, {})).toBe("7 states");
});

it("draws a bar no wider than the terminal", () => {
  expect(progressBar({ done: 10, total: 40, label: "training" }, {}, 80)).toBe(
    "━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ training: 10/40 (25 %)",
  );
  expect(progressBar({ done: 10, total: 40, label: "training" }, {}, 24)).toHaveLength(24);
});
