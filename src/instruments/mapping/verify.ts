import { OrreryError } from "../../errors.ts";
import { type Evaluation, prepare, report } from "./evaluation.ts";
import { layOut } from "./layout.ts";
import { checkMapping } from "./mapping.ts";
import { type ReferenceCase, readReferenceCase } from "./reference-case.ts";

/** One value where the model and a reference run differ. */
export interface Disagreement {
  /** Which value: `psum_spad.Outputs.reads`, `cycles`, `energy_uJ`, … or `case` when it could not be evaluated. */
  readonly what: string;
  readonly expected: number | string;
  readonly got: number | string;
}

/** The verdict on one reference run. */
export interface VerifiedCase {
  readonly id: string;
  readonly line: number;
  /** How many values were compared. */
  readonly compared: number;
  readonly disagreements: readonly Disagreement[];
}

/** The verdict on a file of reference runs. */
export interface Verification {
  readonly cases: readonly VerifiedCase[];
  readonly passed: number;
  readonly failed: number;
}

/** Relative difference up to which two energies agree; printed energies carry six digits. */
const energyTolerance = 1e-4;

/**
 * Evaluates every run of a JSON-lines file of Timeloop results (one object a line: bounds, projections, levels innermost
 * first with their loops, expected counts) and compares every integer exactly and every energy to 1e-4 relative. Energies
 * are compared when the run carries its table (`ert_pJ`) or its levels are those of a published reference design.
 * A line that cannot be read counts as failed and says why.
 */
export function verifyReferenceRuns(jsonLines: string): Verification {
  const cases: VerifiedCase[] = [];
  jsonLines.split("\n").forEach((text, index) => {
    if (text.trim() !== "") cases.push(verifyReferenceRun(text, index + 1));
  });
  return countVerdicts(cases);
}

const unreadable = "case";

/** A disagreement in words, after the run it is about: `toy: cycles: expected 145; got 144`; of a run that cannot be read, why. */
export function describeDisagreement({ id }: VerifiedCase, { what, expected, got }: Disagreement): string {
  if (what !== unreadable) return `${id}: ${what}: expected ${expected}; got ${got}`;
  return String(got).startsWith(id) ? String(got) : `${id}: ${got}`;
}

/** Counts the runs that agree in everything. */
export function countVerdicts(cases: readonly VerifiedCase[]): Verification {
  const failed = cases.filter((c) => c.disagreements.length > 0).length;
  return { cases, passed: cases.length - failed, failed };
}

/** Evaluates and compares one run, one line of such a file. */
export function verifyReferenceRun(text: string, line: number): VerifiedCase {
  let id = `line ${line}`;
  try {
    const reference = readReferenceCase(text, line);
    id = reference.id;
    const { problem, architecture, mapping } = reference;
    checkMapping(problem, architecture, mapping);
    const { counts } = prepare(layOut(problem, architecture), mapping);
    return { id, line, ...compare(reference, report(counts)) };
  } catch (error) {
    if (!(error instanceof OrreryError)) throw error;
    return { id, line, compared: 0, disagreements: [{ what: unreadable, expected: "a run", got: String(error) }] };
  }
}

function compare(reference: ReferenceCase, got: Evaluation): Pick<VerifiedCase, "compared" | "disagreements"> {
  const disagreements: Disagreement[] = [];
  let compared = 0;
  const check = (what: string, expected: number | null | undefined, value: number | undefined, tolerance = 0) => {
    if (expected === null || expected === undefined) return;
    compared++;
    if (value === undefined) disagreements.push({ what, expected, got: "nothing" });
    else if (!(Math.abs(value - expected) <= tolerance)) disagreements.push({ what, expected, got: value });
  };
  const { expected, printedEnergyStep } = reference;
  const close = (value: number | null | undefined, step = 0) => Math.abs(value ?? 0) * energyTolerance + step;
  check("cycles", expected.cycles, got.cycles);
  check("lastLevelAccesses", expected.lastLevelAccesses, got.lastLevelAccesses);
  check("utilization", expected.utilization, got.utilization, 1e-5);
  if (reference.hasEnergy) {
    check("energy_uJ", expected.energy_uJ, got.energyPicojoules / 1e6, close(expected.energy_uJ, printedEnergyStep));
    check("edp_J_cycle", expected.edp_J_cycle, got.energyDelayProduct, close(expected.edp_J_cycle));
  }
  for (const [level, tensors] of Object.entries(expected.levels)) {
    const mine = got.levels.find((l) => l.level === level);
    for (const [tensor, values] of Object.entries(tensors)) {
      const t = mine?.tensors[tensor];
      const at = `${level}.${tensor}`;
      check(`${at}.reads`, values.reads, t?.reads);
      check(`${at}.fills`, values.fills, t?.fills);
      check(`${at}.updates`, values.updates, t?.updates);
      check(`${at}.red`, values.red, t?.reductions);
      check(`${at}.cap`, values.cap, t?.capacity);
      check(`${at}.part`, values.part, t?.partition);
      check(`${at}.inst`, values.inst, t?.instances);
      if (reference.hasEnergy) {
        const energy = values.energyTotal_pJ;
        check(`${at}.energyTotal_pJ`, energy, t?.energyPicojoules, close(energy, 0.005 * (values.inst ?? 1)));
      }
    }
  }
  return { compared, disagreements };
}
