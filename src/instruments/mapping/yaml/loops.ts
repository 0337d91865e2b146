import type { YamlValue } from "./reader.ts";

/** A factor as Timeloop writes it: `C=3`, `C<=14`, or `C=0` for what is left of the bound. */
export interface FactorRule {
  readonly dimension: string;
  readonly relation: "=" | "<=";
  readonly value: number;
  readonly at: YamlValue;
}

/** Factors: a list `[C=3, M<=8]`, a map `{ C: 3 }`, or a string `C=3 M=8` or `C3 M8`, separated by commas or spaces. */
export function readFactors(value: YamlValue): FactorRule[] {
  if (value.isNull) return [];
  if (value.isMap) {
    return [...value.fields()].map(([dimension, v]) => ({
      dimension,
      relation: "=",
      value: v.number((n) => Number.isSafeInteger(n) && n >= 0, "an integer from 0"),
      at: v,
    }));
  }
  const parts = value.isList ? value.items().map((at) => ({ text: at.string(), at })) : splitFactors(value);
  return parts.flatMap(({ text, at }) => {
    const match = /^\s*([A-Za-z_]\w*?)\s*(<=|=)?\s*(\d+)\s*$/.exec(text);
    if (match === null) {
      at.fail(`expected a factor such as C=3 or C<=14; got "${text}"`);
      return [];
    }
    return [{ dimension: match[1], relation: match[2] === "<=" ? "<=" : "=", value: Number(match[3]), at } as const];
  });
}

/**
 * An order of dimensions, innermost first: a list, names separated by commas or spaces, or single letters run together
 * (`RSPCMNQ`, `NPQR SCM`). `*` stands for all dimensions not named: those after it are outermost.
 */
export function readPermutation(
  value: YamlValue,
  dimensions?: readonly string[],
): { inner: string[]; outer: string[] } {
  let names = value.names();
  if (!value.isList) names = names.flatMap((n) => (dimensions?.includes(n) === true || n === "*" ? [n] : [...n]));
  for (const [i, name] of names.entries()) {
    if (name !== "*" && dimensions !== undefined && !dimensions.includes(name)) {
      value.fail(`unknown dimension ${name}; the dimensions are ${dimensions.join(", ")}`);
    }
    if (names.indexOf(name) !== i) value.fail(`dimension ${name} appears twice`);
  }
  const star = names.indexOf("*");
  return star < 0
    ? { inner: names, outer: [] }
    : { inner: names.slice(0, star), outer: names.slice(star + 1).reverse() };
}

function splitFactors(value: YamlValue): { text: string; at: YamlValue }[] {
  const text = value.string().replaceAll(/\s*(<=|=)\s*/g, "$1");
  return text
    .split(/[\s,]+/)
    .filter((t) => t !== "")
    .map((t) => ({ text: t, at: value }));
}
