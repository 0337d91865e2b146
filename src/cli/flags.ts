import { Option } from "commander";
import { parse as parseYaml } from "yaml";
import { alternativesOf, listOptions, type OptionSchema } from "../lab/recipes/option-schema.ts";

/** `learningRate` as `learning-rate`; the dots of nested options stay. */
export function flagName(path: string): string {
  return path.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}

/** What stands for a value in a flag's help. */
function valueName(schema: OptionSchema): string {
  if (schema.format === "path") return schema.accept === "folder" ? "folder" : "path";
  if (schema.type === "integer" || schema.type === "number") return schema.unit ?? "number";
  if (schema.enum !== undefined) return "choice";
  if (schema.items !== undefined) return schema.items.format === "path" ? "path,…" : "list";
  return schema.type === "object" || schema.anyOf?.some(({ type }) => type === "object") ? "value" : "text";
}

/** One flag of a job. */
export interface Flag {
  readonly path: string;
  readonly schema: OptionSchema;
  readonly options: readonly Option[];
  /** `--rate <number>`, as help shows it. */
  readonly usage: string;
}

/** The flags of a job's options. */
export function flagsOf(schema: OptionSchema): Flag[] {
  return listOptions(schema).map(({ path, schema: field }) => {
    const name = flagName(path);
    if (field.type === "boolean") {
      return {
        path,
        schema: field,
        options: [new Option(`--${name}`), new Option(`--no-${name}`)],
        usage: `--[no-]${name}`,
      };
    }
    const usage = `--${name} <${valueName(field)}>`;
    const option = new Option(usage).argParser((text: string, before?: readonly string[]) => [...(before ?? []), text]);
    return { path, schema: field, options: [option], usage };
  });
}

const isNumeric = (text: string) => text.trim() !== "" && !Number.isNaN(Number(text));

function structured(text: string): unknown {
  try {
    return parseYaml(text);
  } catch {
    return text;
  }
}

function valueOfList(items: OptionSchema, texts: readonly string[]): unknown {
  if (texts.length === 1 && texts[0].trimStart().startsWith("[")) return structured(texts[0]);
  const isScalar = alternativesOf(items).some(({ type }) => type !== "object" && type !== "array");
  if (!isScalar) return texts.map(structured);
  return texts.flatMap((text) => text.split(",")).map((text) => valueOfFlag(items, [text.trim()]));
}

/** The value that a flag's texts stand for, as its option's schema has it; what does not fit stays text for the check to name. */
export function valueOfFlag(schema: OptionSchema, texts: readonly string[]): unknown {
  if (schema.items !== undefined) return valueOfList(schema.items, texts);
  const text = texts.at(-1) as string;
  const branches = alternativesOf(schema);
  if (branches.length === 1) {
    if (schema.type === "number" || schema.type === "integer") return isNumeric(text) ? Number(text) : text;
    if (schema.type === "object") return structured(text);
    if (schema.enum?.every((choice) => typeof choice === "number") && isNumeric(text)) return Number(text);
    return text;
  }
  if (branches.some(({ enum: choices, const: only }) => choices?.includes(text) || only === text)) return text;
  const list = branches.find(({ items }) => items !== undefined);
  const value = structured(text);
  if (typeof value !== "string" && branches.some(({ type }) => matches(type, value))) return value;
  if (list !== undefined && text.includes(",")) return valueOfFlag(list, texts);
  return text;
}

function matches(type: string | undefined, value: unknown): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}

/** What an option may be and what it is by default, in brackets after its description. */
export function describeRange(schema: OptionSchema): string {
  const parts: string[] = [];
  const choices = alternativesOf(schema).flatMap(
    (branch) => branch.enum ?? (branch.const === undefined ? [] : [branch.const]),
  );
  if (choices.length > 0) parts.push(choices.join(" | "));
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  const isBounded = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < 2 ** 31;
  if (isBounded(low) && isBounded(high)) {
    parts.push(`${schema.minimum === undefined ? "(" : "["}${low}, ${high}${schema.maximum === undefined ? ")" : "]"}`);
  } else if (isBounded(low)) parts.push(schema.minimum === undefined ? `> ${low}` : `≥ ${low}`);
  else if (isBounded(high)) parts.push(schema.maximum === undefined ? `< ${high}` : `≤ ${high}`);
  if (schema.default !== undefined) {
    const value = typeof schema.default === "string" ? schema.default : JSON.stringify(schema.default);
    if (value !== "" && value !== "[]" && value !== "{}") parts.push(`default ${value}`);
  }
  return parts.length === 0 ? "" : `(${parts.join("; ")})`;
}
