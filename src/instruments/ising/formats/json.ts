import { formatError } from "../../../data/format-error.ts";
import { parseJson } from "../../../data/json-text.ts";
import { OrreryError } from "../../../errors.ts";
import { isingOfQubo, type Qubo, quboOfIsing } from "../conversion.ts";
import { IsingModel, type Sense } from "../model.ts";
import { mostVariables, PairCollector } from "./weighted-pairs.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The object in a JSON text. @throws OrreryError `format` with line and column of the first wrong character. */
function parseFields(text: string, source: string): Fields {
  const value = parseJson(text, source);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw formatError(source, { expected: "a JSON object", got: JSON.stringify(value)?.slice(0, 60) });
}

function numbersOf(fields: Fields, name: string, source: string): readonly number[] {
  const list = fields[name];
  if (!Array.isArray(list))
    throw formatError(source, { expected: `${name}, a list of numbers`, got: `${typeof list}` });
  const wrong = list.findIndex((x) => typeof x !== "number" || !Number.isFinite(x));
  if (wrong < 0) return list;
  throw formatError(`${source}: ${name}[${wrong}]`, { expected: "a finite number", got: JSON.stringify(list[wrong]) });
}

function finiteOf(fields: Fields, name: string, source: string): number {
  const value = fields[name] ?? 0;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw formatError(`${source}: ${name}`, { expected: "a finite number", got: JSON.stringify(value) });
}

function senseOf(fields: Fields, source: string): Sense {
  const sense = fields.sense ?? "minimize";
  if (sense === "minimize" || sense === "maximize") return sense;
  throw formatError(`${source}: sense`, { expected: '"minimize" or "maximize"', got: JSON.stringify(sense) });
}

function sizeOf(fields: Fields, name: string, source: string): number {
  const size = fields[name];
  if (typeof size === "number" && Number.isInteger(size) && size >= 1 && size <= mostVariables) return size;
  throw formatError(`${source}: ${name}`, {
    expected: `a whole number from 1 to ${mostVariables}`,
    got: JSON.stringify(size),
  });
}

function checkIndex(index: number, size: number, place: string): void {
  if (Number.isInteger(index) && index >= 0 && index < size) return;
  throw formatError(place, { expected: `an index in [0, ${size})`, got: String(index) });
}

/**
 * A QUBO as `{ "kind": "qubo", "size": n, "sense": "minimize", "offset": 0, "terms": [[i, j, q], …] }`, indices from 0:
 * `V = offset + Σ q x_i x_j` over the terms, each pair once.
 * @throws OrreryError `format` naming line and column, or the field.
 */
export function decodeQuboJson(text: string, source = "qubo json"): IsingModel {
  const fields = parseFields(text, source);
  const size = sizeOf(fields, "size", source);
  if (!Array.isArray(fields.terms)) {
    throw formatError(`${source}: terms`, { expected: "a list of [i, j, q]", got: typeof fields.terms });
  }
  const collector = new PairCollector(size, { allowsDiagonal: true }, source);
  const flat = { terms: fields.terms.flat() };
  const numbers = numbersOf(flat, "terms", source);
  fields.terms.forEach((term: unknown, k: number) => {
    const place = `${source}: terms[${k}]`;
    if (!Array.isArray(term) || term.length !== 3) {
      throw formatError(place, { expected: "three numbers [i, j, q]", got: JSON.stringify(term) });
    }
    const [i, j, q] = numbers.slice(3 * k, 3 * k + 3);
    checkIndex(i, size, place);
    checkIndex(j, size, place);
    collector.add(i, j, q, { text: "", line: k + 1, column: 1 });
  });
  const labels = labelsOf(fields.labels, size, source);
  const sense = senseOf(fields, source);
  const qubo: Qubo = { size, terms: collector.pairs, offset: finiteOf(fields, "offset", source), sense };
  return isingOfQubo({ ...qubo, name: nameOf(source), ...(labels ? { labels } : {}) });
}

/** The model as the JSON that `decodeQuboJson` reads; its value is the model's objective. */
export function encodeQuboJson(model: IsingModel): string {
  const { size, terms, offset, sense, labels } = quboOfIsing(model);
  const list = Array.from(terms.from as number[], (i, k) => [i, terms.to[k], terms.weight[k]]);
  return `${JSON.stringify({ kind: "qubo", size, sense, offset, ...(labels ? { labels } : {}), terms: list })}\n`;
}

function labelsOf(value: unknown, size: number, source: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.length === size) return value.map((label) => String(label));
  throw formatError(source, {
    expected: `${size} labels`,
    got: Array.isArray(value) ? `${value.length}` : typeof value,
  });
}

const nameOf = (source: string) => source.replace(/^.*[/\\]/, "").replace(/\.\w+$/, "");

/**
 * A binary quadratic model in dimod's JSON (`bqm_schema` 3.0.0, numbers as lists): `E = offset + Σ linear_i v_i + Σ quadratic v v`
 * of spins (`SPIN`) or bits (`BINARY`), to be minimised.
 * @throws OrreryError `format` naming line and column, or the field; `unsupported` for packed bytes.
 */
export function decodeDimod(text: string, source = "dimod json"): IsingModel {
  const fields = parseFields(text, source);
  if (fields.use_bytes === true) {
    throw new OrreryError("unsupported", `${source}: expected numbers as lists; got packed bytes (use_bytes)`, {
      hint: "Write it with bqm.to_serializable(use_bytes=False).",
    });
  }
  const size = sizeOf(fields, "num_variables", source);
  const linear = numbersOf(fields, "linear_biases", source);
  const lists = ["quadratic_head", "quadratic_tail", "quadratic_biases"].map((name) => numbersOf(fields, name, source));
  const lengths = [linear.length, ...lists.map((list) => list.length)];
  if (lengths[0] !== size || lengths[1] !== lengths[2] || lengths[1] !== lengths[3]) {
    const expected = `${size} linear_biases and quadratic lists of one length`;
    throw formatError(source, { expected, got: `${lengths[0]} and ${lengths.slice(1).join(", ")}` });
  }
  const [heads, tails, biases] = lists;
  const loopHint = "A square is a linear bias (bits) or a constant (spins).";
  const collector = new PairCollector(size, { allowsDiagonal: false, loopHint }, source);
  heads.forEach((i, k) => {
    for (const index of [i, tails[k]]) checkIndex(index, size, `${source}: quadratic term ${k}`);
    collector.add(i, tails[k], biases[k], { text: `${i}, ${tails[k]}`, line: k + 1, column: 1 });
  });
  const { from, to, weight } = collector.pairs;
  const labels = labelsOf(fields.variable_labels, size, source);
  const details = { name: nameOf(source), ...(labels ? { labels } : {}) };
  const offset = finiteOf(fields, "offset", source);
  if (fields.variable_type === "BINARY") {
    const ids = linear.map((_, i) => i);
    const terms = { from: [...ids, ...from], to: [...ids, ...to], weight: [...linear, ...weight] };
    return isingOfQubo({ size, terms, offset, ...details });
  }
  if (fields.variable_type !== "SPIN") {
    const got = JSON.stringify(fields.variable_type) ?? "nothing";
    throw formatError(`${source}: variable_type`, { expected: '"SPIN" or "BINARY"', got });
  }
  const couplings = { from, to, weight: weight.map((w) => -w) };
  return new IsingModel({ spins: size, couplings, fields: linear.map((b) => -b), offset, ...details });
}

/** The model's energy as dimod's JSON of spins, labels kept. */
export function encodeDimod(model: IsingModel): string {
  const { from, to, weight } = model.edges();
  const negative = (values: Float64Array) => Array.from(values, (x) => (x === 0 ? 0 : -x));
  const content = {
    ...{ type: "BinaryQuadraticModel", version: { bqm_schema: "3.0.0" }, use_bytes: false },
    ...{ index_type: "int32", bias_type: "float64" },
    ...{ num_variables: model.spins, num_interactions: model.pairs },
    variable_labels: model.labels ?? Array.from({ length: model.spins }, (_, i) => i),
    ...{ variable_type: "SPIN", offset: model.offset, info: {} },
    linear_biases: negative(model.fields),
    quadratic_biases: negative(weight),
    ...{ quadratic_head: [...from], quadratic_tail: [...to] },
  };
  return `${JSON.stringify(content)}\n`;
}
