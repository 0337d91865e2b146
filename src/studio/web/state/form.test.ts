import { expect, test } from "vitest";
import { fieldsOf, takesFiles, withFile } from "./form.ts";

const path = { type: "string", format: "path" };
const [one, many, text] = fieldsOf({
  properties: {
    data: path,
    files: { type: "array", items: path },
    names: { type: "array", items: { type: "string" } },
  },
});

test("options of one file and of several take files, lists of texts do not", () => {
  expect([one, many, text].map(takesFiles)).toEqual([true, true, false]);
});

test("a chosen file takes the place of the one before, or comes behind those of a list, once", () => {
  expect(withFile(one, "a.csv", "b.csv")).toBe("b.csv");
  expect(withFile(many, undefined, "a.yaml")).toEqual(["a.yaml"]);
  expect(withFile(many, ["a.yaml"], "b.onnx")).toEqual(["a.yaml", "b.onnx"]);
  expect(withFile(many, ["a.yaml"], "a.yaml")).toEqual(["a.yaml"]);
});
