import type { Key, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { Augment } from "./augmentation.ts";
import type { NoiseBelief, TrainingOptions } from "./options.ts";
import type { Ensemble, Predictor } from "./predictor.ts";
import type { Selection } from "./selection.ts";
import type { Arrays, Network } from "./step.ts";

/** Rows with their labels, inputs prepared. */
export interface Examples {
  readonly inputs: NdArray<"float32">;
  readonly labels: Int32Array;
}

/** What a phase of training is given. True labels are not among it. */
export interface Setup {
  /** The training rows with their observed labels. */
  readonly examples: Examples;
  /** Rows whose labels are trusted: those given, else the noisy validation rows, else the training rows. */
  readonly trusted: Examples;
  readonly classes: number;
  readonly options: TrainingOptions;
  /** Of this phase. */
  readonly key: Key;
  /** The same for all phases, for draws that they share. */
  readonly drawKey: Key;
  readonly augment: Augment;
  readonly predictor: Predictor;
  /** The network for so many classes; the same object for the same number. */
  network(classes: number): Network;
  /** Throws `cancelled` once the run is to stop. */
  checkCancelled(): void;
  /** Told after every step: the part of the running epoch that is done, in (0, 1]. */
  reportPart(part: number): void;
}

/** What an epoch answers: the mean training loss and other means. */
export interface EpochOutcome {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A phase under way. */
export interface Stage {
  epoch(epoch: number): Promise<EpochOutcome>;
  /** The model as it stands; the next epoch overwrites it. */
  model(): Ensemble;
  /** Everything that must be kept to go on after an epoch, as nested objects of arrays. */
  state(): unknown;
  restore(state: unknown): void;
  selection?(): Selection;
  /** What later phases need, by name. */
  finish?(): Arrays | Promise<Arrays>;
  release(): Promise<void>;
}

/** A part of a method's training; the last one trains the model that is returned. */
export interface Phase {
  readonly name: string;
  readonly epochs: number;
  /** `facts` are what the earlier phases finished with. */
  begin(setup: Setup, facts: Arrays): Stage | Promise<Stage>;
}

/** A setting of a method: what it means and what it may be. */
export type SettingField =
  | {
      readonly kind: "number";
      readonly description: string;
      readonly min: number;
      readonly max?: number;
      /** Whether `max` itself is excluded. */
      readonly isBelowMax?: boolean;
      readonly isWhole?: boolean;
    }
  | { readonly kind: "choice"; readonly description: string; readonly choices: readonly string[] }
  | { readonly kind: "flag"; readonly description: string }
  | { readonly kind: "matrix"; readonly description: string };

/** What a setting's value may be: a matrix is `[k, k]`, undefined when it is to be estimated. */
export type SettingValue = number | string | boolean | readonly (readonly number[])[] | undefined;
export type Settings = Readonly<Record<string, SettingValue>>;

/** What the defaults of a method depend on. */
export interface DefaultsContext extends NoiseBelief {
  readonly classes: number;
  /** The epochs of the final phase, of which warm-ups are parts. */
  readonly epochs: number;
}

/** One published way to train with noisy labels. */
export interface Method<S extends Settings = Settings> {
  readonly name: string;
  readonly title: string;
  readonly family:
    | "baseline"
    | "transition matrix"
    | "robust loss"
    | "regularization"
    | "selection"
    | "semi-supervised";
  readonly summary: string;
  /** The paper, and where the defaults come from. */
  readonly source: string;
  readonly fields: { readonly [K in keyof S]-?: SettingField };
  defaults(context: DefaultsContext): S;
  /** What the fields' ranges cannot say; answers problems. */
  check?(settings: S, context: DefaultsContext): readonly string[];
  phases(settings: S, options: TrainingOptions): readonly Phase[];
}

/** Keeps a method's settings type while it is written. */
export function defineMethod<S extends Settings>(method: Method<S>): Method<S> {
  return method;
}

function problemOf(name: string, field: SettingField, value: SettingValue): string | undefined {
  if (field.kind === "choice") {
    const isKnown = field.choices.includes(value as string);
    return isKnown ? undefined : `${name} must be one of ${field.choices.join(", ")}; got ${String(value)}`;
  }
  if (field.kind === "flag") return typeof value === "boolean" ? undefined : `${name} must be true or false`;
  if (field.kind === "matrix") return undefined;
  const { min, max = Number.POSITIVE_INFINITY, isBelowMax = false, isWhole = false } = field;
  const isInside =
    typeof value === "number" && value >= min && (isBelowMax ? value < max : value <= max) && Number.isFinite(value);
  if (isInside && (!isWhole || Number.isInteger(value))) return undefined;
  const range = max === Number.POSITIVE_INFINITY ? `at least ${min}` : `in [${min}, ${max}${isBelowMax ? ")" : "]"}`;
  return `${name} must be ${isWhole ? "a whole number " : ""}${range}; got ${String(value)}`;
}

/**
 * A method's settings: its defaults for this noise with the given ones instead.
 * @throws OrreryError `argument` naming an unknown setting, or everything that is outside its range.
 */
export function resolveSettings<S extends Settings>(method: Method<S>, given: Settings, context: DefaultsContext): S {
  const names = Object.keys(method.fields);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new OrreryError("argument", `labels train: ${method.name} has no setting "${unknown}"`, {
      hint: hintForName(unknown, names, "Settings"),
    });
  }
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const settings: S = { ...method.defaults(context), ...chosen };
  const problems = names.flatMap((name) => problemOf(name, method.fields[name], settings[name]) ?? []);
  const all = problems.length > 0 ? problems : (method.check?.(settings, context) ?? []);
  if (all.length > 0) throw new OrreryError("argument", `labels train: ${method.name}: ${all.join("; ")}`);
  return settings;
}
