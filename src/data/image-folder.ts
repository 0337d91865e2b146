import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { NdArray } from "../engine/ndarray.ts";
import { OrreryError } from "../errors.ts";
import { nearestName } from "../nearest-name.ts";
import type { LoadedDataset, RejectedRow } from "./dataset.ts";
import { fileError } from "./file.ts";
import { type ImageOptions, readImages } from "./images.ts";

/** How a folder of images is read. */
export interface ImageFolderOptions extends ImageOptions {
  /** The classes in order; default: the names of the sub-folders, sorted. A sub-folder that is none of them is rejected. */
  readonly classNames?: readonly string[];
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter(({ name }) => !name.startsWith(".")).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw await fileError(folder, cause);
  }
}

/** All files below `folder`, sorted folder by folder. */
async function filesBelow(folder: string): Promise<string[]> {
  const nested = await Promise.all(
    (await entriesOf(folder)).map(async (entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    }),
  );
  return nested.flat();
}

interface Listing {
  readonly folders: readonly string[];
  readonly strays: readonly string[];
}

async function listFolder(path: string): Promise<Listing> {
  const folders: string[] = [];
  const strays: string[] = [];
  for (const entry of await entriesOf(path)) {
    // A link to a folder is a folder here, although the entry itself is a link.
    const isFolder = entry.isDirectory() || (await stat(join(path, entry.name)).catch(() => undefined))?.isDirectory();
    (isFolder ? folders : strays).push(entry.name);
  }
  return { folders, strays };
}

function unknownClass(name: string, classNames: readonly string[]): string {
  const nearest = nearestName(name, classNames);
  return `folder "${name}" is none of the classes${nearest === undefined ? "" : ` (nearest: "${nearest}")`}`;
}

/**
 * The images below a folder with one sub-folder for each class, as uint8 `[n, channels, height, width]` in the order of
 * their paths; `files` holds the paths below the folder. Names that begin with a dot are not looked at. Files beside the
 * sub-folders, files that are no images and images of another size are rejected with the reason.
 * @throws OrreryError `not-found`, `format` when there are no sub-folders or no image can be used, `argument`.
 */
export async function readImageFolder(
  path: string,
  options: ImageFolderOptions = {},
): Promise<LoadedDataset & { readonly files: readonly string[] }> {
  const { folders, strays } = await listFolder(path);
  if (folders.length === 0) {
    throw new OrreryError(
      "format",
      `${path}: expected a sub-folder for each class; got ${strays.length} files and no folder`,
      {
        hint: "Move the images of each class into a folder with the class's name, or list paths and labels in a csv file.",
      },
    );
  }
  const classNames = options.classNames ?? folders;
  const perFolder = await Promise.all(folders.map((name) => filesBelow(join(path, name))));
  const all = folders.flatMap((name, k) => perFolder[k].map((file) => ({ file, name })));
  const places = all.map((_, i) => i).filter((i) => classNames.includes(all[i].name));
  const files = places.map((i) => all[i].file);
  const read = await readImages(files, options, path);
  const ownName = (file: string): string => relative(path, file);
  const placeOf = (row: number): number => places[row - 1];
  const rejected: RejectedRow[] = [
    ...read.rejected.map(({ reason, row }) => ({ row: placeOf(row) + 1, file: ownName(files[row - 1]), reason })),
    ...all.flatMap(({ file, name }, i) =>
      classNames.includes(name) ? [] : [{ row: i + 1, file: ownName(file), reason: unknownClass(name, classNames) }],
    ),
    ...strays.map((file, i) => ({ row: all.length + i + 1, file, reason: "the file is in no class's folder" })),
  ];
  return {
    inputs: read.images,
    labels: new NdArray(Int32Array.from(read.rows, (row) => classNames.indexOf(all[placeOf(row)].name))),
    classNames,
    files: read.files.map(ownName),
    rows: read.rows.map((row) => placeOf(row) + 1),
    rejected: rejected.sort((a, b) => a.row - b.row),
  };
}
