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

/** Bytes of a field's value without tag and length. The sizes of messages and packed lists are noted in the order in which they are written. */
class Sizer {
  readonly sizes: number[] = [];

  message(table: MessageTable, values: Values): number {
    const slot = this.sizes.push(0) - 1;
    let size = 0;
    for (const field of table.fields) {
      const value = values[field.name];
      if (value === undefined) continue;
      const tagSize = field.number < 16 ? 1 : 2;
      if (field.isPacked) {
        const packedSlot = this.sizes.push(0) - 1;
        let packed = 0;
        for (const item of value as unknown[]) packed += this.item(table, field, item);
        this.sizes[packedSlot] = packed;
        if (packed > 0) size += tagSize + varintSize(packed) + packed;
      } else if (field.isRepeated) {
        for (const item of value as unknown[]) size += tagSize + this.item(table, field, item);
      } else {
        size += tagSize + this.item(table, field, value);
      }
    }
    this.sizes[slot] = size;
    return size;
  }

  item(table: MessageTable, field: Field, value: unknown): number {
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
      case "string":
        return withLength(utf8Size(value as string));
      case "bytes":
        return withLength((value as Uint8Array).length);
      case "message":
        return withLength(this.message(field.message!, value as Values));
    }
  }
}

function withLength(size: number): number {
  return varintSize(size) + size;
}

/** Writes into a buffer of exactly the size that `Sizer` found. */
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
    for (const field of table.fields) {
      const value = values[field.name];
      if (value === undefined) continue;
      const tag = (field.number << 3) | field.wireType;
      if (field.isPacked) {
        const size = this.#sizes[this.#slot++];
        if (size === 0) continue;
        this.#varint((field.number << 3) | 2);
        this.#varint(size);
        for (const item of value as unknown[]) this.#item(field, item);
      } else if (field.isRepeated) {
        for (const item of value as unknown[]) {
          this.#varint(tag);
          this.#item(field, item);
        }
      } else {
        this.#varint(tag);
        this.#item(field, value);
      }
    }
  }

  #item(field: Field, value: unknown): void {
    switch (field.kind) {
      case "int":
        if ((value as number) >= 0 && (value as number) < 2 ** 53) this.#varint(value as number);
        else this.#bigVarint(value === 2 ** 63 ? 2n ** 63n - 1n : BigInt(value as number));
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
      case "string":
        this.#string(value as string);
        break;
      case "bytes":
        this.#varint((value as Uint8Array).length);
        this.bytes.set(value as Uint8Array, this.#position);
        this.#position += (value as Uint8Array).length;
        break;
      case "message":
        this.#varint(this.#sizes[this.#slot]);
        this.message(field.message!, value as Values);
    }
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
 * The protobuf bytes of a message, fields in ascending order: sizes are found first, then everything is written once into one buffer.
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
