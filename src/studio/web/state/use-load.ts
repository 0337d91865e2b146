import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ask, type RequestError } from "./api-client.ts";

/** What was asked for, as it stands. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: RequestError | undefined;
  /** Asks again now. */
  readonly reload: () => void;
}

/** Asks the server for `path` when it changes, and again every `everyMs` while the page is seen. An undefined path asks nothing. */
export function useLoad<T>(path: string | undefined, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<{ path?: string; value?: T; error?: RequestError }>({});
  const asked = useRef(0);
  const load = useCallback(() => {
    if (path === undefined) return;
    const own = ++asked.current;
    ask<T>(path).then(
      (value) => own === asked.current && setState({ path, value }),
      (error: RequestError) => own === asked.current && setState((before) => ({ ...before, path, error })),
    );
  }, [path]);
  useEffect(load, [load]);
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => !document.hidden && load(), everyMs);
    return () => clearInterval(timer);
  }, [load, everyMs]);
  const isOwn = state.path === path;
  return { value: isOwn ? state.value : undefined, error: isOwn ? state.error : undefined, reload: load };
}
