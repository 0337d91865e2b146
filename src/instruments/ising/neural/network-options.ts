import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { IsingModel } from "../model.ts";
import { type Message, messageNames, type Symmetry, symmetryNames } from "./message-names.ts";
import type { SpinOrder } from "./spin-order.ts";

/** What an autoregressive network looks like. */
export interface NetworkOptions {
  /**
   * `masked` (default): every layer is a masked matrix over all spins. `two-body`: the first layer sees nothing but the fields
   * `ξ_il = Σ_{j<i} J_lj s_j` that the spins before i put on spin i and on those after it, the others mix the channels of one spin.
   */
  readonly design?: "masked" | "two-body";
  /** Layers ≥ 1; default 2. */
  readonly depth?: number;
  /** Channels between layers ≥ 1; default 2. */
  readonly width?: number;
  /** Default `hamiltonian`; a two-body network has `none`. */
  readonly message?: Message;
  /** Adds `2β (Σ_{j<i} J_ij s_j + h_i)` to the logit of spin i; default true. */
  readonly hamiltonianSkip?: boolean;
  /** Whether layers between the first and the last are residual blocks; default false. */
  readonly residual?: boolean;
  /**
   * Default `anchor` without fields: the first spin is +1 and a coin turns the whole state, which loses nothing and costs nothing.
   * `mixture`: any state, turned by a coin, with `ln q = ln (q(s) + q(−s)) − ln 2`: two passes. `none`: nothing is turned;
   * without fields the first spin is a fair coin. With fields only `none` is possible.
   */
  readonly symmetry?: Symmetry;
  /** Which spin is drawn when; default `given`. */
  readonly order?: SpinOrder;
}

/** Options with nothing left open but the order. */
export type NetworkSettings = Required<Omit<NetworkOptions, "order">>;

const where = "ising network";

function checkName(what: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  throw new OrreryError("argument", `${where}: unknown ${what} ${JSON.stringify(name)}`, {
    hint: hintForName(name, names, "There are"),
  });
}

/**
 * Checks options and completes them for a model.
 * @throws OrreryError `argument` for an unknown name, an impossible size, or settings that exclude each other.
 */
export function completeNetwork(options: NetworkOptions, model: IsingModel): NetworkSettings {
  const { design = "masked", depth = 2, width = 2, hamiltonianSkip = true, residual = false } = options;
  const isTwoBody = design === "two-body";
  const { message = isTwoBody ? "none" : "hamiltonian", symmetry = model.hasFields ? "none" : "anchor" } = options;
  checkName("design", design, ["masked", "two-body"]);
  checkName("message", message, messageNames);
  checkName("symmetry", symmetry, symmetryNames);
  for (const [name, value] of Object.entries({ depth, width })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new OrreryError("argument", `${where}: expected ${name}, a whole number of at least 1; got ${value}`);
  }
  if (symmetry !== "none" && model.hasFields) {
    throw new OrreryError("argument", `${where}: symmetry "${symmetry}" needs a model without fields`, {
      hint: 'With fields s and −s differ in energy: use symmetry "none".',
    });
  }
  if (isTwoBody && (message !== "none" || residual)) {
    const wrong = message === "none" ? "residual blocks" : `message "${message}"`;
    throw new OrreryError("argument", `${where}: a two-body network has no ${wrong}`, {
      hint: "Its first layer is made of the couplings already.",
    });
  }
  return { design, depth, width, message, hamiltonianSkip, residual, symmetry };
}
