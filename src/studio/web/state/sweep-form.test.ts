import { expect, test } from "vitest";
import type { OptionSchema } from "../../../lab/recipes/option-schema.ts";
import { fieldsOf } from "./form.ts";
import {
  countTrials,
  firstOption,
  formOfPlan,
  planOf,
  type SweepForm,
  variableFields,
  varyingsOf,
} from "./sweep-form.ts";

const schema: OptionSchema = {
  properties: {
    rate: { type: "number" },
    method: { anyOf: [{ enum: ["elr", "gce"] }, { type: "object" }] },
    plain: { type: "boolean" },
    sizes: { type: "array", items: { type: "number" } },
    deep: { anyOf: [{ type: "object" }, { type: "null" }] },
    seed: { type: "integer" },
  },
};
const fields = variableFields(fieldsOf(schema));
const form = (options: Partial<SweepForm["options"][number]>[], rest: Partial<SweepForm> = {}): SweepForm => ({
  options: options.map((option) => ({ path: "rate", how: "each", values: "", from: "", to: "", ...option })),
  ...{ trials: "", seed: "", parallel: "" },
  ...rest,
});

test("options with one value can be varied; numbers over ranges too; it begins with the seed", () => {
  expect(fields.map(({ path }) => path)).toEqual(["rate", "method", "plain", "seed"]);
  expect(varyingsOf(fields[0])).toContain("log");
  expect(varyingsOf(fields[1])).toEqual(["each", "drawn"]);
  expect(firstOption(fields)).toMatchObject({ path: "seed", values: "0, 1, 2" });
});

test("what is typed becomes a plan, its values of the option's type, and back", () => {
  const typed = form(
    [
      { path: "method", values: "elr, gce" },
      { path: "plain", values: "true,false" },
      { path: "rate", how: "log", from: "1e-4", to: "0.1" },
      { path: "seed", how: "drawn", values: "1, 2" },
    ],
    { trials: "5", parallel: "2" },
  );
  const plan = planOf(typed, fields);
  expect(plan).toEqual({
    grid: { method: ["elr", "gce"], plain: [true, false] },
    random: { rate: { from: 1e-4, to: 0.1, scale: "log", whole: false }, seed: [1, 2] },
    ...{ trials: 5, parallel: 2, seed: 0 },
  });
  if ("problem" in plan) throw new Error(plan.problem);
  expect(countTrials(plan)).toBe(20);
  expect(planOf(formOfPlan(plan), fields)).toEqual(plan);
});

test.each([
  [form([]), "no option is varied"],
  [form([{ values: "1" }, { values: "2" }]), "rate is varied twice"],
  [form([{ values: " , " }]), "rate: values with commas between are missing"],
  [form([{ how: "linear", from: "2", to: "1" }]), "rate: a range goes from a number to a larger one"],
  [form([{ how: "log", from: "0", to: "1" }]), "rate: a logarithmic range begins above 0"],
  [form([{ values: "1" }], { parallel: "0" }), "parallel: a whole number from 1 is missing"],
])("what is missing is said: %#", (typed, problem) => {
  expect(planOf(typed, fields)).toEqual({ problem });
});
