/** The formats of instance files. */
export const instanceFormats = [
  "rudy",
  "couplings",
  "biqmac",
  "qubo-json",
  "qubo-csv",
  "matrix-csv",
  "matrix-npy",
  "dimod-json",
] as const;
export type InstanceFormat = (typeof instanceFormats)[number];
