/**
 * Compiles every AssemblyScript source `src/…/name.as` to WebAssembly and writes it, as text that is imported like any module, to
 * `name.wasm.ts` beside it. `--check` writes nothing and ends with 1 where a module is not what its source gives.
 *
 *     node --import tsx scripts/build-kernels.ts [--check]
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "src");
/** The compiler wants names that end in .ts, which would make the sources look like TypeScript to every other tool. */
const entry = "kernel.ts";

async function compile(text: string): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [entry, "--outFile", "kernel.wasm", "-O3", "--runtime", "stub", "--enable", "simd"],
    {
      readFile: (name) => (name === entry ? text : null),
      writeFile: (name, contents) => {
        if (name === "kernel.wasm") binary = contents as unknown as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) throw new Error(String(stderr), { cause: error });
  return binary;
}

function moduleText(name: string, source: string, binary: Uint8Array): string {
  const hash = createHash("sha256").update(source).digest("hex");
  const lines =
    Buffer.from(binary)
      .toString("base64")
      .match(/.{1,110}/g) ?? [];
  const body = lines.map((line) => `  "${line}"`).join(" +\n");
  return `/** The bytes of ${name} (sha256 ${hash}), in base64; made by scripts/build-kernels.ts. */\nexport const wasm =\n${body};\n`;
}

let isStale = false;
for (const path of readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".as"))) {
  const program = readFileSync(join(source, path), "utf8");
  const text = moduleText(basename(path), program, await compile(program));
  const target = join(source, path.replace(/\.as$/, ".wasm.ts"));
  if (existsSync(target) && readFileSync(target, "utf8") === text) continue;
  isStale = true;
  if (process.argv.includes("--check")) console.error(`${path}: not compiled since it was changed`);
  else writeFileSync(target, text);
}
if (isStale && process.argv.includes("--check")) process.exit(1);
