import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCsv, encodeCsv, readCsv, writeCsv } from "./csv.ts";
import { dataPath } from "./data-path.ts";
import { type Column, column, columnNames, numberColumn, textColumn } from "./table.ts";

test("quoted cells hold delimiters, quotes and line ends", () => {
  const table = decodeCsv('name,note\r\na,"x, ""y""\r\nz"\r\n"b",5" disk\r\n');
  expect(columnNames(table)).toEqual(["name", "note"]);
  expect(textColumn(table, "note")).toEqual(['x, "y"\r\nz', '5" disk']);
  expect(Array.from(table.lines ?? [])).toEqual([2, 4]);
});

test("a column is numbers when all its cells are; long identifiers stay text", () => {
  const table = decodeCsv("a;b;c;d\n1;x;12345678901234567890;\n-2.5e3;3;1;NA\ninf; 7 ;2;?\n");
  expect(table.columns.map(({ kind }) => kind)).toEqual(["number", "text", "text", "number"]);
  expect(Array.from(numberColumn(table, "a"))).toEqual([1, -2500, Number.POSITIVE_INFINITY]);
  expect(textColumn(table, "c")[0]).toBe("12345678901234567890");
  expect(Array.from(numberColumn(table, "d"))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test("hexadecimal, binary and broken numbers are text; a number can be declared missing", () => {
  for (const cell of ["0x1f", "0b1", "1_000", "1e", "-", "+-1", ".", "1.2.3", "1,5"]) {
    expect([cell, decodeCsv(`a;b\n${cell};x`).columns[0].kind]).toEqual([cell, "text"]);
  }
  for (const cell of ["0", "00.5", "5.", ".5", "+1", "1E3", "-1e-3", " 7 ", "-inf"]) {
    expect([cell, decodeCsv(`a;b\n${cell};x`).columns[0].kind]).toEqual([cell, "number"]);
  }
  const table = decodeCsv("a\n1\n-999\n", { missing: ["-999"] });
  expect(Array.from(numberColumn(table, "a"))).toEqual([1, Number.NaN]);
});

test("a first line with a number is no header", () => {
  expect(columnNames(decodeCsv("1,2\n3,4"))).toEqual(["column_1", "column_2"]);
  expect(decodeCsv("1,2\n3,4", { header: true }).rowCount).toBe(1);
  expect(decodeCsv("a,b\nc,d", { header: false }).rowCount).toBe(2);
  expect(columnNames(decodeCsv(",x\n0,1"))).toEqual(["column_1", "x"]);
});

test("the file's own delimiter is found, outside quotes", () => {
  expect(columnNames(decodeCsv('"a,b,c"|d\n1|2'))).toEqual(["a,b,c", "d"]);
  expect(columnNames(decodeCsv("a\tb, c\n1\t2"))).toEqual(["a", "b, c"]);
  expect(columnNames(decodeCsv("only\n1"))).toEqual(["only"]);
});

test("a byte-order mark, UTF-16 and old line ends are understood", () => {
  expect(columnNames(decodeCsv(Buffer.from("\ufeffä,b\r1,2\r3,4")))).toEqual(["ä", "b"]);
  expect(numberColumn(decodeCsv(Buffer.from("\ufeffa,b\n1,2", "utf16le")), "b")[0]).toBe(2);
});

test("ragged rows, blank lines, broken quotes and unfit cells are rejected with line and reason", () => {
  const text = 'id,age\n1,30\n2\n\n3,"40"x\n4,abc\n5,50,6\n7,\n';
  const table = decodeCsv(text, { columns: { age: "number" } }, "people.csv");
  expect(Array.from(numberColumn(table, "age"))).toEqual([30, Number.NaN]);
  expect(Array.from(table.rows)).toEqual([1, 7]);
  expect(Array.from(table.lines ?? [])).toEqual([2, 8]);
  expect(table.rejected).toMatchInlineSnapshot(`
    [
      {
        "line": 3,
        "reason": "expected 2 cells; got 1",
        "row": 2,
      },
      {
        "line": 4,
        "reason": "blank line",
        "row": 3,
      },
      {
        "line": 5,
        "reason": "cell 2: expected a delimiter after the closing quote; got "x"",
        "row": 4,
      },
      {
        "line": 6,
        "reason": "column "age": expected a number; got "abc"",
        "row": 5,
      },
      {
        "line": 7,
        "reason": "expected 2 cells; got 3",
        "row": 6,
      },
    ]
  `);
});

test("without a header the usual number of cells is expected", () => {
  const table = decodeCsv("178,13\n1,2,3\n4,5,6\n");
  expect(table.rowCount).toBe(2);
  expect(table.rejected).toEqual([{ row: 1, line: 1, reason: "expected 3 cells; got 2" }]);
});

test("text and numbers survive with any delimiter", () => {
  const text = fc.string({ unit: fc.constantFrom("a", ",", ";", '"', "\n", "\r", " ", "\t", "é", "NA", "?", "1") });
  const number = fc.oneof(fc.double({ noNaN: true }), fc.constant(Number.NaN), fc.integer());
  const cases = fc.record({
    rows: fc.array(fc.tuple(fc.option(text), number), { minLength: 1, maxLength: 8 }),
    delimiter: fc.constantFrom(",", ";", "\t", "|"),
  });
  fc.assert(
    fc.property(cases, ({ rows, delimiter }) => {
      const columns: Column[] = [
        { kind: "text", name: "t,1", values: rows.map(([value]) => value) },
        { kind: "number", name: "n", values: Float64Array.from(rows, ([, value]) => value + 0) },
      ];
      const options = { delimiter, columns: { "t,1": "text", n: "number" } } as const;
      const table = decodeCsv(encodeCsv(columns, delimiter), options);
      expect(table.rejected).toEqual([]);
      expect(table.columns).toEqual(columns);
    }),
  );
});

test("a single column with missing values survives", () => {
  const columns: Column[] = [{ kind: "text", name: "only", values: [null, "", "x", null] }];
  expect(decodeCsv(encodeCsv(columns)).columns).toEqual(columns);
});

test("a tsv file is written and read by its name", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "orrery-csv-")), "x.tsv.gz");
  const columns: Column[] = [{ kind: "text", name: "a,b", values: ["c,d", "e\tf"] }];
  await writeCsv(path, columns);
  expect((await readCsv(path)).columns).toEqual(columns);
});

test("real tables have their known sizes", async () => {
  const tox = await readCsv(dataPath("molecules/moleculenet/tox21.csv"));
  const wine = await readCsv(dataPath("graphs/uci/wine_data.csv"));
  const digits = await readCsv(dataPath("images/sklearn-digits-8x8.csv.gz"));
  expect([tox.columns.length, tox.rejected.length, column(tox, "smiles").kind]).toEqual([13, 0, "text"]);
  expect(numberColumn(tox, "NR-Aromatase")[0]).toBeNaN();
  expect([wine.rowCount, wine.columns.length, wine.rejected.length]).toEqual([178, 14, 1]);
  expect([digits.rowCount, digits.columns.length]).toEqual([1797, 65]);
});

test("a table that cannot be read at all says where and why", () => {
  const failing = (input: string | Uint8Array, options = {}): string => {
    try {
      decodeCsv(input, options, "t.csv");
    } catch (error) {
      return String(error);
    }
    return "";
  };
  expect(failing("")).toMatchInlineSnapshot(`"t.csv:1: expected a header or a row; got an empty file"`);
  expect(failing('a,b\n1,2\n3,"4\n5,6\n')).toMatchInlineSnapshot(
    `"t.csv:3: expected a closing quote (") for the cell that opens here; got the end of the file. Close the quote; a quote inside a quoted cell is written ""."`,
  );
  expect(failing("a,b,a\n1,2,3")).toMatchInlineSnapshot(
    `"t.csv:1: expected column names that do not repeat; got "a" as columns 1 and 3. Rename one, or read with { header: false } if the line is no header."`,
  );
  expect(failing("a b\n1,2\n3,4\n", { delimiter: "," })).toMatchInlineSnapshot(
    `"t.csv: expected at least one usable row; got 2 rejected, the first (line 2): expected 1 cells; got 2"`,
  );
  expect(failing(Buffer.from("a,b\n1,2\nM\xfcller,3\n", "latin1"))).toMatchInlineSnapshot(
    `"t.csv:3: expected UTF-8 text; got bytes in another encoding. Save the file as UTF-8."`,
  );
  expect(failing("width,height\n1,2", { columns: { widht: "number" } })).toMatchInlineSnapshot(
    `"t.csv: no column "widht" to give a type. Did you mean "width"?"`,
  );
  expect(failing("a,b", { delimiter: ", " })).toMatchInlineSnapshot(
    `"csv: delimiter must be one character, no quote or line end; got ", ""`,
  );
  expect(failing("a,b\nx,1", { columns: { a: "number" } })).toMatchInlineSnapshot(
    `"t.csv: expected at least one usable row; got 1 rejected, the first (line 2): column "a": expected a number; got "x""`,
  );
});

test("a column that is missing or not numeric is named with its place", () => {
  const table = decodeCsv("id,age\n1,30\n2,n/a\n", {}, "people.csv");
  const failing = (read: () => unknown): string => {
    try {
      read();
    } catch (error) {
      return String(error);
    }
    return "";
  };
  expect(failing(() => column(table, "agee"))).toMatchInlineSnapshot(
    `"people.csv: no column "agee". Did you mean "age"?"`,
  );
  expect(failing(() => numberColumn(table, "age"))).toMatchInlineSnapshot(
    `"people.csv:3: column "age": expected a number; got "n/a". Leave the column out, or read it with { columns: { "age": "number" } } to reject such rows."`,
  );
});
