/**
 * The number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`
 * (optimal string alignment distance).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}

/** The candidate that `name` was probably meant to be, ignoring case; undefined when none is near (a third of its length; names of one or two letters must be equal). */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = (name.length < 3 ? 0 : Math.max(1, Math.floor(name.length / 3))) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** `"a", "b", "c" and 4 more`: at most `limit` of the names, quoted; `nothing` for none. */
export function listNames(names: readonly string[], limit = 8): string {
  if (names.length === 0) return "nothing";
  const shown = names.slice(0, limit).map((name) => JSON.stringify(name));
  return names.length > limit ? `${shown.join(", ")} and ${names.length - limit} more` : shown.join(", ");
}

/** The hint for an unknown `name`: the probable one, else what there is. */
export function hintForName(name: string, candidates: readonly string[], what: string): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? `${what}: ${listNames(candidates)}.` : `Did you mean ${JSON.stringify(nearest)}?`;
}
