import { crc32 } from "node:zlib";
import { unzipSync } from "fflate";
import { allocate } from "../engine/dtype.ts";
import { NdArray } from "../engine/ndarray.ts";
import { formatShape, type Shape, sizeOf } from "../engine/shape.ts";
import { bytesPerElement, decodeElements, dtypeOfStored, type StoredType } from "./elements.ts";
import { readBytes } from "./file.ts";
import { formatBytes, formatError } from "./format-error.ts";
import { numpyTypes } from "./npy-header.ts";
import { decodePickle, describePickled, PickleGlobal, PickleObject, type PickleValue } from "./pickle.ts";
import { zipChecksums } from "./zip-checksums.ts";

/** What a `.pt` file can hold here. Tuples are lists; a dictionary's keys are text. */
export type PtValue =
  | null
  | boolean
  | number
  | string
  | NdArray
  | readonly PtValue[]
  | { readonly [name: string]: PtValue };

const storageTypes: Readonly<Record<string, StoredType>> = {
  BoolStorage: "bool",
  CharStorage: "int8",
  ByteStorage: "uint8",
  ShortStorage: "int16",
  IntStorage: "int32",
  LongStorage: "int64",
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
  FloatStorage: "float32",
  DoubleStorage: "float64",
};

type Order = "LE" | "BE";

/** The files of the archive without the folder they are all in. */
interface Archive {
  readonly source: string;
  readonly order: Order;
  file(name: string): Uint8Array;
}

function openArchive(bytes: Uint8Array, source: string): Archive {
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes);
  } catch (cause) {
    const isOld = bytes[0] === 0x80;
    throw formatError(source, {
      expected: "a zip archive as torch.save writes it",
      got: isOld ? "a bare pickle" : `${bytes.length} bytes that begin ${formatBytes(bytes)}`,
      hint: isOld ? "Load it with PyTorch and save it again, which writes today's format." : undefined,
      cause,
    });
  }
  const pickle = Object.keys(entries).find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined) {
    throw formatError(source, {
      expected: "a file data.pkl in the archive",
      got: Object.keys(entries).slice(0, 3).join(", ") || "an empty archive",
      hint: "An npz is read with readNpz.",
    });
  }
  const folder = pickle.slice(0, -"data.pkl".length);
  const checksums = zipChecksums(bytes);
  const order = entries[`${folder}byteorder`];
  return {
    source,
    order: order !== undefined && new TextDecoder().decode(order) === "big" ? "BE" : "LE",
    file(name) {
      const content = entries[folder + name];
      if (content === undefined) throw formatError(source, { expected: `${name} in the archive`, got: "nothing" });
      if (crc32(content) !== checksums.get(folder + name)) {
        throw formatError(`${source}: ${name}`, {
          expected: `data with CRC-32 ${checksums.get(folder + name)?.toString(16)}`,
          got: crc32(content).toString(16),
          hint: "The file is damaged: fetch or write it again.",
        });
      }
      return content;
    },
  };
}

/** The sizes in a tuple, or undefined when it is none. */
function sizesOf(value: PickleValue): Shape | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((size) => typeof size === "number" && Number.isInteger(size) && size >= 0)
    ? (value as number[])
    : undefined;
}

function unexpected(archive: Archive, expected: string, got: PickleValue) {
  return formatError(archive.source, { expected, got: describePickled(got) });
}

/** `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, …)` as a row-major copy. */
function rebuildTensor(archive: Archive, args: readonly PickleValue[]): NdArray {
  const [storage, offset, size, stride] = args;
  const [shape, strides] = [sizesOf(size), sizesOf(stride)];
  const isStorage = storage instanceof NdArray && typeof offset === "number";
  if (!isStorage || shape === undefined || strides?.length !== shape.length) {
    throw unexpected(archive, "a tensor's storage, offset, size and stride", [...args]);
  }
  const last = sizeOf(shape) === 0 ? -1 : shape.reduce((at, n, axis) => at + (n - 1) * strides[axis], offset);
  if (offset < 0 || last >= storage.size) {
    throw formatError(archive.source, {
      expected: `a storage of at least ${last + 1} elements for a tensor of shape ${formatShape(shape)}`,
      got: `${storage.size}`,
    });
  }
  return gather(storage, shape, strides, offset);
}

function gather(storage: NdArray, shape: Shape, strides: readonly number[], offset: number): NdArray {
  const data = allocate(storage.dtype, sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0, place = offset; i < data.length; i++) {
    data[i] = storage.data[place];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis];
      if (++index[axis] < shape[axis]) break;
      place -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return new NdArray(data, shape, storage.dtype);
}

/** The storage of a persistent id `("storage", type, key, location, count)`. */
function storageOf(archive: Archive, id: PickleValue): NdArray {
  const [kind, type, name] = Array.isArray(id) ? id : [];
  const stored = type instanceof PickleGlobal ? storageTypes[type.name.replace(/^torch\./, "")] : undefined;
  if (kind !== "storage" || stored === undefined || typeof name !== "string") {
    throw unexpected(archive, `a storage of ${Object.values(storageTypes).join(", ")}`, type ?? id);
  }
  const bytes = archive.file(`data/${name}`);
  if (bytes.length % bytesPerElement(stored) !== 0) {
    throw formatError(archive.source, {
      expected: `whole ${stored} elements in data/${name}`,
      got: `${bytes.length} bytes`,
    });
  }
  return new NdArray(decodeElements(stored, bytes, archive.order, archive.source), undefined, dtypeOfStored(stored));
}

/** The NumPy array with state `(version, shape, dtype, is Fortran order, bytes)`. */
function numpyArray(archive: Archive, state: PickleValue): NdArray {
  const [, size, dtype, isFortran, bytes] = Array.isArray(state) ? state : [];
  const shape = sizesOf(size);
  const type = dtype instanceof PickleObject ? numpyTypes[String(dtype.args[0])] : undefined;
  if (shape === undefined || type === undefined || !(bytes instanceof Uint8Array)) {
    throw unexpected(archive, `a NumPy array of ${Object.keys(numpyTypes).join(", ")}`, dtype ?? state);
  }
  if (bytes.length !== sizeOf(shape) * bytesPerElement(type)) {
    throw formatError(archive.source, {
      expected: `${sizeOf(shape) * bytesPerElement(type)} bytes for ${type}${formatShape(shape)}`,
      got: `${bytes.length}`,
    });
  }
  const details = dtype instanceof PickleObject && Array.isArray(dtype.state) ? dtype.state : [];
  const data = decodeElements(type, bytes, details[1] === ">" ? "BE" : "LE", archive.source);
  const flat = new NdArray(data, undefined, dtypeOfStored(type));
  if (isFortran !== true) return flat.reshape(shape);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  return gather(flat, shape, strides, 0);
}

function call(archive: Archive, callee: string, args: readonly PickleValue[]): PickleValue {
  switch (callee) {
    case "collections.OrderedDict":
      return new Map();
    case "torch._utils._rebuild_tensor_v2":
      return rebuildTensor(archive, args);
    case "_codecs.encode":
      return Uint8Array.from(String(args[0]), (letter) => letter.charCodeAt(0));
    case "numpy.dtype":
    case "numpy.core.multiarray._reconstruct":
    case "numpy._core.multiarray._reconstruct":
      return new PickleObject(callee, args);
    default:
      throw formatError(archive.source, {
        expected: "tensors, NumPy arrays, numbers, text, lists and dictionaries",
        got: `an object made by ${callee}, which is not run`,
        hint: "Load the file with PyTorch and save its state_dict() or its arrays.",
      });
  }
}

function build(archive: Archive, object: PickleValue, state: PickleValue): PickleValue {
  if (!(object instanceof PickleObject)) throw unexpected(archive, "an array to set the state of", object);
  if (object.callee !== "numpy.dtype") return numpyArray(archive, state);
  object.state = state;
  return object;
}

const deepest = 100;

/** A pickled value as plain data. */
function plain(archive: Archive, value: PickleValue, depth = 0): PtValue {
  if (depth > deepest) throw unexpected(archive, `at most ${deepest} levels of lists and dictionaries`, value);
  if (value instanceof Map) {
    const entries = [...value].map(([name, item]) => {
      if (typeof name !== "string" && typeof name !== "number") {
        throw unexpected(archive, "text or numbers as a dictionary's keys", name);
      }
      return [String(name), plain(archive, item, depth + 1)];
    });
    return Object.fromEntries(entries);
  }
  if (Array.isArray(value)) return value.map((item) => plain(archive, item, depth + 1));
  if (value instanceof Uint8Array || value instanceof PickleGlobal || value instanceof PickleObject) {
    throw unexpected(archive, "tensors, NumPy arrays, numbers, text, lists and dictionaries", value);
  }
  return value;
}

/**
 * The contents of a `.pt` file as `torch.save` writes it since PyTorch 1.6 (a zip archive): tensors, NumPy arrays,
 * numbers, text, and lists and dictionaries of them. Element types widen as in `decodeNpy`. Nothing in the file is run:
 * any other object is refused by name. `source` names the file in errors.
 * @throws OrreryError `format` when the bytes are no such file or hold anything else.
 */
export function decodePt(bytes: Uint8Array, source = "pt"): PtValue {
  const archive = openArchive(bytes, source);
  const value = decodePickle(
    archive.file("data.pkl"),
    {
      call: (callee, args) => call(archive, callee, args),
      persistent: (id) => storageOf(archive, id),
      build: (object, state) => build(archive, object, state),
    },
    `${source}: data.pkl`,
  );
  return plain(archive, value);
}

/** Reads a `.pt` file; see `decodePt`. @throws OrreryError `not-found`, `format`. */
export async function readPt(path: string): Promise<PtValue> {
  return decodePt(await readBytes(path), path);
}
