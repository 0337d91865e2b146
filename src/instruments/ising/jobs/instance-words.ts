import { z } from "zod";
import { type InstanceOptions, instanceOptions } from "./instance-options.ts";

const flagOf = (name: string) => name.replaceAll(/([a-z])([A-Z])/g, "$1-$2").toLowerCase();
const quoted = (text: string) => (/[^\w./:,+-]/.test(text) ? `"${text}"` : text);

/** The words with which a command works on the same instance: its file, and whatever differs from the usual options. */
export function instanceWords(options: InstanceOptions): string {
  const { generate: usualEnsemble, ...usual } = z.strictObject(instanceOptions).parse({});
  const changed = (values: object, defaults: object, before = "") =>
    Object.entries(values).flatMap(([name, value]) => {
      const isUsual = String(value) === String((defaults as Readonly<Record<string, unknown>>)[name]);
      return isUsual || value === undefined ? [] : [`--${before}${flagOf(name)} ${quoted(String(value))}`];
    });
  const { instance, generate } = options;
  const own = Object.fromEntries(
    Object.keys(instanceOptions).map((name) => [name, options[name as keyof InstanceOptions]]),
  );
  const { instance: _path, generate: _ensemble, ...reading } = own;
  if (instance === undefined) return changed(generate, usualEnsemble, "generate.").join(" ");
  return [quoted(instance), ...changed(reading, usual)].join(" ");
}

/** A command of another job, or of the same, on the same instance. */
export function commandOn(verb: string, options: InstanceOptions, more = ""): string {
  return ["orrery ising", verb, instanceWords(options), more].filter((part) => part !== "").join(" ");
}
