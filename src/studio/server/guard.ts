import { timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import type { ApiError } from "../api.ts";

/** Bytes of a request's body that are read at most. */
export const largestBody = 4 * 1024 * 1024;

const refuse = (context: Context, status: 400 | 401 | 403 | 413, error: string) =>
  context.json({ error } satisfies ApiError, status);

/** Names of this machine that no other page can have. */
const ownNames = new Set(["127.0.0.1", "localhost", "[::1]"]);

function isOwnHost(host: string | undefined, port: number): boolean {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host ?? "");
  return match !== null && ownNames.has(match[1].toLowerCase()) && Number(match[2] ?? 80) === port;
}

function isToken(given: string | undefined, token: string): boolean {
  const [a, b] = [Buffer.from(given ?? ""), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What requests are held against. */
interface GuardOptions {
  readonly port: () => number;
  readonly token: string;
  /** Bytes of an uploaded file at most. */
  readonly uploadLimit: number;
}

/**
 * Lets through what this machine's own page asks: the host must be a loopback name with our port (a name that someone
 * pointed here is refused), an origin must be our own, and whatever writes or reads the disk outside the runs needs the token.
 */
export function guard({ port, token, uploadLimit }: GuardOptions): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context;
    if (!isOwnHost(req.header("host"), port()))
      return refuse(context, 403, "the host of the request is not this studio");
    const origin = req.header("origin");
    if (origin !== undefined && !isOwnHost(origin.replace(/^http:\/\//, ""), port())) {
      return refuse(context, 403, "the origin of the request is not this studio");
    }
    const isRead = req.method === "GET" || req.method === "HEAD";
    if ((!isRead || req.path.startsWith("/api/files")) && !isToken(req.header("x-orrery-token"), token)) {
      const error = "the token is missing or wrong: open the address that the studio printed";
      return context.json({ error, hint: "One that was started anew has a new address." } satisfies ApiError, 401);
    }
    const length = Number(req.header("content-length") ?? 0);
    const most = req.path === "/api/uploads" ? uploadLimit : largestBody;
    if (!(length <= most)) return refuse(context, 413, `a request may have ${most} bytes`);
    await next();
    context.header("x-content-type-options", "nosniff");
    context.header("referrer-policy", "no-referrer");
    context.header("cross-origin-opener-policy", "same-origin");
    context.header("cross-origin-resource-policy", "same-origin");
    return undefined;
  };
}
