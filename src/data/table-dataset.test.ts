import { expect, test } from "vitest";
import { ndarray } from "../engine/ndarray.ts";
import { decodeCsv, readCsv } from "./csv.ts";
import { dataPath } from "./data-path.ts";
import { encodeLabels } from "./labels.ts";
import { datasetFromTable, regressionFromTable } from "./table-dataset.ts";

const flowers = "id,width,height,kind\n1,0.5,2,rose\n2,,3,tulip\n3,1.5,inf,rose\n4,2,4,\n5,2.5\n6,3,6,aster\n";

test("features and named labels become arrays, and unusable rows are reported in order", () => {
  const set = datasetFromTable(decodeCsv(flowers, {}, "flowers.csv"), { label: "kind", ignore: ["id"] });
  expect(set.inputs).toEqual(
    ndarray([
      [0.5, 2],
      [3, 6],
    ]),
  );
  expect(set.labels).toEqual(ndarray([1, 0], "int32"));
  expect(set.classNames).toEqual(["aster", "rose", "tulip"]);
  expect(set.featureNames).toEqual(["width", "height"]);
  expect(Array.from(set.rows)).toEqual([1, 6]);
  expect(set.rejected).toMatchInlineSnapshot(`
    [
      {
        "line": 3,
        "reason": ""width" is missing",
        "row": 2,
      },
      {
        "line": 4,
        "reason": ""height": expected a finite number; got Infinity",
        "row": 3,
      },
      {
        "line": 5,
        "reason": "the label is missing",
        "row": 4,
      },
      {
        "line": 6,
        "reason": "expected 4 cells; got 2",
        "row": 5,
      },
    ]
  `);
});

test("number labels are classes in numeric order, names in alphabetical order", () => {
  expect(encodeLabels(["10", "9", "10", null])).toEqual({
    classes: Int32Array.of(1, 0, 1, -1),
    classNames: ["9", "10"],
  });
  expect(encodeLabels(["b", "B", "10"]).classNames).toEqual(["10", "B", "b"]);
});

test("given classes fix the indices, and an unknown label is rejected with the nearest class", () => {
  const table = decodeCsv("x,y\n1,dog\n2,catt\n3,cat\n");
  const set = datasetFromTable(table, { label: "y", classNames: ["dog", "bird", "cat"] });
  expect(set.labels).toEqual(ndarray([0, 2], "int32"));
  expect(set.rejected[0].reason).toBe('label: expected one of "dog", "bird", "cat"; got "catt" (nearest: "cat")');
});

test("real-valued columns become targets", async () => {
  const table = await readCsv(dataPath("graphs/uci/iris.csv"), {
    header: false,
    columns: { column_3: "number", column_4: "number" },
  });
  const set = regressionFromTable(table, { targets: ["column_4", "column_3"], ignore: ["column_5"] });
  expect([set.inputs.shape, set.targets.shape]).toEqual([
    [150, 2],
    [150, 2],
  ]);
  expect(set.targetNames).toEqual(["column_4", "column_3"]);
  expect(set.targets.data[0]).toBeCloseTo(0.2, 6);
  expect(set.rejected).toMatchObject([{ row: 1, line: 1 }]);
});

test("a column of embeddings gives one feature for each of its entries", () => {
  const table = decodeCsv("y\na\nb\n");
  const vectors = { kind: "vector", name: "e", width: 2, values: Float32Array.of(1, 2, 3, 4) } as const;
  const set = datasetFromTable({ ...table, columns: [...table.columns, vectors] }, { label: "y" });
  expect(set.inputs.toNested()).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(set.featureNames).toEqual(["e.0", "e.1"]);
});

test("a column that cannot serve is named with its place and the way out", () => {
  const failing = (text: string, choice: Parameters<typeof datasetFromTable>[1]): string => {
    try {
      datasetFromTable(decodeCsv(text, {}, "t.csv"), choice);
    } catch (error) {
      return String(error);
    }
    return "";
  };
  expect(failing("x,y\n1,a\n", { label: "z" })).toMatchInlineSnapshot(
    `"t.csv: no column "z". The columns are: "x", "y"."`,
  );
  expect(failing("x,name,y\n1,bob,a\n", { label: "y" })).toMatchInlineSnapshot(
    `"t.csv:2: column "name": expected a number; got "bob". Leave the column out, or read it with { columns: { "name": "number" } } to reject such rows."`,
  );
  expect(failing("x,y\n1,0.5\n", { label: "y" })).toMatchInlineSnapshot(
    `"t.csv:2: column "y": expected class names or whole numbers; got 0.5. Real-valued targets are read with regressionFromTable."`,
  );
  expect(failing("x,y\n,a\n", { label: "y" })).toMatchInlineSnapshot(
    `"t.csv: expected at least one usable row; got 1 rejected, the first (line 2): "x" is missing"`,
  );
  expect(failing("y\na\n", { label: "y" })).toMatchInlineSnapshot(
    `"t.csv: expected at least one feature column; got none"`,
  );
  expect(failing("x,y\n1,a\n", { label: "y", ignore: ["ids"] })).toMatchInlineSnapshot(
    `"t.csv: no column "ids". The columns are: "x", "y"."`,
  );
});
