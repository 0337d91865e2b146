import {
  absolute,
  add,
  cast,
  clip,
  divide,
  greaterEqual,
  less,
  minimum,
  multiply,
  negate,
  power,
  sqrt,
  square,
  subtract,
  type Tensor,
  where,
} from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { Formula, Term } from "./formula.ts";
import type { Region } from "./region.ts";
import { functionNamed, type Vocabulary } from "./vocabulary.ts";

type Samples = Readonly<Record<string, Tensor>>;

/** The robustness of a predicate at every sample, as an expression. */
export function expressPredicate(
  formula: Extract<Formula, { kind: "positive" | "compare" }>,
  trace: Samples,
  vocabulary: Vocabulary,
): Tensor {
  if (formula.kind === "positive") return expressTerm(formula.term, trace, vocabulary);
  const [left, right] = [formula.left, formula.right].map((term) => expressTerm(term, trace, vocabulary));
  switch (formula.comparison) {
    case ">=":
    case ">":
      return subtract(left, right);
    case "<=":
    case "<":
      return subtract(right, left);
    case "==":
      return negate(absolute(subtract(left, right)));
    case "!=":
      return absolute(subtract(left, right));
  }
}

/** A term at every sample, as an expression. */
function expressTerm(term: Term, trace: Samples, vocabulary: Vocabulary): Tensor {
  const express = (part: Term) => expressTerm(part, trace, vocabulary);
  switch (term.kind) {
    case "number": {
      const [sample] = Object.values(trace);
      return add(multiply(sample, 0), term.value);
    }
    case "state":
      return samplesOf(term.name, trace);
    case "region": {
      const region = vocabulary.regions![term.name];
      return expressRegion(
        region,
        region.states.map((name) => samplesOf(name, trace)),
      );
    }
    case "scaled":
      return multiply(express(term.operand), term.factor);
    case "negate":
      return negate(express(term.operand));
    case "call": {
      const found = functionNamed(term.name, vocabulary);
      if (found?.express !== undefined) return found.express(...term.operands.map(express));
      throw new OrreryError("unsupported", `robustnessExpression: expected ${term.name} to have an expression`, {
        hint: "Give the function an `express` beside its `evaluate`.",
      });
    }
    default:
      return arithmetic[term.kind](express(term.left), express(term.right));
  }
}

const arithmetic = { add, subtract, multiply, divide, power };

function samplesOf(name: string, trace: Samples): Tensor {
  if (Object.hasOwn(trace, name)) return trace[name];
  throw new OrreryError("not-found", `robustnessExpression: expected samples of the state ${JSON.stringify(name)}`, {
    hint: hintForName(name, Object.keys(trace), "Given"),
  });
}

function expressRegion(region: Region, x: readonly Tensor[]): Tensor {
  switch (region.kind) {
    case "ball":
      return subtract(region.radius, length(x.map((v, i) => subtract(v, region.center[i]))));
    case "box": {
      const depths = x.map((v, i) => minimum(subtract(v, region.low[i]), subtract(region.high[i], v)));
      const inside = depths.reduce((a, b) => minimum(a, b));
      const isInside = greaterEqual(inside, 0);
      // Inside, the length is zero and has no derivative: one is put in its place.
      const squares = depths.map((d) => square(minimum(d, 0))).reduce((a, b) => add(a, b));
      return where(isInside, inside, negate(sqrt(where(isInside, 1, squares))));
    }
    case "halfspace": {
      const size = Math.hypot(...region.normal);
      const along = x.map((v, i) => multiply(v, region.normal[i] / size)).reduce((a, b) => add(a, b));
      return subtract(region.offset / size, along);
    }
    case "polygon":
      return expressPolygon(region.corners, x[0], x[1]);
  }
}

function length(x: readonly Tensor[]): Tensor {
  return sqrt(x.map((v) => square(v)).reduce((a, b) => add(a, b)));
}

/** The distance to the nearest edge, with the sign of the number of edges that a ray crosses. */
function expressPolygon(corners: readonly (readonly [number, number])[], x: Tensor, y: Tensor): Tensor {
  const edges = corners.map(([ax, ay], i) => {
    const [bx, by] = corners[(i + 1) % corners.length];
    const [ex, ey] = [bx - ax, by - ay];
    const [px, py] = [subtract(x, ax), subtract(y, ay)];
    const along = clip(divide(add(multiply(px, ex), multiply(py, ey)), ex * ex + ey * ey || 1), 0, 1);
    const distance = length([subtract(px, multiply(along, ex)), subtract(py, multiply(along, ey))]);
    // A corner at the height of the ray belongs to one of its two edges.
    const isBetween = multiply(
      cast(greaterEqual(y, Math.min(ay, by)), x.dtype),
      cast(less(y, Math.max(ay, by)), x.dtype),
    );
    const isLeft = cast(less(px, multiply(py, ey === 0 ? 0 : ex / ey)), x.dtype);
    return { distance, sign: subtract(1, multiply(multiply(isBetween, isLeft), 2)) };
  });
  const nearest = edges.map((edge) => edge.distance).reduce((a, b) => minimum(a, b));
  const parity = edges.map((edge) => edge.sign).reduce((a, b) => multiply(a, b));
  return negate(multiply(nearest, parity));
}
