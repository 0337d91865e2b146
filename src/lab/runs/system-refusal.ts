import { OrreryError } from "../../errors.ts";

const space = { reason: "no space left on the disk", hint: "Free some; orrery runs resume last goes on with the run." };
const permission = {
  reason: "permission denied",
  hint: "Choose a folder for runs that you may write to, with --runs or ORRERY_RUNS, or mend the permissions.",
};

/** What the system says no to, in words. */
const refusals: Readonly<Record<string, { readonly reason: string; readonly hint: string }>> = {
  ...{ EACCES: permission, EPERM: permission, EROFS: { ...permission, reason: "the disk may only be read" } },
  ...{ ENOSPC: space, EDQUOT: { ...space, reason: "your share of the disk is full" } },
  EMFILE: { reason: "too many open files", hint: "Close other programs, or raise the limit of open files." },
  ENAMETOOLONG: { reason: "the name is too long", hint: "Choose a shorter name." },
};

/** The error for people when the system refuses what is right to ask for (full disk, permissions); undefined for any other error. */
export function systemRefusal(cause: unknown): OrreryError | undefined {
  if (!(cause instanceof Error) || cause instanceof OrreryError) return undefined;
  const { code = "", path } = cause as NodeJS.ErrnoException;
  const refusal = refusals[code];
  if (refusal === undefined) return undefined;
  const message = path === undefined ? refusal.reason : `${path}: ${refusal.reason}`;
  return new OrreryError("runtime", message, { hint: refusal.hint, cause });
}
