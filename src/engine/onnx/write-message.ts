import { OrreryError } from "../../errors.ts";
import { type Field, type Message, type MessageName, type MessageTable, messageTables } from "./schema.ts";

type Values = Readonly<Record<string, unknown>>;

/** Protobuf allows no message above 2 GiB. */
const maxBytes = 2 ** 31 - 1;
const textEncoder = new TextEncoder();

function varintSize(value: number): number {
  if (value < 0) return 10;
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  // 2^63 is written as 2^63 - 1, a byte shorter.
  return Math.min(size, 9);
}

function bigVarintSize(value: bigint): number {
  let size = 1;
  for (let rest = BigInt.asUintN(64, value); rest >= 128n; rest >>= 7n) size++;
  return size;
}

/** Bytes of `text` in UTF-8; a lone surrogate counts as the replacement character that `TextEncoder` writes. */
function utf8Size(text: string): number {
  let size = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    size += code < 0x800 ? 1 : 2;
    // A pair of surrogates takes four bytes: the first adds three, the second is skipped.
    if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
  }
  return size;
}

function checkInteger(table: MessageTable, field: Field, value: unknown): void {
  if (!Number.isInteger(value)) {
    throw new OrreryError(
      "argument",
      `encodeModel: ${table.name}.${field.name} must be an integer; got ${String(value)}`,
    );
  }
}

/** Finds sizes, without tag and length; those of messages and packed lists are noted in the order in which they are written. */
class Sizer {
  readonly sizes: number[] = [];

  message(table: MessageTable, values: Values): number {
    const slot = this.sizes.push(0) - 1;
    let size = 0;
    for (const name in values) {
      const value = values[name];
      if (value === undefined) continue;
      const field = table.byName.get(name)!;
      const tagSize = field.number < 16 ? 1 : 2;
      if (field.isPacked) {
        const packed = this.#packed(table, field, value as readonly unknown[]);
        if (packed > 0) size += tagSize + withLength(packed);
      } else if (field.isRepeated) {
        for (const item of value as readonly unknown[]) size += tagSize + this.#item(table, field, item);
      } else {
        size += tagSize + this.#item(table, field, value);
      }
    }
    this.sizes[slot] = size;
    return size;
  }

  #packed(table: MessageTable, field: Field, items: readonly unknown[]): number {
    let size = 0;
    for (const item of items) size += scalarSize(table, field, item);
    this.sizes.push(size);
    return size;
  }

  #item(table: MessageTable, field: Field, value: unknown): number {
    if (field.kind === "message") return withLength(this.message(field.message!, value as Values));
    const size = scalarSize(table, field, value);
    return field.wireType === 2 ? withLength(size) : size;
  }
}

function withLength(size: number): number {
  return varintSize(size) + size;
}

function scalarSize(table: MessageTable, field: Field, value: unknown): number {
  switch (field.kind) {
    case "int":
      checkInteger(table, field, value);
      return varintSize(value as number);
    case "bigint":
      return bigVarintSize(value as bigint);
    case "float":
      return 4;
    case "double":
      return 8;
    default:
      return typeof value === "string" ? utf8Size(value) : (value as Uint8Array).length;
  }
}

/** Writes into a buffer of exactly the size that a `Sizer` found. */
class Writer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #sizes: readonly number[];
  #position = 0;
  #slot = 0;

  constructor(sizes: readonly number[]) {
    this.bytes = new Uint8Array(sizes[0]);
    this.#view = new DataView(this.bytes.buffer);
    this.#sizes = sizes;
  }

  message(table: MessageTable, values: Values): void {
    this.#slot++;
    for (const name in values) {
      const value = values[name];
      if (value === undefined) continue;
      const field = table.byName.get(name)!;
      if (field.isPacked) {
        this.#packed(field, value as readonly unknown[]);
      } else if (field.isRepeated) {
        for (const item of value as readonly unknown[]) this.#item(field, item);
      } else {
        this.#item(field, value);
      }
    }
  }

  #packed(field: Field, items: readonly unknown[]): void {
    const size = this.#sizes[this.#slot++];
    if (size === 0) return;
    this.#varint((field.number << 3) | 2);
    this.#varint(size);
    for (const item of items) this.#scalar(field, item);
  }

  #item(field: Field, value: unknown): void {
    this.#varint((field.number << 3) | field.wireType);
    if (field.kind === "message") {
      this.#varint(this.#sizes[this.#slot]);
      this.message(field.message!, value as Values);
    } else {
      this.#scalar(field, value);
    }
  }

  #scalar(field: Field, value: unknown): void {
    switch (field.kind) {
      case "int":
        this.#int(value as number);
        break;
      case "bigint":
        this.#bigVarint(value as bigint);
        break;
      case "float":
        this.#view.setFloat32(this.#position, value as number, true);
        this.#position += 4;
        break;
      case "double":
        this.#view.setFloat64(this.#position, value as number, true);
        this.#position += 8;
        break;
      default:
        if (typeof value === "string") this.#string(value);
        else this.#bytes(value as Uint8Array);
    }
  }

  #int(value: number): void {
    if (value >= 0 && value < 2 ** 53) this.#varint(value);
    else this.#bigVarint(value === 2 ** 63 ? 2n ** 63n - 1n : BigInt(value));
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.bytes[this.#position++] = (rest % 128) | 128;
    this.bytes[this.#position++] = rest;
  }

  #bigVarint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    for (; rest >= 128n; rest >>= 7n) this.bytes[this.#position++] = Number(rest & 127n) | 128;
    this.bytes[this.#position++] = Number(rest);
  }

  #bytes(value: Uint8Array): void {
    this.#varint(value.length);
    this.bytes.set(value, this.#position);
    this.#position += value.length;
  }

  #string(text: string): void {
    const size = utf8Size(text);
    this.#varint(size);
    if (size === text.length) {
      for (let i = 0; i < size; i++) this.bytes[this.#position + i] = text.charCodeAt(i);
    } else {
      textEncoder.encodeInto(text, this.bytes.subarray(this.#position));
    }
    this.#position += size;
  }
}

/**
 * The protobuf bytes of a message: sizes are found first, then everything is written once into one buffer.
 * Fields are written in the order of the object's keys; in the table's order, they are the bytes that protobuf's own libraries write.
 * @throws OrreryError `argument` for a fraction in an integer field, `unsupported` above 2 GiB
 */
export function writeMessage<M extends MessageName>(name: M, message: Message<M>): Uint8Array {
  const sizer = new Sizer();
  const size = sizer.message(messageTables[name], message as Values);
  if (size > maxBytes) {
    throw new OrreryError("unsupported", `encodeModel: an ONNX file holds at most ${maxBytes} bytes; got ${size}`, {
      hint: "Store the weights in a narrower type, or split the model.",
    });
  }
  const writer = new Writer(sizer.sizes);
  writer.message(messageTables[name], message as Values);
  return writer.bytes;
}
