import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Answer, askAgain, type RequestError } from "./api-client.ts";

/** What was asked for, as it stands. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: RequestError | undefined;
  /** Whether the server says that it is not there, or no longer; it is not asked for again by itself then. */
  readonly isGone: boolean;
  /** Asks again now. */
  readonly reload: () => void;
}

/**
 * Asks the server for `path` when it changes, and again every `everyMs` while the page is seen; how often may follow from what it
 * answered. An answer like the one before changes nothing. An undefined path asks nothing.
 */
export function useLoad<T>(
  path: string | undefined,
  everyMs?: number | ((value: T | undefined) => number | undefined),
): Loaded<T> {
  const [state, setState] = useState<{ path?: string; answer?: Answer<T>; error?: RequestError }>({});
  const asked = useRef(0);
  const latest = useRef(state);
  latest.current = state;
  const load = useCallback(() => {
    if (path === undefined) return;
    const own = ++asked.current;
    const before = latest.current.path === path ? latest.current.answer : undefined;
    askAgain<T>(path, before).then(
      (answer) => {
        if (own !== asked.current) return;
        if (answer !== before || latest.current.error !== undefined) setState({ path, answer });
      },
      (error: RequestError) => own === asked.current && setState({ path, answer: before, error }),
    );
  }, [path]);
  useEffect(load, [load]);
  const isOwn = state.path === path;
  const value = isOwn ? state.answer?.value : undefined;
  const isGone = isOwn && state.error?.status === 404;
  const waitMs = isGone ? undefined : typeof everyMs === "function" ? everyMs(value) : everyMs;
  useEffect(() => {
    if (waitMs === undefined) return undefined;
    const timer = setInterval(() => !document.hidden && load(), waitMs);
    return () => clearInterval(timer);
  }, [load, waitMs]);
  return { value, error: isOwn ? state.error : undefined, isGone, reload: load };
}
