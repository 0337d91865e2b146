import type { Table } from "../../../data/index.ts";

/** A molecule as a file has it, not yet understood. */
export interface MoleculeRecord {
  readonly kind: "smiles" | "molfile" | "xyz";
  readonly text: string;
  readonly name?: string;
  /** Where it begins, from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** The records of a file: the first ones, and how many there are. */
export interface MoleculeRecords {
  readonly count: number;
  readonly first: readonly MoleculeRecord[];
}

const columnPattern = /^(canonical_?)?smiles$/i;

/** The molecules in the column `smiles` of a table; undefined for a table that has none. */
export function moleculesOfTable(table: Table, most: number): MoleculeRecords | undefined {
  const column = table.columns.find(({ name, kind }) => kind === "text" && columnPattern.test(name));
  if (column?.kind !== "text") return undefined;
  const id = table.columns.find(({ name }) => /^(name|id|title)$/i.test(name));
  const first = column.values.slice(0, most).flatMap((text, i): MoleculeRecord[] => {
    if (text === null) return [];
    const name = id === undefined || id.kind === "vector" ? undefined : String(id.values[i]);
    const line = table.lines?.[i];
    return [{ kind: "smiles", text, ...(name === undefined ? {} : { name }), ...(line === undefined ? {} : { line }) }];
  });
  return { count: column.values.filter((text) => text !== null).length, first };
}

function smilesLines(text: string, most: number): MoleculeRecords {
  const lines = text.split(/\r?\n/).map((content, i) => {
    return { content: content.trim(), line: i + 1, column: content.length - content.trimStart().length + 1 };
  });
  const own = lines.filter(
    ({ content, line }) => content !== "" && !(line === 1 && columnPattern.test(content.split(/\s/)[0])),
  );
  const first = own.slice(0, most).map(({ content, ...place }): MoleculeRecord => {
    const [smiles, ...words] = content.split(/\s+/);
    return { kind: "smiles", text: smiles, ...place, ...(words.length === 0 ? {} : { name: words.join(" ") }) };
  });
  return { count: own.length, first };
}

/** Molfiles, one after the other, each but perhaps the last ended by `$$$$`. */
function molfiles(text: string, most: number): MoleculeRecords {
  const parts = text.split(/^\$\$\$\$.*$/m);
  if (parts[parts.length - 1].trim() === "") parts.pop();
  let line = 1;
  const first = parts.slice(0, most).map((part, i): MoleculeRecord => {
    // What follows the sign on its line is the first line end of the next record.
    const own = i === 0 ? part : part.replace(/^\r?\n/, "");
    const begins = line + (i === 0 ? 0 : 1);
    line += part.split("\n").length - 1;
    const [title] = own.split(/\r?\n/);
    return { kind: "molfile", text: own, line: begins, ...(title.trim() === "" ? {} : { name: title.trim() }) };
  });
  return { count: parts.length, first };
}

/** Frames of XYZ: a number of atoms, a remark, a line for each atom. */
function xyzFrames(text: string, most: number): MoleculeRecords {
  const lines = text.split(/\r?\n/);
  const first: MoleculeRecord[] = [];
  let count = 0;
  for (let at = 0; at < lines.length; ) {
    if (lines[at].trim() === "") {
      at++;
      continue;
    }
    const atoms = Number(lines[at]);
    const isCount = Number.isInteger(atoms) && atoms >= 0;
    count++;
    // Nothing tells where the next frame begins.
    const end = isCount ? at + 2 + atoms : lines.length;
    if (first.length < most) first.push({ kind: "xyz", text: lines.slice(at, end).join("\n"), line: at + 1 });
    at = end;
  }
  return { count, first };
}

/** The molecules in a text, by the extension of its file. */
export function moleculesOfText(text: string, extension: string, most: number): MoleculeRecords {
  if (extension === ".sdf" || extension === ".mol") return molfiles(text, most);
  return extension.endsWith("xyz") ? xyzFrames(text, most) : smilesLines(text, most);
}
