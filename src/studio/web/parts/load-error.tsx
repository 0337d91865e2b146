import type { RequestError } from "../state/api-client.ts";

/** What the server could not do, and what to do next; without an error, that something is waited for, where it is. */
export function LoadError({
  error,
  isWaiting = false,
}: {
  readonly error: RequestError | undefined;
  readonly isWaiting?: boolean;
}) {
  if (error === undefined) return isWaiting ? <p class="muted waiting">Loading…</p> : null;
  return (
    <p class="problem" role="alert">
      {error.message}
      {error.hint !== undefined && <span class="muted"> {error.hint}</span>}
    </p>
  );
}

/** What was in sight is gone from the disk. */
export function Gone({ what }: { readonly what: "run" | "sweep" }) {
  return (
    <p class="problem" role="alert">
      This {what} is no longer there: its folder was removed or moved. What was read of it stays in sight.{" "}
      <a href={`/${what}s`}>All {what}s</a>
    </p>
  );
}
