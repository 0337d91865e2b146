/** Where a chain stands, as plain data that can be cloned and kept. */
export type ChainState = { readonly [name: string]: ChainValue };
type ChainValue = number | Int8Array | Int32Array | Float64Array | ChainState | readonly ChainState[];

/** One independent search for low energies: the same key gives the same chain, whenever and wherever it is stopped and resumed. */
export interface Chain {
  /** Goes on for about as many sweeps, until it is done. */
  advance(sweeps: number): void;
  readonly isDone: boolean;
  /** Lowest energy met, in the problem's unit without offset; +∞ before the first. */
  readonly bestEnergy: number;
  readonly bestSpins: Int8Array;
  /** Sweeps made; where a method has none, visits of spins divided by N. */
  readonly sweeps: number;
  readonly flips: number;
  toState(): ChainState;
}

/** The best state met so far. */
export class BestState {
  energy = Number.POSITIVE_INFINITY;
  readonly spins: Int8Array;
  readonly #tolerance: number;

  /** Energies that differ by less than the tolerance differ by rounding alone. */
  constructor({ size, tolerance }: { readonly size: number; readonly tolerance: number }) {
    this.spins = new Int8Array(size).fill(1);
    this.#tolerance = tolerance;
  }

  /** Keeps a state that is better. */
  offer(energy: number, spins: Int8Array): boolean {
    if (!(energy < this.energy - this.#tolerance) && this.energy !== Number.POSITIVE_INFINITY) return false;
    this.energy = energy;
    this.spins.set(spins);
    return true;
  }

  /** Forgets it. */
  clear(): void {
    this.energy = Number.POSITIVE_INFINITY;
  }

  toState(): ChainState {
    return { energy: this.energy, spins: this.spins.slice() };
  }

  restore(state: ChainState): void {
    this.energy = state.energy as number;
    this.spins.set(state.spins as Int8Array);
  }
}
