/** The networks that can be compared, by what they do without; the first is as the options of the network say. */
export const comparedNetworks = {
  neural: {},
  "neural-no-messages": { message: "none" },
  "neural-no-skip": { hamiltonianSkip: false },
  "neural-plain": { message: "none", hamiltonianSkip: false },
} as const;

/** What `ising compare` can set against each other. */
export const comparedMethodNames = [
  "memetic",
  "annealing",
  "tempering",
  "tabu",
  "bifurcation",
  "descent",
  "neural",
  "neural-no-messages",
  "neural-no-skip",
  "neural-plain",
] as const;
export type ComparedMethod = (typeof comparedMethodNames)[number];

/** Whether a method is a network, and which. */
export function isNetwork(method: ComparedMethod): method is keyof typeof comparedNetworks {
  return method in comparedNetworks;
}
