import type { ApiError } from "../../api.ts";

const tokenName = "orrery-token";

/** Keeps the token of the address that the studio printed, and takes it out of the address bar. */
export function keepToken(): void {
  const found = /[#&]token=([\w-]+)/.exec(location.hash);
  if (found === null) return;
  sessionStorage.setItem(tokenName, found[1]);
  history.replaceState(null, "", location.pathname + location.search);
}

/** What lets the page write; empty when the page was opened without. */
export const token = () => sessionStorage.getItem(tokenName) ?? "";

/** What the server could not do, in its own words. */
export class RequestError extends Error {
  readonly status: number;
  readonly hint: string | undefined;

  constructor(status: number, { error, hint }: ApiError) {
    super(error);
    this.status = status;
    this.hint = hint;
  }
}

interface RequestOptions {
  readonly method?: string;
  readonly body?: unknown;
}

async function request(path: string, { method = "GET", body }: RequestOptions): Promise<Response> {
  try {
    return await fetch(`/api${path}`, {
      method,
      headers: {
        "x-orrery-token": token(),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new RequestError(0, {
      error: "the studio does not answer",
      hint: "Start it again: orrery studio. Runs go on without it.",
    });
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  const answer: unknown = await response.json().catch(() => ({ error: response.statusText }));
  if (response.ok || response.status === 422) return answer as T;
  throw new RequestError(response.status, answer as ApiError);
}

/** Asks the server; `body` is sent as JSON. @throws RequestError with what the server says, or that it is gone. */
export async function ask<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return answerOf(await request(path, options));
}

/** What the server answered, and the tag by which it is known again. */
export interface Answer<T> {
  readonly value: T;
  readonly tag: string | null;
}

/** Asks what was asked before. @returns `before` itself when the answer is the same. @throws RequestError as `ask` does */
export async function askAgain<T>(path: string, before: Answer<T> | undefined): Promise<Answer<T>> {
  const response = await request(path, {});
  const tag = response.headers.get("etag");
  if (tag === null || tag !== before?.tag) return { value: await answerOf<T>(response), tag };
  await response.body?.cancel();
  return before;
}
