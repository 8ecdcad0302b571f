/**
 * The messages of ONNX files as one table: for each its fields, their numbers in the file and their types.
 *
 * Source: https://github.com/onnx/onnx, onnx/onnx.proto. Fields that no model of today uses are left out; readers skip
 * what is not in the table.
 */

/** How a field is written, by the name protobuf gives it. */
export type ScalarType = "int32" | "int64" | "uint64" | "float" | "double" | "string" | "bytes";

/** The fields of every message: `name: [number in the file, type, "repeated"?]`. */
export const messages = {
  Model: {
    ir_version: [1, "int64"],
    producer_name: [2, "string"],
    producer_version: [3, "string"],
    domain: [4, "string"],
    model_version: [5, "int64"],
    doc_string: [6, "string"],
    graph: [7, "Graph"],
    opset_import: [8, "OperatorSetId", "repeated"],
    metadata_props: [14, "StringStringEntry", "repeated"],
    functions: [25, "Function", "repeated"],
  },
  OperatorSetId: { domain: [1, "string"], version: [2, "int64"] },
  StringStringEntry: { key: [1, "string"], value: [2, "string"] },
  Graph: {
    node: [1, "Node", "repeated"],
    name: [2, "string"],
    initializer: [5, "Tensor", "repeated"],
    doc_string: [10, "string"],
    input: [11, "ValueInfo", "repeated"],
    output: [12, "ValueInfo", "repeated"],
    value_info: [13, "ValueInfo", "repeated"],
    sparse_initializer: [15, "SparseTensor", "repeated"],
  },
  Node: {
    input: [1, "string", "repeated"],
    output: [2, "string", "repeated"],
    name: [3, "string"],
    op_type: [4, "string"],
    attribute: [5, "Attribute", "repeated"],
    doc_string: [6, "string"],
    domain: [7, "string"],
  },
  Attribute: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    s: [4, "bytes"],
    t: [5, "Tensor"],
    g: [6, "Graph"],
    floats: [7, "float", "repeated"],
    ints: [8, "int64", "repeated"],
    strings: [9, "bytes", "repeated"],
    tensors: [10, "Tensor", "repeated"],
    graphs: [11, "Graph", "repeated"],
    type: [20, "int32"],
    ref_attr_name: [21, "string"],
  },
  Tensor: {
    dims: [1, "int64", "repeated"],
    data_type: [2, "int32"],
    float_data: [4, "float", "repeated"],
    int32_data: [5, "int32", "repeated"],
    string_data: [6, "bytes", "repeated"],
    int64_data: [7, "int64", "repeated"],
    name: [8, "string"],
    raw_data: [9, "bytes"],
    double_data: [10, "double", "repeated"],
    uint64_data: [11, "uint64", "repeated"],
    doc_string: [12, "string"],
    external_data: [13, "StringStringEntry", "repeated"],
    data_location: [14, "int32"],
  },
  SparseTensor: { values: [1, "Tensor"], indices: [2, "Tensor"], dims: [3, "int64", "repeated"] },
  ValueInfo: { name: [1, "string"], type: [2, "Type"], doc_string: [3, "string"] },
  Type: { tensor_type: [1, "TensorType"], denotation: [6, "string"] },
  TensorType: { elem_type: [1, "int32"], shape: [2, "TensorShape"] },
  TensorShape: { dim: [1, "Dimension", "repeated"] },
  Dimension: { dim_value: [1, "int64"], dim_param: [2, "string"], denotation: [3, "string"] },
  Function: {
    name: [1, "string"],
    input: [4, "string", "repeated"],
    output: [5, "string", "repeated"],
    attribute: [6, "string", "repeated"],
    node: [7, "Node", "repeated"],
    opset_import: [9, "OperatorSetId", "repeated"],
    domain: [10, "string"],
    attribute_proto: [11, "Attribute", "repeated"],
  },
} as const;

export type MessageName = keyof typeof messages;

type ValueOf<T> = T extends "string"
  ? string
  : T extends "bytes"
    ? Uint8Array
    : T extends ScalarType
      ? number
      : T extends MessageName
        ? Message<T>
        : never;

/**
 * A message as it is read: repeated fields are arrays, which are empty where the file has none; others are undefined where
 * the file has none. An int64 is a number; beyond 2^53 it is the nearest one.
 */
export type Message<M extends MessageName> = {
  readonly [F in keyof (typeof messages)[M]]: (typeof messages)[M][F] extends readonly [number, infer T, "repeated"]
    ? readonly ValueOf<T>[]
    : (typeof messages)[M][F] extends readonly [number, infer T]
      ? ValueOf<T> | undefined
      : never;
};

/** A message to write: any of its fields, those of its messages likewise. */
export type Draft<M extends MessageName> = {
  readonly [F in keyof (typeof messages)[M]]?: (typeof messages)[M][F] extends readonly [number, infer T, "repeated"]
    ? readonly DraftOf<T>[]
    : (typeof messages)[M][F] extends readonly [number, infer T]
      ? DraftOf<T> | undefined
      : never;
};

type DraftOf<T> = T extends MessageName ? Draft<T> : ValueOf<T>;

/** The graphs that a node has as attributes: branches, and bodies of loops. */
export const graphsIn = ({ attribute }: Pick<Message<"Node">, "attribute">): Message<"Graph">[] =>
  attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));

/** One row of the table, for readers and writers. */
export type Field = readonly [number: number, type: ScalarType | MessageName, repeated?: "repeated"];

export const fieldsOf = (message: MessageName): readonly (readonly [name: string, field: Field])[] => listed[message];

const listed = Object.fromEntries(
  Object.entries(messages).map(([message, fields]) => [message, Object.entries(fields)]),
) as unknown as Readonly<Record<MessageName, readonly (readonly [name: string, field: Field])[]>>;
