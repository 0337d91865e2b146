import { OrreryError } from "../../errors.ts";
import { formatShape } from "../shape.ts";
import { operands, type Tensor, type TensorLike } from "../tensor.ts";
import { gather } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { sum } from "./reduction.ts";
import { reshape, transpose } from "./reshape.ts";

interface Plan {
  readonly terms: readonly string[];
  readonly result: string;
}

function parse(equation: string, count: number): Plan {
  const fail = (what: string, hint: string): never => {
    throw new OrreryError("argument", `einsum "${equation}": ${what}`, { hint });
  };
  const match = /^([a-zA-Z]*(?:,[a-zA-Z]*)*)(?:->([a-zA-Z]*))?$/.exec(equation.replaceAll(" ", ""));
  if (match === null)
    return fail(
      'expected terms of letters, e.g. "bij,bjk->bik"',
      "Every axis is one letter; an ellipsis is not supported.",
    );
  const terms = match[1].split(",");
  if (terms.length !== count) fail(`expected ${terms.length} operands; got ${count}`, "Give one operand a term.");
  const letters = terms.join("");
  const once = [...new Set(letters)].filter((c) => letters.split(c).length === 2).sort();
  const result = match[2] ?? once.join("");
  if (new Set(result).size !== result.length || [...result].some((c) => !letters.includes(c))) {
    fail(`the result "${result}" must name axes of the operands, each once`, "Leave other axes out to sum over them.");
  }
  return { terms, result };
}

function checkSizes(equation: string, { terms }: Plan, tensors: readonly Tensor[]): void {
  const sizes = new Map<string, number>();
  terms.forEach((term, i) => {
    const { shape } = tensors[i];
    const known = [...term].every(
      (c, axis) => (sizes.get(c) ?? shape[axis]) === shape[axis] && sizes.set(c, shape[axis]),
    );
    if (term.length !== shape.length || !known) {
      throw new OrreryError(
        "shape",
        `einsum "${equation}": operand ${i} "${term}" does not fit shape ${formatShape(shape)}`,
        {
          hint: `Sizes so far: ${[...sizes].map(([c, n]) => `${c}=${n}`).join(", ") || "none"}.`,
        },
      );
    }
  });
}

/** Repeated letters within a term: the diagonal is taken. */
function diagonals(x: Tensor, term: string): [Tensor, string] {
  const letter = [...term].find((c, i) => term.indexOf(c) !== i);
  if (letter === undefined) return [x, term];
  const [first, second] = [term.indexOf(letter), term.lastIndexOf(letter)];
  const rest = x.shape.map((_, i) => i).filter((i) => i !== first && i !== second);
  const n = x.shape[first];
  const flat = reshape(transpose(x, first, second, ...rest), [n * n, ...rest.map((i) => x.shape[i])]);
  const picked = gather(
    flat,
    Array.from({ length: n }, (_, i) => i * (n + 1)),
  );
  return diagonals(picked, letter + rest.map((i) => term[i]).join(""));
}

function sumAway(x: Tensor, term: string, kept: string): [Tensor, string] {
  const axes = [...term].flatMap((c, i) => (kept.includes(c) ? [] : [i]));
  if (axes.length === 0) return [x, term];
  return [sum(x, { axes }), [...term].filter((c) => kept.includes(c)).join("")];
}

/** Contracts two terms with one (batched) matrix product: shared axes that stay are the batch, shared ones that go the inner axis. */
function contract([a, left]: [Tensor, string], [b, right]: [Tensor, string], kept: string): [Tensor, string] {
  const [x, l] = sumAway(a, left, right + kept);
  const [y, r] = sumAway(b, right, left + kept);
  const batch = [...l].filter((c) => r.includes(c) && kept.includes(c));
  const inner = [...l].filter((c) => r.includes(c) && !kept.includes(c));
  const rows = [...l].filter((c) => !r.includes(c));
  const columns = [...r].filter((c) => !l.includes(c));
  const size = (letters: readonly string[]) =>
    letters.reduce((n, c) => n * (l.includes(c) ? x.shape[l.indexOf(c)] : y.shape[r.indexOf(c)]), 1);
  const arranged = (t: Tensor, term: string, order: readonly string[]) =>
    transpose(t, ...order.map((c) => term.indexOf(c)));
  const one = reshape(x.rank === 0 ? x : arranged(x, l, [...batch, ...rows, ...inner]), [
    size(batch),
    size(rows),
    size(inner),
  ]);
  const two = reshape(y.rank === 0 ? y : arranged(y, r, [...batch, ...inner, ...columns]), [
    size(batch),
    size(inner),
    size(columns),
  ]);
  const letters = [...batch, ...rows, ...columns];
  const shape = letters.map((c) => size([c]));
  const isSingle = size(batch) === 1;
  const flat = (t: Tensor) => (isSingle ? reshape(t, t.shape.slice(1)) : t);
  return [reshape(matmul(flat(one), flat(two)), shape), letters.join("")];
}

/**
 * Einstein summation: `einsum("bij,bjk->bik", a, b)`. Axes are letters; those not in the result are summed over;
 * without `->` the result has the letters that occur once, in alphabetical order. Operands are contracted from left to right.
 * @throws OrreryError `argument` for a malformed equation, `shape` when sizes disagree.
 */
export function einsum(equation: string, ...values: TensorLike[]): Tensor {
  const plan = parse(equation, values.length);
  const tensors = operands("einsum", ...values);
  checkSizes(equation, plan, tensors);
  const terms = tensors.map((x, i) => diagonals(x, plan.terms[i]));
  let [current, ...rest] = terms;
  while (rest.length > 0) {
    const kept =
      plan.result +
      rest
        .slice(1)
        .map(([, term]) => term)
        .join("");
    current = contract(current, rest[0], kept);
    rest = rest.slice(1);
  }
  const [total, letters] = sumAway(current[0], current[1], plan.result);
  return total.rank === 0 ? total : transpose(total, ...[...plan.result].map((c) => letters.indexOf(c)));
}
