import type { BenchResult } from "../result.ts";
import { benchAudit } from "./audit.ts";
import { benchMethods } from "./methods.ts";
import { benchPeer } from "./peer.ts";

const parts: Readonly<Record<string, (args: readonly string[]) => Promise<BenchResult>>> = {
  audit: benchAudit,
  methods: benchMethods,
  peer: benchPeer,
};

/** `npm run bench -- labels methods …` or `npm run bench -- labels peer …`; `audit` times an audit. */
export async function bench([part = "peer", ...rest]: readonly string[]): Promise<BenchResult> {
  const run = parts[part];
  if (run === undefined) throw new Error(`bench labels: expected one of ${Object.keys(parts).join(", ")}; got ${part}`);
  return run(rest);
}
