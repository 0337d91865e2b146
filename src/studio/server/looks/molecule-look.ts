import { Molecule } from "openchemlib";
import type { FileLook, FileProblem, SheetImage } from "../../../lab/index.ts";
import type { MoleculeRecord, MoleculeRecords } from "./molecule-records.ts";
import { type Atom, bondsOf } from "./xyz-bonds.ts";

/** Side of a drawing, pixels. */
const size = 180;
/** More atoms than this are a crowd in a small drawing, and slow to lay out. */
const mostAtoms = 250;

const depiction = {
  ...{ suppressChiralText: true, suppressCIPParity: true, suppressESR: true, noStereoProblem: true },
  ...{ strokeWidth: 1.4, autoCrop: false },
};

/** What is wrong with a record: in which of its lines from 0, at which of its characters from 0. */
class Unreadable extends Error {
  readonly line: number;
  readonly character: number | undefined;

  constructor(message: string, { line = 0, character }: { readonly line?: number; readonly character?: number } = {}) {
    super(message);
    this.line = line;
    this.character = character;
  }
}

/** What is wrong, at its place in the file as far as that is known. */
function problemOf({ kind, line, column }: MoleculeRecord, cause: unknown): FileProblem {
  if (!(cause instanceof Unreadable)) return { line, message: `no ${kind} that can be read` };
  if (line === undefined) return { message: cause.message };
  const { message, character } = cause;
  if (character === undefined) return { line: line + cause.line, message };
  if (column === undefined) return { line, message: `${message} at character ${character + 1}` };
  return { line, column: column + character, message };
}

function ofXyz(text: string): Molecule {
  const [head, , ...lines] = text.split(/\r?\n/);
  const count = Number(head);
  if (!Number.isInteger(count) || count < 1)
    throw new Unreadable(`expected a number of atoms; got ${JSON.stringify(head)}`);
  if (lines.length < count) throw new Unreadable(`expected ${count} atoms; got ${lines.length}`);
  const atoms = lines.slice(0, count).map((line, i): Atom => {
    const [element = "", ...numbers] = line.trim().split(/\s+/);
    const position = numbers.slice(0, 3).map(Number);
    const known = /^\d+$/.test(element) ? Number(element) : Molecule.getAtomicNoFromLabel(element);
    if (known === 0 || position.length < 3 || !position.every(Number.isFinite)) {
      throw new Unreadable(`expected an element and three numbers; got ${JSON.stringify(line.trim())}`, {
        line: i + 2,
      });
    }
    return { element: Molecule.cAtomLabel[known], position: position as unknown as Atom["position"] };
  });
  const bonds = bondsOf(atoms);
  const molecule = new Molecule(atoms.length, bonds.length);
  for (const { element } of atoms) molecule.addAtom(Molecule.getAtomicNoFromLabel(element));
  for (const { a, b, order } of bonds) molecule.setBondOrder(molecule.addBond(a, b), order);
  molecule.removeExplicitHydrogens();
  molecule.inventCoordinates();
  return molecule;
}

/** The library tells the character, not its place in the file, and not everything that is wrong. */
function ofSmiles(text: string): Molecule {
  const open = text.replace(/[^()]/g, "");
  const depth = [...open].reduce((at, sign) => (at < 0 ? at : at + (sign === "(" ? 1 : -1)), 0);
  if (depth !== 0) throw new Unreadable("expected as many closing as opening brackets");
  try {
    return Molecule.fromSmiles(text);
  } catch (cause) {
    const [, message, place] = /SmilesParser: (.*?)\.? Position:(\d+)/.exec(String((cause as Error).message)) ?? [];
    if (message === undefined) throw new Unreadable("no SMILES that can be read");
    throw new Unreadable(message, { character: Number(place) });
  }
}

function moleculeOf({ kind, text }: MoleculeRecord): Molecule {
  const molecule = kind === "smiles" ? ofSmiles(text) : kind === "xyz" ? ofXyz(text) : Molecule.fromMolfile(text);
  if (molecule.getAllAtoms() === 0) throw new Unreadable("expected a molecule; got none");
  if (molecule.getAllAtoms() > mostAtoms)
    throw new Unreadable(`${molecule.getAllAtoms()} atoms are too many to draw small`);
  return molecule;
}

const short = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

function imageOf(record: MoleculeRecord, molecule: Molecule): SheetImage {
  const svg = molecule
    .toSVG(size, size, "m", depiction)
    // Areas that answer the mouse, which an image has not.
    .replace(/^.*class="event".*\n/gm, "");
  const { formula } = molecule.getMolecularFormula();
  const caption = record.name ?? (record.kind === "smiles" ? record.text : formula);
  const detail = caption === formula ? {} : { detail: formula };
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
  return { source, caption: short(caption), ...detail };
}

/** The first molecules of a file, drawn; what cannot be read of them is told with its line. */
export function lookAtMolecules({ count, first }: MoleculeRecords): FileLook {
  const problems: FileProblem[] = [];
  const drawn = first.flatMap((record) => {
    try {
      return [{ record, image: imageOf(record, moleculeOf(record)) }];
    } catch (cause) {
      problems.push(problemOf(record, cause));
      return [];
    }
  });
  const isFromSpace = first.some(({ kind }) => kind === "xyz");
  const remark = isFromSpace ? " Bonds are guessed from distances." : "";
  const figure = {
    name: "molecules",
    title: drawn.length === count ? "The molecules" : `The first ${drawn.length} molecules`,
    summary: `${drawn.length} of ${count.toLocaleString("en-US")} molecules.${remark}`,
    drawing: { kind: "images", images: drawn.map(({ image }) => image), size, isPixelated: false },
    table: {
      rows: drawn.map(({ record, image }) => ({
        molecule: record.name ?? image.caption,
        formula: image.detail ?? image.caption,
      })),
    },
  } as const;
  return {
    facts: [{ label: "molecules", value: count }],
    figures: drawn.length === 0 ? [] : [figure],
    problems,
  };
}
