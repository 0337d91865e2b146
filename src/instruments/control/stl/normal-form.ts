import { combine, dual, type Formula, opposite } from "./formula.ts";

/**
 * Negation normal form: an equivalent formula of equal robustness (but for `<->` and `xor`, which become what they mean
 * in logic) without `->`, `<->`, `xor`, in which negation has been
 * pushed into the comparisons. It stays only in front of `prev`, `next`, `rise` and `fall`, whose value outside of the
 * trace is a convention that a negation would turn round.
 */
export function toNegationNormalForm(formula: Formula): Formula {
  return rewrite(formula, false);
}

function rewrite(formula: Formula, isNegated: boolean): Formula {
  switch (formula.kind) {
    case "constant":
      return { kind: "constant", value: formula.value !== isNegated };
    case "positive":
      if (!isNegated) return formula;
      return { kind: "compare", comparison: "<", left: formula.term, right: { kind: "number", value: 0 } };
    case "compare":
      return isNegated ? { ...formula, comparison: opposite[formula.comparison] } : formula;
    case "not":
      return rewrite(formula.operand, !isNegated);
    case "and":
    case "or": {
      const kind = isNegated ? dual[formula.kind] : formula.kind;
      return combine(
        kind,
        formula.operands.map((operand) => rewrite(operand, isNegated)),
      );
    }
    case "implies": {
      const kind = isNegated ? "and" : "or";
      return combine(kind, [rewrite(formula.left, !isNegated), rewrite(formula.right, isNegated)]);
    }
    case "iff":
    case "xor":
      return alternatives(formula.left, formula.right, (formula.kind === "iff") !== isNegated);
    case "previous":
    case "next":
    case "rise":
    case "fall": {
      const inside: Formula = { kind: formula.kind, operand: rewrite(formula.operand, false) };
      return isNegated ? { kind: "not", operand: inside } : inside;
    }
    case "always":
    case "eventually":
    case "historically":
    case "once": {
      const kind = isNegated ? dual[formula.kind] : formula.kind;
      return { kind, interval: formula.interval, operand: rewrite(formula.operand, isNegated) };
    }
    default: {
      const kind = isNegated ? dual[formula.kind] : formula.kind;
      const sides = { left: rewrite(formula.left, isNegated), right: rewrite(formula.right, isNegated) };
      return { kind, interval: formula.interval, ...sides };
    }
  }
}

/** Both or neither (`isEqual`), or exactly one of two formulas. */
function alternatives(left: Formula, right: Formula, isEqual: boolean): Formula {
  return combine("or", [
    combine("and", [rewrite(left, false), rewrite(right, !isEqual)]),
    combine("and", [rewrite(left, true), rewrite(right, isEqual)]),
  ]);
}
