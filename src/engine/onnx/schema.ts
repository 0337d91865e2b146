interface ScalarValues {
  /** Any protobuf integer or enumeration, as a number. */
  int: number;
  bigint: bigint;
  float: number;
  double: number;
  string: string;
  bytes: Uint8Array;
  /** A bytes field that should hold UTF-8: a string where it does. */
  text: string | Uint8Array;
}

export type ScalarKind = keyof ScalarValues;

export type MessageName =
  | "Model"
  | "OperatorSetId"
  | "StringStringEntry"
  | "Graph"
  | "Node"
  | "Attribute"
  | "ValueInfo"
  | "Tensor"
  | "SparseTensor"
  | "Type"
  | "TensorType"
  | "TensorShape"
  | "Dimension"
  | "Function";

type FieldSpec =
  | readonly [number: number, kind: ScalarKind | MessageName]
  | readonly [number: number, kind: ScalarKind | MessageName, repeated: "repeated" | "packed"];

/**
 * The messages of `onnx.proto` (ONNX 1.23, IR version 14) with the fields that we read or write: number, kind, and how it repeats.
 * Fields that are missing here are skipped. A map or sequence type is kept as the bytes of its message.
 */
const specs = {
  Model: {
    irVersion: [1, "int"],
    producerName: [2, "string"],
    producerVersion: [3, "string"],
    domain: [4, "string"],
    modelVersion: [5, "int"],
    docString: [6, "string"],
    graph: [7, "Graph"],
    opsetImport: [8, "OperatorSetId", "repeated"],
    metadataProps: [14, "StringStringEntry", "repeated"],
    functions: [25, "Function", "repeated"],
  },
  OperatorSetId: { domain: [1, "string"], version: [2, "int"] },
  StringStringEntry: { key: [1, "string"], value: [2, "string"] },
  Graph: {
    node: [1, "Node", "repeated"],
    name: [2, "string"],
    initializer: [5, "Tensor", "repeated"],
    input: [11, "ValueInfo", "repeated"],
    output: [12, "ValueInfo", "repeated"],
    valueInfo: [13, "ValueInfo", "repeated"],
    sparseInitializer: [15, "SparseTensor", "repeated"],
  },
  Node: {
    input: [1, "string", "repeated"],
    output: [2, "string", "repeated"],
    name: [3, "string"],
    opType: [4, "string"],
    attribute: [5, "Attribute", "repeated"],
    domain: [7, "string"],
  },
  Attribute: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int"],
    s: [4, "text"],
    t: [5, "Tensor"],
    g: [6, "Graph"],
    floats: [7, "float", "repeated"],
    ints: [8, "int", "repeated"],
    strings: [9, "text", "repeated"],
    tensors: [10, "Tensor", "repeated"],
    graphs: [11, "Graph", "repeated"],
    tp: [14, "Type"],
    typeProtos: [15, "Type", "repeated"],
    type: [20, "int"],
    refAttrName: [21, "string"],
  },
  ValueInfo: { name: [1, "string"], type: [2, "Type"] },
  Tensor: {
    dims: [1, "int", "repeated"],
    dataType: [2, "int"],
    floatData: [4, "float", "packed"],
    int32Data: [5, "int", "packed"],
    stringData: [6, "text", "repeated"],
    int64Data: [7, "bigint", "packed"],
    name: [8, "string"],
    rawData: [9, "bytes"],
    doubleData: [10, "double", "packed"],
    uint64Data: [11, "bigint", "packed"],
    externalData: [13, "StringStringEntry", "repeated"],
    dataLocation: [14, "int"],
  },
  SparseTensor: { values: [1, "Tensor"] },
  Type: {
    tensor: [1, "TensorType"],
    sequence: [4, "bytes"],
    map: [5, "bytes"],
    opaque: [7, "bytes"],
    sparseTensor: [8, "bytes"],
    optional: [9, "bytes"],
  },
  TensorType: { elemType: [1, "int"], shape: [2, "TensorShape"] },
  TensorShape: { dim: [1, "Dimension", "repeated"] },
  Dimension: { dimValue: [1, "int"], dimParam: [2, "string"] },
  Function: { name: [1, "string"], domain: [10, "string"] },
} as const satisfies Record<MessageName, Record<string, FieldSpec>>;

type Value<K> = K extends ScalarKind ? ScalarValues[K] : K extends MessageName ? Message<K> : never;

/** A message as a plain object; a field that is absent is undefined. */
export type Message<M extends MessageName> = {
  readonly [F in keyof (typeof specs)[M]]?: (typeof specs)[M][F] extends readonly [number, infer K, string]
    ? readonly Value<K>[]
    : (typeof specs)[M][F] extends readonly [number, infer K]
      ? Value<K>
      : never;
};

/** One field of a message. */
export interface Field {
  readonly name: string;
  readonly number: number;
  readonly isRepeated: boolean;
  readonly isPacked: boolean;
  /** The kind of a scalar field; `"message"` for one whose value is laid out by `message`. */
  readonly kind: ScalarKind | "message";
  /** How an unpacked value is laid out: 0 variable length, 1 eight bytes, 2 length and bytes, 5 four bytes. */
  readonly wireType: number;
  readonly message: MessageTable | undefined;
}

/** A message's fields, by the name they have here and by the number they have in a file. */
export interface MessageTable {
  readonly name: MessageName;
  readonly byName: ReadonlyMap<string, Field>;
  readonly byNumber: readonly (Field | undefined)[];
}

const wireTypes: Record<ScalarKind | "message", number> = {
  int: 0,
  bigint: 0,
  double: 1,
  string: 2,
  bytes: 2,
  text: 2,
  message: 2,
  float: 5,
};

function isMessageName(kind: string): kind is MessageName {
  return kind in specs;
}

interface OpenTable extends MessageTable {
  readonly byName: Map<string, Field>;
  readonly byNumber: (Field | undefined)[];
}

function buildTables(): Record<MessageName, MessageTable> {
  const names = Object.keys(specs) as MessageName[];
  const tables = Object.fromEntries(
    names.map((name): [string, OpenTable] => [name, { name, byName: new Map(), byNumber: [] }]),
  ) as Record<MessageName, OpenTable>;
  for (const name of names) {
    for (const [fieldName, [number, kind, repeated]] of Object.entries<FieldSpec>(specs[name])) {
      const fieldKind = isMessageName(kind) ? "message" : kind;
      const field: Field = {
        name: fieldName,
        number,
        isRepeated: repeated !== undefined,
        isPacked: repeated === "packed",
        kind: fieldKind,
        wireType: wireTypes[fieldKind],
        message: isMessageName(kind) ? tables[kind] : undefined,
      };
      tables[name].byName.set(fieldName, field);
      tables[name].byNumber[number] = field;
    }
  }
  return tables;
}

/** The table of every message. */
export const messageTables: Readonly<Record<MessageName, MessageTable>> = buildTables();
