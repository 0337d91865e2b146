import { join } from "node:path";
import { columnNames, isMissing, readCsv } from "../../data/index.ts";
import { OrreryError } from "../../errors.ts";
import { type Run, runFiles } from "../../lab/runs/run-folder.ts";

/** What tables tell of a model's nodes: by the name of a node or of its weight, column by column. */
export type NodeFacts = ReadonlyMap<string, Readonly<Record<string, number | string>>>;

/** Tables above this are not about nodes. */
const largestTable = 4 * 1024 * 1024;

/** How the first column of a table about nodes is headed. */
const keys = new Set(["layer", "node", "name"]);

/**
 * What a run's tables tell of the nodes of its models, such as bits, energy and cycles: every CSV among its artifacts whose first column is
 * `layer`, `node` or `name`. Of a column that two tables have, the later holds.
 */
export async function nodeFactsOf(run: Run): Promise<NodeFacts> {
  const facts = new Map<string, Record<string, number | string>>();
  const tables = run.record.artifacts.filter(({ name, bytes }) => name.endsWith(".csv") && bytes <= largestTable);
  for (const { name } of tables) {
    try {
      const table = await readCsv(join(run.folder, runFiles.artifacts, name), { header: true });
      const [key] = columnNames(table);
      const [named, ...others] = table.columns;
      if (!keys.has(key) || named.kind === "vector") continue;
      for (let row = 0; row < table.rowCount; row++) {
        const own = facts.get(String(named.values[row])) ?? {};
        for (const column of others) {
          const value = column.kind === "vector" || isMissing(column, row) ? undefined : column.values[row];
          if (typeof value === "number" || typeof value === "string") own[column.name] = value;
        }
        facts.set(String(named.values[row]), own);
      }
    } catch (cause) {
      // A table that is no table tells nothing.
      if (!(cause instanceof OrreryError)) throw cause;
    }
  }
  return facts;
}
