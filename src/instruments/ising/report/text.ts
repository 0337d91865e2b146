/** A number for a sentence: five significant digits, none that say nothing. */
export const shown = (value: number): string => String(Number(value.toPrecision(5))).replace("-", "−");

/** `1 coupling`, `19,176 couplings`. */
export const countText = (count: number, noun: string): string =>
  `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
