import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import { type DefaultsContext, type Method, resolveSettings, type Settings } from "./method.ts";
import { type MethodName, methods } from "./methods/index.ts";
import { defaultTrainingOptions } from "./options.ts";

/** A setting's type without the value of its default. */
type Widened<T> = T extends number ? number : T extends boolean ? boolean : T extends string ? string : T;

/** The settings of a method, each of which may be left out. */
type GivenSettings<S> = { readonly [K in keyof S]?: Widened<S[K]> };

/** A method by its name, perhaps with settings that differ from its defaults: `"elr"` or `{ name: "elr", lambda: 1 }`. */
export type MethodChoice =
  | MethodName
  | {
      [N in MethodName]: { readonly name: N } & GivenSettings<ReturnType<(typeof methods)[N]["defaults"]>>;
    }[MethodName];

/** All method names, in the order of the catalogue. */
export const methodNames = Object.keys(methods) as MethodName[];

/** The method of a name. @throws OrreryError `not-found`. */
export function methodOf(name: string): Method {
  const method: unknown = methods[name as MethodName];
  if (method !== undefined && Object.hasOwn(methods, name)) return method as Method;
  throw new OrreryError("not-found", `labels train: no method "${name}"`, {
    hint: hintForName(name, methodNames, "Methods"),
  });
}

/** A method's settings for a kind and rate of noise, from the sources it names; epochs are 40 when left out. */
export function defaultsFor(
  name: MethodName,
  context: Omit<DefaultsContext, "epochs"> & { readonly epochs?: number },
): Settings {
  return methodOf(name).defaults({ epochs: defaultTrainingOptions.epochs, ...context });
}

/**
 * A choice as its method and checked settings.
 * @throws OrreryError `not-found` for an unknown method, `argument` for settings that are unknown or outside their range.
 */
export function resolveMethod(
  choice: MethodChoice,
  context: DefaultsContext,
): { readonly method: Method; readonly settings: Settings } {
  const { name, ...given } = typeof choice === "string" ? { name: choice } : choice;
  const method = methodOf(name);
  return { method, settings: resolveSettings(method, given as Settings, context) };
}
