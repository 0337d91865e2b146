/** Prints how many lines each folder and its largest files have, so that growth is seen in every check. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface SourceFile {
  readonly path: string;
  readonly lines: number;
}

function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, lines: readFileSync(path, "utf8").split("\n").length - 1 }));
}

const files = ["src", "bench", "test"].flatMap(sourceFiles);
const product = files.filter(({ path }) => path.startsWith("src") && !path.endsWith(".test.ts"));
const folders = new Map<string, SourceFile[]>();
for (const file of files) {
  const folder = file.path.split("/").slice(0, 2).join("/");
  folders.set(folder, [...(folders.get(folder) ?? []), file]);
}
for (const [folder, members] of [...folders].sort()) {
  const isTest = ({ path }: SourceFile) => path.endsWith(".test.ts");
  const sum = (list: SourceFile[]) => list.reduce((total, { lines }) => total + lines, 0);
  const [tests, code] = [members.filter(isTest), members.filter((file) => !isTest(file))];
  console.log(
    `${folder.padEnd(28)} ${String(sum(code)).padStart(6)} lines in ${code.length} files, ${sum(tests)} of tests`,
  );
}
const sorted = product.map(({ lines }) => lines).sort((a, b) => a - b);
console.log(`median file ${sorted[sorted.length >> 1] ?? 0} lines; longest:`);
for (const { path, lines } of product.sort((a, b) => b.lines - a.lines).slice(0, 5)) console.log(`  ${lines}  ${path}`);
