import { z } from "zod";
import type { AnyJob } from "../job.ts";

/** An option as JSON Schema says it, the part that flags, help and forms use. */
export interface OptionSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly format?: string;
  readonly accept?: "file" | "folder" | "any";
  readonly unit?: string;
  readonly items?: OptionSchema;
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly OptionSchema[];
  readonly oneOf?: readonly OptionSchema[];
  readonly [other: string]: unknown;
}

const schemas = new WeakMap<object, OptionSchema>();

/** A job's options as JSON Schema (draft 2020-12), as a user may give them. */
export function optionSchema(job: Pick<AnyJob, "options">): OptionSchema {
  const known = schemas.get(job.options);
  if (known !== undefined) return known;
  const made = z.toJSONSchema(job.options, { io: "input", unrepresentable: "any" }) as OptionSchema;
  schemas.set(job.options, made);
  return made;
}

/** The alternatives of a union; the schema itself when it is none. */
export function alternativesOf(schema: OptionSchema): readonly OptionSchema[] {
  return schema.anyOf ?? schema.oneOf ?? [schema];
}

/** The schema of the option at a path of names; undefined below lists and unions. */
export function schemaAt(schema: OptionSchema, path: readonly (string | number)[]): OptionSchema | undefined {
  return path.reduce<OptionSchema | undefined>((at, name) => at?.properties?.[name], schema);
}

/** The options of a schema with their dotted paths; the fields of nested objects one by one, unions whole. */
export function listOptions(
  schema: OptionSchema,
  before = "",
): { readonly path: string; readonly schema: OptionSchema }[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = before === "" ? name : `${before}.${name}`;
    return field.properties === undefined ? [{ path, schema: field }] : listOptions(field, path);
  });
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `value` with every path in it replaced by `f(path)`: where the schema says that a text is a path. */
export function mapPaths(schema: OptionSchema, value: unknown, f: (path: string) => string): unknown {
  if (typeof value === "string")
    return alternativesOf(schema).some(({ format }) => format === "path") ? f(value) : value;
  if (Array.isArray(value)) {
    const items = alternativesOf(schema).find(({ items }) => items !== undefined)?.items;
    return items === undefined ? value : value.map((item) => mapPaths(items, item, f));
  }
  if (!isMap(value)) return value;
  const fields = Object.assign({}, ...alternativesOf(schema).map(({ properties }) => properties ?? {}));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name in fields ? mapPaths(fields[name], item, f) : item]),
  );
}
