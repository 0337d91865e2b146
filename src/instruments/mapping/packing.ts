/**
 * Operands of `operandBits` that one word of `wordBits` holds: `⌊w/q⌋`, none straddling two words; 1 when the operand
 * has no width of its own or the level only fans out (`wordBits = 1`); 0 when it does not fit.
 * Source: Klhufek et al., arXiv 2404.05368, §III.
 */
export function operandsPerWord(wordBits: number, operandBits: number | undefined): number {
  if (operandBits === undefined || wordBits === 1) return 1;
  return Math.floor(wordBits / operandBits);
}

/** Bits of each word that packing leaves empty: `w mod q`. */
export function wastedBitsPerWord(wordBits: number, operandBits: number | undefined): number {
  if (operandBits === undefined || wordBits === 1 || operandBits > wordBits) return 0;
  return wordBits % operandBits;
}

/**
 * The largest width that packs exactly as `operandBits` does in every one of the given word widths: widths that share
 * it cost the same, so a search over widths need only visit one of them. Returns `operandBits` when it fits nowhere.
 */
export function canonicalBits(wordBits: readonly number[], operandBits: number): number {
  const same = (q: number) => wordBits.every((w) => operandsPerWord(w, q) === operandsPerWord(w, operandBits));
  let canonical = operandBits;
  const widest = Math.max(operandBits, ...wordBits);
  while (canonical < widest && same(canonical + 1)) canonical++;
  return canonical;
}
