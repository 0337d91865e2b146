import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { readParquet } from "./parquet.ts";
import { column, columnNames, numberColumn, textColumn } from "./table.ts";
import { datasetFromTable } from "./table-dataset.ts";

const fixture = (name: string): string => resolve(import.meta.dirname, "fixtures", name);

test.each(["none", "snappy", "gzip", "zstd"])("every type is read from a file compressed with %s", async (codec) => {
  const table = await readParquet(fixture(`${codec}.parquet`));
  expect([table.rowCount, table.rejected]).toEqual([5, []]);
  expect(columnNames(table).at(-1)).toBe("embedding");
  expect(Array.from(numberColumn(table, "id"))).toEqual([0, 1, 2, 3, 4]);
  expect(Array.from(numberColumn(table, "width"))).toEqual([0.5, Number.NaN, 1.5, 2, 2.5]);
  expect(Array.from(numberColumn(table, "small"))).toEqual([1, 2, 3, 4, 5]);
  expect(textColumn(table, "species")).toEqual(["setosa", "virginica", null, "setosa", 'Å, "quoted"']);
  expect(textColumn(table, "category")).toEqual(["a", "b", "a", "b", "a"]);
  expect(Array.from(numberColumn(table, "flag"))).toEqual([1, 0, Number.NaN, 1, 0]);
  expect(textColumn(table, "serial")[1]).toBe("1152921504606846977");
  expect(textColumn(table, "when")[0]).toBe("2024-01-01T00:00:00.000Z");
  expect(column(table, "embedding")).toMatchObject({ kind: "vector", width: 3 });
});

test("embeddings and a label make a data set; missing labels are reported", async () => {
  const table = await readParquet(fixture("snappy.parquet"), { columns: ["embedding", "species"] });
  const set = datasetFromTable(table, { label: "species" });
  expect(set.inputs.toNested()).toEqual([
    [0, 0.5, 0],
    [1, 1.5, -1],
    [3, 3.5, -3],
    [4, 4.5, -4],
  ]);
  expect(set.classNames).toEqual(["setosa", "virginica", 'Å, "quoted"']);
  expect(set.rejected).toEqual([{ row: 3, line: undefined, reason: "the label is missing" }]);
});

test("rows whose list is too short or too long are rejected with the reason", async () => {
  const table = await readParquet(fixture("ragged.parquet"), { columns: ["e"] });
  expect(Array.from(table.rows)).toEqual([1, 3]);
  expect(table.rejected).toEqual([{ row: 2, reason: 'column "e": expected a list of 2 numbers; got 1' }]);
});

test("a missing column, nested values and a damaged file are named", async () => {
  const message = async (path: string, columns?: string[]): Promise<string> => {
    const error = await readParquet(path, { columns }).catch((reason) => reason);
    return String(error).replaceAll(path, path.split("/").at(-1) as string);
  };
  const folder = await mkdtemp(join(tmpdir(), "orrery-parquet-"));
  const whole = await readFile(fixture("snappy.parquet"));
  await writeFile(join(folder, "cut.parquet"), whole.subarray(0, 3000));
  await writeFile(join(folder, "empty.parquet"), "");
  expect(await message(fixture("snappy.parquet"), ["specis"])).toMatchInlineSnapshot(
    `"snappy.parquet: no column "specis". Did you mean "species"?"`,
  );
  expect(await message(fixture("ragged.parquet"), ["nested"])).toMatchInlineSnapshot(
    `"ragged.parquet: expected numbers, text, dates or lists of numbers in column "nested"; got nested values such as {"x":"1"}. Choose the other columns with { columns: [...] }."`,
  );
  expect(await message(join(folder, "cut.parquet"))).toMatchInlineSnapshot(
    `"cut.parquet: expected a parquet file; got "parquet file invalid (footer != PAR1)" in 3000 bytes. The file is damaged, was cut off or has another format."`,
  );
  expect(await message(join(folder, "empty.parquet"))).toMatchInlineSnapshot(
    `"empty.parquet: expected a parquet file; got "Offset is outside the bounds of the DataView" in 0 bytes. The file is damaged, was cut off or has another format."`,
  );
});

test("files that are damaged anywhere are told, and leave no promise that fails unheard", async () => {
  const folder = await mkdtemp(join(tmpdir(), "orrery-parquet-"));
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => unheard.push(reason);
  process.on("unhandledRejection", hear);
  for (const name of ["ragged", "gzip"]) {
    const whole = new Uint8Array(await readFile(fixture(`${name}.parquet`)));
    const path = join(folder, "damaged.parquet");
    for (let at = 4; at < whole.length; at += Math.ceil(whole.length / 120)) {
      for (const byte of [0, 127, 255]) {
        await writeFile(path, whole.with(at, byte));
        const outcome = await readParquet(path).then(
          () => "read",
          (error) => (error as { code?: string }).code,
        );
        expect(["read", "format"]).toContain(outcome);
      }
    }
  }
  process.off("unhandledRejection", hear);
  expect(unheard).toEqual([]);
});
