import { OrreryError } from "../../../errors.ts";
import { convolution, type DataSpace, defineProblem, type Problem, type Term } from "../problem.ts";
import type { YamlValue } from "./reader.ts";

const problemKeys = ["version", "shape", "instance", "name"];
/** What an instance may hold beside its bounds; the size and padding of the input say no more than `P` and `Q`. */
const otherKeys = ["bitwidths", "commonBitwidth", "densities", "W", "H", "Wpad", "Hpad"];
const shapeKeys = ["name", "dimensions", "coefficients", "data_spaces"];

/**
 * Reads `problem:`: a shape (dimensions, coefficients, data spaces with their projections) and an instance (bounds,
 * coefficient values, `bitwidths`). The shape may be the name `cnn-layer`.
 */
export function readTimeloopProblem(value: YamlValue): Problem | undefined {
  const fields = value.fields(problemKeys);
  const shape = fields.get("shape");
  const instance = fields.get("instance");
  if (instance === undefined) {
    value.fail("expected an instance with the bounds; got none");
    return undefined;
  }
  const numbers = new Map<string, YamlValue>(instance.fields());
  const densities = numbers.get("densities");
  if (densities !== undefined && (!densities.isMap || densities.fields().size > 0)) {
    densities.fail("densities (sparse tensors) are not supported");
  }
  if (shape === undefined || !shape.isMap) return readNamedShape(value, shape, instance, numbers);
  const described = shape.fields(shapeKeys);
  const dimensions = described.get("dimensions")?.names() ?? [];
  if (dimensions.length === 0) shape.fail("expected dimensions; got none");
  const coefficients = readCoefficients(described.get("coefficients"), numbers);
  const known = [...dimensions, ...coefficients.keys(), ...otherKeys];
  instance.fields(known);
  const bounds = Object.fromEntries(dimensions.map((d) => [d, readBound(instance, numbers, d)]));
  const bits = readBits(numbers);
  const spaces = described.get("data_spaces");
  if (spaces === undefined) shape.fail("expected data_spaces; got none");
  const dataSpaces = (spaces?.items() ?? []).map((s) => readDataSpace(s, dimensions, coefficients, bits));
  const name = described.get("name")?.string() ?? "problem";
  return settle(value, () => defineProblem({ name, dimensions, bounds, dataSpaces }));
}

/** Runs a constructor that checks its arguments and notes what it refuses at the place of `value`. */
export function settle<T>(value: YamlValue, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof OrreryError)) throw error;
    value.fail(String(error));
    return undefined;
  }
}

function readBound(instance: YamlValue, numbers: Map<string, YamlValue>, dimension: string): number {
  const value = numbers.get(dimension);
  if (value === undefined) {
    instance.fail(`expected a bound for dimension ${dimension}; got none`);
    return 1;
  }
  return value.positiveInteger();
}

function readNamedShape(
  value: YamlValue,
  shape: YamlValue | undefined,
  instance: YamlValue,
  numbers: Map<string, YamlValue>,
): Problem | undefined {
  const name = shape?.string().replace(/\.ya?ml$/, "") ?? "cnn-layer";
  if (name !== "cnn-layer" && name !== "cnn_layer") {
    (shape ?? value).fail(`expected a shape in full or cnn-layer; got "${name}"`);
    return undefined;
  }
  const extra = ["Wstride", "Hstride", "Wdilation", "Hdilation"];
  instance.fields(["C", "M", "R", "S", "N", "P", "Q", "G", ...extra, ...otherKeys]);
  const get = (key: string, fallback?: number) =>
    numbers.has(key) || fallback === undefined ? readBound(instance, numbers, key) : fallback;
  const groups = get("G", 1);
  return settle(value, () =>
    convolution({
      name: "cnn-layer",
      groups,
      ...{
        C: get("C") * groups,
        M: get("M") * groups,
        R: get("R"),
        S: get("S"),
        N: get("N", 1),
        P: get("P"),
        Q: get("Q"),
      },
      ...{ strideP: get("Wstride", 1), strideQ: get("Hstride", 1) },
      ...{ dilationR: get("Wdilation", 1), dilationS: get("Hdilation", 1) },
      bits: Object.fromEntries(readBits(numbers)),
    }),
  );
}

function readCoefficients(value: YamlValue | undefined, numbers: Map<string, YamlValue>): Map<string, number> {
  const found = new Map<string, number>();
  for (const item of value?.items() ?? []) {
    const fields = item.fields(["name", "default"]);
    const name = fields.get("name")?.string() ?? "";
    found.set(name, numbers.get(name)?.positiveInteger() ?? fields.get("default")?.positiveInteger() ?? 1);
  }
  return found;
}

/** Operand widths by tensor; the width common to all stands under the empty name. */
function readBits(numbers: Map<string, YamlValue>): Map<string, number> {
  const bits = new Map<string, number>();
  const common = numbers.get("commonBitwidth");
  if (common !== undefined) for (const t of ["Weights", "Inputs", "Outputs", ""]) bits.set(t, common.positiveInteger());
  const each = numbers.get("bitwidths");
  for (const [name, value] of each?.fields() ?? []) if (!value.isNull) bits.set(name, value.positiveInteger());
  return bits;
}

function readDataSpace(
  value: YamlValue,
  dimensions: readonly string[],
  coefficients: Map<string, number>,
  bits: Map<string, number>,
): DataSpace {
  const fields = value.fields(["name", "projection", "read_write"]);
  const name = fields.get("name")?.string() ?? "";
  const projection = fields.get("projection");
  if (projection === undefined) value.fail("expected a projection; got none");
  const ranks = (projection?.items() ?? []).map((rank) =>
    rank.isList
      ? rank
          .items()
          .map((term) => readTerm(term, term.isList ? term.names() : [term.string()], dimensions, coefficients))
      : rank
          .string()
          .split("+")
          .map((term) =>
            readTerm(
              rank,
              term.split("*").map((t) => t.trim()),
              dimensions,
              coefficients,
            ),
          ),
  );
  const width = bits.get(name) ?? bits.get("");
  const readWrite = fields.get("read_write")?.boolean() ?? false;
  return width === undefined ? { name, ranks, readWrite } : { name, ranks, readWrite, bits: width };
}

/** A product of one dimension and any coefficients: `[P, Wstride]`. */
function readTerm(
  at: YamlValue,
  factors: readonly string[],
  dimensions: readonly string[],
  coefficients: Map<string, number>,
): Term {
  let dimension: string | undefined;
  let coefficient = 1;
  for (const factor of factors) {
    const value = coefficients.get(factor) ?? (/^\d+$/.test(factor) ? Number(factor) : undefined);
    if (dimensions.includes(factor) && dimension === undefined) dimension = factor;
    else if (value !== undefined) coefficient *= value;
    else {
      const known = [...dimensions, ...coefficients.keys()].join(", ");
      at.fail(`expected one dimension and coefficients among ${known}; got ${factors.join(" * ")}`);
    }
  }
  return [dimension ?? dimensions[0] ?? "", coefficient];
}
