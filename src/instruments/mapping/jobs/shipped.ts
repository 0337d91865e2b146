import { fileURLToPath } from "node:url";

/** The path of a file of this instrument that the package ships. */
export function shippedPath(name: string): string {
  return fileURLToPath(new URL(`../../../../data/mapping/${name}`, import.meta.url));
}
