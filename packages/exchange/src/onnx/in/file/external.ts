/** External data: elements of tensors that a file keeps in other files beside it. */
import { checkBytes, dataName } from "@adjoint/data/internal";
import { checkOptions } from "@adjoint/tensor";
import { decodeMessage } from "../../messages/read.ts";
import type { Message } from "../../messages/schema.ts";
import { type ExternalData, type ExternalFiles, type OnnxSource, refused } from "./source.ts";

/** Where elements lie outside of the file. Source: onnx.proto, TensorProto.DataLocation. */
const EXTERNAL = 1;

/** How often all bytes of the other files may be read: tensors may share some, but a small file must not become a large one. */
const mostReads = 16;

/** Whether a tensor keeps its elements elsewhere. */
export const isExternal = ({ data_location, external_data }: Message<"Tensor">): boolean =>
  data_location === EXTERNAL || external_data.length > 0;

/** Files that are given, none of which was read. */
export const externalFiles = (contents: ExternalData): ExternalFiles => ({
  contents,
  left: mostReads * Object.values(contents).reduce((sum, { length }) => sum + length, 0),
});

/**
 * The bytes of a tensor.
 *
 * @param what    what it is, for errors
 * @param length  how many bytes its type and shape take
 * @throws DataError where the file is not given, or has no such part
 */
export function externalBytes(source: OnnxSource, proto: Message<"Tensor">, what: string, length: number): Uint8Array {
  const { external } = source;
  const location = locationOf(source, proto, what);
  const file = Object.hasOwn(external.contents, location) ? external.contents[location] : undefined;
  if (file === undefined) {
    throw refused(source, `keeps the elements of ${what} in another file, ${JSON.stringify(location)}`, {
      hint: `Pass its bytes: { externalData: { ${JSON.stringify(location)}: bytes } }, or save the model with its weights inside: onnx.save_model(model, path, save_as_external_data=False).`,
    });
  }
  const start = numberOf(source, proto, what, "offset") ?? 0;
  const announced = numberOf(source, proto, what, "length") ?? length;
  if (announced !== length || start + length > file.length) {
    const from = `byte ${start} of ${JSON.stringify(location)}, which has ${file.length}`;
    throw refused(source, `takes ${announced} bytes from ${from}, for ${what} of ${length} bytes`, {
      hint: "The file is damaged, was not written whole, or belongs to another model.",
    });
  }
  external.left -= length;
  if (external.left < 0) {
    throw refused(source, `reads its external data more than ${mostReads} times over`);
  }
  return file.subarray(start, start + length);
}

function entryOf({ external_data: entries }: Message<"Tensor">, key: string): string | undefined {
  return entries.findLast((entry) => entry.key === key)?.value;
}

function numberOf(source: OnnxSource, proto: Message<"Tensor">, what: string, key: string): number | undefined {
  const text = entryOf(proto, key);
  if (text === undefined || (/^\d+$/.test(text) && Number.isSafeInteger(Number(text)))) {
    return text === undefined ? undefined : Number(text);
  }
  throw refused(source, `has the ${key} ${JSON.stringify(text)} in the external data of ${what}`);
}

/** The name of the other file: in the same folder or below. */
function locationOf(source: OnnxSource, proto: Message<"Tensor">, what: string): string {
  const location = entryOf(proto, "location") ?? "";
  const parts = location.split("/");
  const isInside = parts.every((part) => part !== "" && part !== "." && part !== ".." && !/[\\:\p{Cc}]/u.test(part));
  if (isInside) return location;
  throw refused(source, `keeps the elements of ${what} in ${JSON.stringify(location)}, outside of its own folder`, {
    hint: "Files are read from the folder of the model and from those below.",
  });
}

/**
 * The names of other files in which an ONNX file keeps elements of its tensors (external data), in the order of their first
 * mention; none where it holds all itself. They are relative to the folder of the file, and never lead out of it.
 *
 * `fromOnnx(bytes, { externalData: { "model.onnx.data": others } })` takes their contents.
 *
 * @param bytes  the contents of the file
 * @throws DataError naming the byte where the file is damaged, or the tensor whose elements lie outside of the folder
 */
export function onnxExternalData(bytes: Uint8Array, options: { readonly file?: string } = {}): readonly string[] {
  const op = "onnxExternalData";
  checkOptions(op, options, ["file"]);
  checkBytes(op, bytes);
  const source: OnnxSource = {
    op,
    name: dataName(op, options.file, "file"),
    real: "float32",
    bytes: bytes.length,
    external: externalFiles({}),
  };
  const { graph, functions } = decodeMessage("Model", bytes, source);
  const found = new Set<string>();
  const look = (proto: Message<"Tensor">): void => {
    if (isExternal(proto)) found.add(locationOf(source, proto, `the tensor ${JSON.stringify(proto.name ?? "")}`));
  };
  const lookInNodes = (nodes: readonly Message<"Node">[]): void => {
    for (const { attribute } of nodes) {
      for (const { t, tensors, g, graphs } of attribute) {
        for (const proto of t === undefined ? tensors : [t, ...tensors]) look(proto);
        for (const inner of g === undefined ? graphs : [g, ...graphs]) lookIn(inner);
      }
    }
  };
  const lookIn = ({ initializer, node }: Message<"Graph">): void => {
    initializer.forEach(look);
    lookInNodes(node);
  };
  if (graph !== undefined) lookIn(graph);
  for (const { node } of functions) lookInNodes(node);
  return [...found];
}
