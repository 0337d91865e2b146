import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { type Context, Hono } from "hono";
import type { ApiError, UploadedFile } from "../api.ts";

/** Where files from browsers are put, below the folder of runs; its dot keeps it out of the list of runs. */
export const uploadsName = ".uploads";

/** Bytes of one uploaded file at most when nobody says otherwise: 1 GiB. */
export const usualUploadLimit = 1024 ** 3;

/** A name that is one step of a path on every system, and hides nothing. */
function isFileName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const hasOdd = /[\\/:*?"<>|\u0000-\u001f\u007f]/.test(name);
  const isReserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name);
  return name !== "" && Buffer.byteLength(name) <= 200 && !hasOdd && !isReserved && !/^\.|[. ]$/.test(name);
}

/** Whether a name is that of a folder of uploads. */
export const isBatch = (text: string) => /^\d{8}-\d{6}-[0-9a-f]{8}$/.test(text);

/** What could not be done about an upload, with its status. */
class Refusal extends Error {
  readonly status: 400 | 404 | 408 | 409 | 413;

  constructor(status: Refusal["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/** Writes a request's body to a file, piece by piece; what is there of it is removed when it ends early or is too large. */
async function receive(body: ReadableStream<Uint8Array> | null, path: string, limit: number): Promise<number> {
  const aside = `${path}.${randomBytes(4).toString("hex")}.part`;
  const file = await open(aside, "wx");
  let bytes = 0;
  try {
    if (body !== null) {
      for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
        bytes += part.length;
        if (bytes > limit) throw new Refusal(413, `a file may have ${limit} bytes`);
        await file.write(part);
      }
    }
    await file.close();
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      throw new Refusal(409, "there is a file of this name");
    renameSync(aside, path);
    return bytes;
  } catch (cause) {
    await file.close().catch(() => {});
    rmSync(aside, { force: true });
    if (cause instanceof Refusal) throw cause;
    throw new Refusal(408, "the file did not come whole");
  }
}

/** The folder of an upload: a new one, or that of the files that came before. */
function batchFolder(uploads: string, into: string | undefined): { readonly batch: string; readonly folder: string } {
  if (into !== undefined) {
    const folder = join(uploads, into);
    if (!isBatch(into)) throw new Refusal(400, "into: expected what an upload before it answered");
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return { batch: into, folder };
    throw new Refusal(404, "into: there is no such upload");
  }
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const batch = `${stamp}-${randomBytes(4).toString("hex")}`;
  const folder = join(uploads, batch);
  mkdirSync(folder, { recursive: true });
  return { batch, folder };
}

/** The routes below `/api/uploads`, behind the token: a file from the browser, as it is in the request's body. */
export function uploadRoutes({ root, limit }: { readonly root: string; readonly limit: number }): Hono {
  const routes = new Hono();
  const uploads = join(root, uploadsName);
  routes.get("/", (context) => context.json({ limit }));
  routes.post("/", async (context: Context) => {
    const name = (context.req.query("name") ?? "").normalize("NFC");
    if (!isFileName(name)) throw new Refusal(400, `name: expected the name of a file; got ${JSON.stringify(name)}`);
    const { batch, folder } = batchFolder(uploads, context.req.query("into"));
    const path = join(folder, name);
    const bytes = await receive(context.req.raw.body, path, limit);
    return context.json({ path, folder, batch, bytes } satisfies UploadedFile, 201);
  });
  routes.onError((cause, context) => {
    if (!(cause instanceof Refusal)) throw cause;
    return context.json({ error: cause.message } satisfies ApiError, cause.status);
  });
  return routes;
}
