const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Nested options as `[dotted path, value]`, in order; lists and empty maps are values. */
export function flattenOptions(value: unknown, path = ""): [string, unknown][] {
  if (!isMap(value) || Object.keys(value).length === 0) return path === "" ? [] : [[path, value]];
  return Object.entries(value).flatMap(([name, item]) => flattenOptions(item, path === "" ? name : `${path}.${name}`));
}

/** A value as a table shows it: texts as they are, the rest as JSON. */
export function optionText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `{ "network.kind": "mlp" }` as nested options. */
export function nestOptions(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(options)) {
    const names = path.split(".");
    const last = names.pop() as string;
    let at = nested;
    for (const name of names) {
      at[name] ??= {};
      at = at[name] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return nested;
}
