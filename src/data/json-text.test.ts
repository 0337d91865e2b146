import { expect, test } from "vitest";
import { parseJson } from "./json-text.ts";

test.each([
  ['{"a": 1,\n "b": [1, 2,\n}', '3:1: expected JSON; got "}"'],
  ['{"a": 1,\n "b": [1, 2', "2:12: expected JSON; got the end of the text"],
  ['{"a": "x', "1:9: expected JSON; got the end of the text"],
  ["", "1:1: expected JSON; got the end of the text"],
  ['{"a": 12x}', '1:9: expected JSON; got "x}"'],
  ['{"a": 1}\n\ntrue', '3:1: expected JSON; got "true"'],
  ["{'a': 1}", `1:2: expected JSON; got "'a': 1}"`],
])("a text that is no JSON is refused where it goes wrong: %j", (text, message) => {
  expect(() => parseJson(text, "file.json")).toThrow(`file.json:${message}`);
});

test("anything that is JSON is read", () => {
  expect(parseJson(' {"a": [1, null]} ', "file.json")).toEqual({ a: [1, null] });
});
