import { z } from "zod";

/** The ways of `ising solve`: classical searches, annealed networks, and what is exact. */
export const solveMethodNames = [
  "memetic",
  "annealing",
  "tempering",
  "tabu",
  "bifurcation",
  "descent",
  "neural",
  "exact",
] as const;

/** Settings of the classical methods; each takes those it has. */
export const searchOptions = {
  sweeps: z
    .int()
    .min(1)
    .optional()
    .describe("Classical methods: length of a restart or of one annealing, in visits of every spin; 2000, tabu 500."),
  replicas: z.int().min(2).max(256).default(16).describe("Tempering: temperatures."),
  population: z
    .int()
    .min(2)
    .optional()
    .describe(
      "Memetic: the most states of a restart's population, fewer where one takes long; from 10 on, doubled with every second restart, when left out.",
    ),
  tenure: z
    .int()
    .min(0)
    .optional()
    .describe("Tabu: flips during which a spin may not flip back; grows with the spins when left out."),
  variant: z
    .enum(["ballistic", "discrete"])
    .default("ballistic")
    .describe("Bifurcation: the force comes from positions or from their signs."),
  betaFrom: z
    .number()
    .gt(0)
    .optional()
    .describe("Smallest inverse temperature β, in units of 1/energy; found from the couplings when left out."),
  betaTo: z
    .number()
    .gt(0)
    .optional()
    .describe("Largest β, where the state freezes; found from the couplings when left out."),
};

/** What the options of classical methods come to once parsed. */
export type SearchFlags = z.output<z.ZodObject<typeof searchOptions>>;
