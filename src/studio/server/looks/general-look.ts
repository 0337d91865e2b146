import { extname } from "node:path";
import { readBytes, type Table } from "../../../data/index.ts";
import { decodeText } from "../../../data/text-bytes.ts";
import type { FileLook } from "../../../lab/index.ts";
import { decodeGraphJson, decodeMatrixMarket, type FileGraph, graphOfTable } from "./file-graph.ts";
import { type MoleculeRecords, moleculesOfTable, moleculesOfText } from "./molecule-records.ts";

/** Molecules that are drawn at most. */
const drawnMolecules = 24;

const moleculeFiles = [".smi", ".smiles", ".sdf", ".mol", ".xyz", ".extxyz"];

// Both are large, and most files are neither.
const ofGraph = async (graph: FileGraph | undefined) =>
  graph === undefined ? undefined : (await import("./graph-look.ts")).lookAtGraph(graph);
const ofMolecules = async (records: MoleculeRecords) => (await import("./molecule-look.ts")).lookAtMolecules(records);

/** What a table holds beside its cells: molecules, or the edges of a graph. */
export async function lookAtTable(table: Table): Promise<FileLook | undefined> {
  const molecules = moleculesOfTable(table, drawnMolecules);
  return molecules === undefined ? ofGraph(graphOfTable(table)) : ofMolecules(molecules);
}

/** What a file is by its name and content, where that is a graph or molecules. @throws OrreryError `format` with line and column. */
export async function lookAtFile(path: string): Promise<FileLook | undefined> {
  const extension = extname(path.replace(/\.gz$/i, "")).toLowerCase();
  const text = async () => decodeText(await readBytes(path), path);
  if (extension === ".mtx") return ofGraph(decodeMatrixMarket(await text(), path));
  if (extension === ".json") return ofGraph(decodeGraphJson(await text(), path));
  if (!moleculeFiles.includes(extension)) return undefined;
  return ofMolecules(moleculesOfText(await text(), extension, drawnMolecules));
}
