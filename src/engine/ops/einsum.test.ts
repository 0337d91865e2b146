import { describe, expect, it } from "vitest";
import { values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases, expectClose } from "../../../test/kit/check-cases.ts";
import { einsum, evaluate, NdArray, type ReferenceArray } from "../index.ts";
import { sizeOf, stridesOf } from "../shape.ts";

const sizes: Record<string, number> = { b: 2, i: 3, j: 2, k: 4, l: 2, m: 1 };
const shapeOf = (term: string) => [...term].map((c) => sizes[c]);

const equations = [
  "ij,jk->ik",
  "ij,jk",
  "bij,bjk->bik",
  "bij,jk->bik",
  "ij,kj->ki",
  "i,j->ij",
  "i,i->",
  "i,i",
  "ii->i",
  "ii",
  "bii->b",
  "iij->ji",
  "iii->i",
  "ij->ji",
  "ij->",
  "ij->j",
  "ij,ij->ij",
  "ij,ij->j",
  "i,ij->ij",
  "bij,bkj->bik",
  "ij,jk,kl->il",
  "i,j,k->kij",
  "bi,bj,bk->bijk",
  "bijk,bljk->bil",
  "mij,mjk->mik",
  ",i->i",
  "i,->i",
  ",->",
  "ii,ij->j",
  " i j , j k -> i k ",
  "ji",
  "ij,k->",
];

/** The sum written out: one loop over all letters. */
function direct(equation: string, arrays: readonly NdArray[]): ReferenceArray {
  const [left, right] = equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  const letters = [...new Set(left.replaceAll(",", ""))];
  const once = letters.filter((c) => left.split(c).length === 2).sort();
  const result = right ?? once.join("");
  const shape = shapeOf(result);
  const data = new Float64Array(sizeOf(shape));
  const position = new Map<string, number>();
  const offset = (term: string) => {
    const strides = stridesOf(shapeOf(term));
    return [...term].reduce((n, c, axis) => n + (position.get(c) as number) * strides[axis], 0);
  };
  const visit = (depth: number): void => {
    if (depth === letters.length) {
      data[offset(result)] += arrays.reduce((product, { data }, i) => product * Number(data[offset(terms[i])]), 1);
      return;
    }
    for (let n = 0; n < sizes[letters[depth]]; n++) {
      position.set(letters[depth], n);
      visit(depth + 1);
    }
  };
  visit(0);
  return { data, shape };
}

const operandsOf = (equation: string) =>
  equation
    .replaceAll(" ", "")
    .split("->")[0]
    .split(",")
    .map((term, i) => values(shapeOf(term), { seed: i + 1 }));

describe("einsum", () => {
  it("is the sum that its equation writes", () => {
    for (const equation of equations) {
      const arrays = operandsOf(equation);
      const got = einsum(equation, ...arrays);
      const [value] = evaluate([got]);
      expect(got.shape, equation).toEqual(direct(equation, arrays).shape);
      expectClose(equation, new NdArray(Float64Array.from(value.data), value.shape), direct(equation, arrays), 1e-12);
    }
  });

  it("agrees on all executors and with differences", async () => {
    await checkCases(
      equations.map(
        (equation): Case => ({
          name: equation,
          f: (...xs) => einsum(equation, ...xs),
          inputs: operandsOf(equation),
        }),
      ),
    );
  });
});
