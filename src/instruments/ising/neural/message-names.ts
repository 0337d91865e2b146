/** How a layer takes in what the couplings say of the spins before. */
export const messageNames = ["none", "mean", "weighted", "hamiltonian", "only"] as const;
export type Message = (typeof messageNames)[number];

/** How a network knows that s and −s have one energy. */
export const symmetryNames = ["none", "mixture", "anchor"] as const;
export type Symmetry = (typeof symmetryNames)[number];
