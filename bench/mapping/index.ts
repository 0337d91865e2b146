import type { BenchResult } from "../result.ts";
import { benchAlexnet } from "./alexnet.ts";
import { timeEvaluation } from "./evaluation.ts";
import { benchMobilenet } from "./mobilenet.ts";

const parts: Readonly<Record<string, () => BenchResult | Promise<BenchResult>>> = {
  evaluation: timeEvaluation,
  alexnet: benchAlexnet,
  "eyeriss-16": () => benchMobilenet("eyeriss-16"),
  "eyeriss-8": () => benchMobilenet("eyeriss-8"),
  "simba-16": () => benchMobilenet("simba-16"),
  "simba-8": () => benchMobilenet("simba-8"),
};

/** `npm run bench -- mapping evaluation`, `… alexnet`, and MobileNetV1 on `… eyeriss-16`, `… eyeriss-8`, `… simba-16`, `… simba-8`. */
export async function bench([part = "evaluation"]: readonly string[]): Promise<BenchResult> {
  const run = parts[part];
  if (run === undefined)
    throw new Error(`bench mapping: expected one of ${Object.keys(parts).join(", ")}; got ${part}`);
  return run();
}
