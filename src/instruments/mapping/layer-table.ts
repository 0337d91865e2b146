import { type Column, column, columnNames, isMissing, readCsv, type Table } from "../../data/index.ts";
import { placeOfRow } from "../../data/table.ts";
import { OrreryError } from "../../errors.ts";
import { hintForName } from "../../nearest-name.ts";
import type { NetworkLayer } from "./network.ts";
import { convolution } from "./problem.ts";

const sizeNames = ["C", "M", "R", "S", "P", "Q"] as const;
const optionalNames = ["N", "groups", "stride", "dilation", "repeat"] as const;
const known: readonly string[] = ["name", ...sizeNames, ...optionalNames];

/**
 * Reads layers from a CSV with a header: `name,C,M,R,S,P,Q` and, where wanted, `N,groups,stride,dilation,repeat` (1 when left
 * out or empty). Channels are totals over all groups, `P × Q` is the size of the output.
 * @throws OrreryError `format` naming the line and the column, or a table without rows.
 */
export async function readLayerTable(path: string): Promise<NetworkLayer[]> {
  const table = await readCsv(path, { header: true });
  const unknown = columnNames(table).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new OrreryError("format", `${path}: unknown column "${unknown}"`, {
      hint: hintForName(unknown, known, "Columns"),
    });
  }
  const columns = new Map(columnNames(table).map((name) => [name, column(table, name)]));
  for (const name of sizeNames) if (!columns.has(name)) column(table, name);
  if (table.rowCount === 0) throw new OrreryError("format", `${path}: expected a layer in each row; got no row`);
  return Array.from({ length: table.rowCount }, (_, row) => readRow(table, columns, row));
}

function readRow(table: Table, columns: ReadonlyMap<string, Column>, row: number): NetworkLayer {
  const place = placeOfRow(table, row);
  const read = (name: string, fallback?: number): number => {
    const cells = columns.get(name);
    if (fallback !== undefined && (cells === undefined || isMissing(cells, row))) return fallback;
    const value = Number(cells?.values[row]);
    if (Number.isSafeInteger(value) && value > 0) return value;
    throw new OrreryError("format", `${place} ${name}: expected a positive integer; got ${cells?.values[row]}`);
  };
  const names = columns.get("name");
  const name = names === undefined || isMissing(names, row) ? `layer ${row + 1}` : String(names.values[row]);
  const [stride, dilation] = [read("stride", 1), read("dilation", 1)];
  const sizes = Object.fromEntries(sizeNames.map((size) => [size, read(size)])) as Record<
    (typeof sizeNames)[number],
    number
  >;
  try {
    const problem = convolution({
      ...{ name, ...sizes, N: read("N", 1), groups: read("groups", 1) },
      ...{ strideP: stride, strideQ: stride, dilationR: dilation, dilationS: dilation },
    });
    return { problem, count: read("repeat", 1) };
  } catch (error) {
    if (!(error instanceof OrreryError) || error.message.startsWith(place)) throw error;
    throw new OrreryError("format", `${place} ${error.message}`, error.hint === undefined ? {} : { hint: error.hint });
  }
}
