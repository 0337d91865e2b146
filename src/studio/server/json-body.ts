import type { Context } from "hono";
import type { z } from "zod";
import { OrreryError } from "../../errors.ts";
import { largestBody } from "./guard.ts";

/** The time that a request's body may take. */
const slowestMs = 10_000;

async function readText(context: Context): Promise<string> {
  const body = context.req.raw.body;
  if (body === null) return "";
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  const timer = setTimeout(() => void reader.cancel("too slow").catch(() => {}), slowestMs);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > largestBody) {
        await reader.cancel();
        throw new OrreryError("argument", `a request may have ${largestBody} bytes`);
      }
      parts.push(value);
    }
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** A request's JSON as a schema has it. @throws OrreryError `argument` for a body that is too large, too slow, no JSON, or does not fit. */
export async function jsonBody<S extends z.ZodType>(context: Context, schema: S): Promise<z.output<S>> {
  let value: unknown;
  const text = await readText(context);
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new OrreryError("argument", "expected a body of JSON", { cause });
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new OrreryError("argument", `${issue.path.join(".") || "body"}: ${issue.message}`);
}
