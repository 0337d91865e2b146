import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import { OrreryError } from "../../errors.ts";
import { studioApp } from "./app.ts";
import type { CommandLine } from "./job-process.ts";
import { removeOldUploadsSoon } from "./old-uploads.ts";
import { usualUploadLimit } from "./upload-routes.ts";

/** How a studio is served. */
export interface ServeOptions {
  readonly root: string;
  readonly folder: string;
  readonly command: CommandLine;
  /** 0 takes a free one. */
  readonly port: number;
  /** The built page; default: beside this module, or where the build puts it. */
  readonly web?: string;
  /** Bytes of an uploaded file at most; default 1 GiB. */
  readonly uploadLimit?: number;
}

/** A studio that listens. */
export interface Studio {
  /** With the token that lets its page write. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  close(): Promise<void>;
}

const builtPage = fileURLToPath(new URL("../../../dist/studio/page", import.meta.url));

/** An upload may come as slowly as 16 MB a second, much below what loopback does. */
const slowestBytesPerMs = 16_000;

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === "EADDRINUSE";
      const hint = isTaken ? "Another studio may have it; --port 0 takes a free one." : undefined;
      fail(new OrreryError("argument", `studio: port ${port} cannot be used: ${cause.code}`, { hint, cause }));
    });
    server.listen(port, "127.0.0.1", () => done((server.address() as { port: number }).port));
  });
}

/**
 * Serves the studio on the loopback interface.
 * @throws OrreryError `argument` when the port cannot be had.
 */
export async function serveStudio(given: ServeOptions): Promise<Studio> {
  const { port: wanted, web = builtPage, uploadLimit = usualUploadLimit, ...options } = given;
  mkdirSync(options.root, { recursive: true });
  const token = randomBytes(24).toString("base64url");
  let port = wanted;
  const app = studioApp({ ...options, web, uploadLimit, token, port: () => port });
  const server = createServer(getRequestListener(app.fetch));
  // Whoever sends slowly is let go, so that nobody can hold all connections.
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000 + uploadLimit / slowestBytesPerMs;
  server.maxHeadersCount = 100;
  port = await listen(server, wanted);
  removeOldUploadsSoon(options.root);
  return {
    ...{ port, token, url: `http://127.0.0.1:${port}/#token=${token}` },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
