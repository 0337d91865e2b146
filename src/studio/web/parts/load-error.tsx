import type { RequestError } from "../state/api-client.ts";

/** What the server could not do, and what to do next; nothing when there is no error. */
export function LoadError({ error }: { readonly error: RequestError | undefined }) {
  if (error === undefined) return null;
  return (
    <p class="problem" role="alert">
      {error.message}
      {error.hint !== undefined && <span class="muted"> {error.hint}</span>}
    </p>
  );
}
