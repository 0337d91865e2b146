import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { OrreryError } from "../errors.ts";
import { hintForName } from "../nearest-name.ts";
import { formatError } from "./format-error.ts";

async function entriesOf(folder: string): Promise<string[] | undefined> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return undefined;
  }
}

/** The error for a path that does not exist: it names the nearest folder that does and what is in it. */
export async function notFoundError(path: string): Promise<OrreryError> {
  let missing = path;
  for (;;) {
    const folder = dirname(missing);
    const entries = await entriesOf(folder);
    if (entries !== undefined) {
      const what = missing === path ? "no such file" : `no such file; the folder ${missing} does not exist`;
      const hint = hintForName(basename(missing), entries, `${folder} holds`);
      return new OrreryError("not-found", `${path}: ${what}`, { hint });
    }
    if (folder === missing) return new OrreryError("not-found", `${path}: no such file`);
    missing = folder;
  }
}

/** Turns what the file system says about `path` into an error for people; other errors pass unchanged. */
export async function fileError(path: string, cause: unknown): Promise<unknown> {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return notFoundError(path);
  if (code === "EISDIR") {
    return new OrreryError("argument", `${path}: expected a file; got a folder`, {
      hint: "Folders of images are read with readImageFolder.",
    });
  }
  if (code === "EACCES" || code === "EPERM") {
    return new OrreryError("argument", `${path}: this user may not read it`, { cause });
  }
  if (code === "ERR_FS_FILE_TOO_LARGE") {
    return new OrreryError("argument", `${path}: expected at most 2 GiB in one file`, {
      hint: "Split it, or store the arrays as safetensors, which are read one at a time.",
      cause,
    });
  }
  return cause;
}

/**
 * The bytes of a file; gzip is recognised by its magic number, whatever the name, and undone.
 * @throws OrreryError `not-found` with what is nearby, `format` when the gzip stream is damaged.
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw await fileError(path, cause);
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw formatError(path, {
      expected: `a whole gzip stream in ${bytes.length} bytes`,
      got: `"${(cause as Error).message}"`,
      hint: "The file is damaged or was cut off: fetch it again.",
      cause,
    });
  }
}

/** The size of a file in bytes. @throws OrreryError `not-found`. */
export async function sizeOfFile(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    throw await fileError(path, cause);
  }
}

/** The bytes `[begin, end)` of a file as it is on disk. @throws OrreryError `not-found`, `format` when the file ends before. */
export async function readRange(path: string, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const file = await open(path).catch(async (cause) => {
    throw await fileError(path, cause);
  });
  try {
    const bytes = new Uint8Array(end - begin);
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, begin + done);
      if (bytesRead === 0) {
        throw formatError(path, {
          byte: begin + done,
          expected: `${bytes.length - done} more bytes`,
          got: "the end of the file",
        });
      }
      done += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

let writes = 0;

/**
 * Writes a file so that a reader sees the old bytes or the new ones, never a part: under a temporary name in the same
 * folder, then renamed. Folders are made as needed; a name that ends in `.gz` is compressed (the same bytes every time).
 */
export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${basename(path)}.${process.pid}.${writes++}.tmp`);
  try {
    await writeFile(temporary, path.endsWith(".gz") ? gzipSync(bytes, { level: 9 }) : bytes);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}
