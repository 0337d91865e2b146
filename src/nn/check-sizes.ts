import { OrreryError } from "../errors.ts";

/** Checks the sizes a layer is made with. @throws OrreryError `argument` at the first that is no whole number of at least 1. */
export function checkSizes(where: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) {
      throw new OrreryError("argument", `${where}: ${name} must be a whole number of at least 1; got ${size}`);
    }
  }
}

/** Checks that `parts` divides `whole`. @throws OrreryError `argument` naming both when it does not. */
export function checkDivides(where: string, whole: readonly [string, number], parts: readonly [string, number]): void {
  if (whole[1] % parts[1] === 0) return;
  throw new OrreryError(
    "argument",
    `${where}: ${whole[0]} must be divisible by ${parts[0]}; got ${whole[0]} ${whole[1]}, ${parts[0]} ${parts[1]}`,
  );
}
