import type { OptionSchema } from "../../../lab/recipes/option-schema.ts";

/** What a form has been given: values by dotted path. */
export type FormValues = Readonly<Record<string, unknown>>;

/** One field of a form. */
export interface FormField {
  readonly path: string;
  readonly label: string;
  readonly schema: OptionSchema;
  readonly isRequired: boolean;
  readonly kind: "flag" | "number" | "choice" | "path" | "text" | "list" | "structure";
  readonly choices: readonly string[];
}

const branchesOf = (schema: OptionSchema) => schema.anyOf ?? schema.oneOf ?? [schema];

function kindOf(schema: OptionSchema): FormField["kind"] {
  const branches = branchesOf(schema);
  if (schema.type === "boolean") return "flag";
  if (branches.some(({ format }) => format === "path")) return "path";
  if (branches.length === 1 && schema.enum !== undefined) return "choice";
  if (schema.type === "number" || schema.type === "integer") return "number";
  if (schema.items !== undefined && schema.items.type !== "object" && schema.items.type !== "array") return "list";
  if (branches.length === 1 && schema.type === "string") return "text";
  return "structure";
}

/** The fields of a job's form; nested options one by one. */
export function fieldsOf(schema: OptionSchema, before = ""): FormField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = before === "" ? name : `${before}.${name}`;
    if (field.properties !== undefined) return fieldsOf(field, path);
    const choices = branchesOf(field).flatMap(({ enum: values }) => (values ?? []).map(String));
    return [
      {
        path,
        label: path,
        schema: field,
        isRequired: schema.required?.includes(name) ?? false,
        kind: kindOf(field),
        choices,
      },
    ];
  });
}

/** Whether a field takes files: one, or a list of them. */
export const takesFiles = ({ kind, schema }: FormField) => kind === "path" || schema.items?.format === "path";

/** A field's value with a file that was chosen for it: in place of the one before, or behind those of a list. */
export function withFile({ kind }: FormField, given: unknown, path: string): unknown {
  if (kind === "path") return path;
  const list = Array.isArray(given) ? (given as readonly unknown[]) : [];
  return list.includes(path) ? list : [...list, path];
}

/** The value at a dotted path of nested options. */
export function valueAt(options: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (at, name) => (typeof at === "object" && at !== null ? (at as FormValues)[name] : undefined),
      options,
    );
}

/** What a text of a field stands for; undefined takes the field back to its default. */
export function parseField({ kind, schema, choices }: FormField, text: string): unknown {
  if (text.trim() === "") return undefined;
  if (kind === "number") return Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === "list") {
    const isNumber = schema.items?.type === "number" || schema.items?.type === "integer";
    return text.split(",").map((part) => (isNumber && part.trim() !== "" ? Number(part) : part.trim()));
  }
  if (kind !== "structure" || choices.includes(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A value as the text of its field. */
export function showField(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
