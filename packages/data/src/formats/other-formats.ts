/** Recognizes other file formats by their first bytes, so that errors can name the format and the function that reads it. */
import { numbersHint } from "@adjoint/tensor";

/** A format's name, as the end of "it is …", and what to do. */
export interface OtherFormat {
  readonly name: string;
  readonly hint: string;
}

/** The two lines that turn each kind of file into safetensors, for people who have what wrote it. */
const fromTorch =
  'Convert it in Python: from safetensors.torch import save_file; save_file({k: v.contiguous() for k, v in torch.load("FILE", map_location="cpu").items()}, "FILE.safetensors").';
const fromKeras =
  'Convert it in Python: from safetensors.numpy import save_file; save_file({w.path: w.numpy() for w in keras.saving.load_model("FILE").weights}, "FILE.safetensors").';
const fromH5 =
  'Convert it in Python: from safetensors.numpy import save_file; a = {}; h5py.File("FILE").visititems(lambda n, d: a.update({n: d[()]}) if hasattr(d, "shape") else None); save_file(a, "FILE.safetensors").';

/** How a file begins, what it is, and what to do with it. */
const formats: readonly (readonly [start: readonly number[], name: string, hint: string])[] = [
  [
    [0x50, 0x4b, 3, 4],
    "a zip, as numpy.savez, torch.save and Keras write",
    "readNpz reads .npz files, and names the others.",
  ],
  [[0x80, 2, 0x8a, 0x0a], "a Python pickle, as old versions of torch.save wrote (.pt)", fromTorch],
  [[0x80, 2], "a Python pickle", "readPickle reads those of plain NumPy arrays."],
  [[0x80, 3], "a Python pickle", "readPickle reads those of plain NumPy arrays."],
  [[0x80, 4, 0x95], "a Python pickle", "readPickle reads those of plain NumPy arrays."],
  [[0x80, 5, 0x95], "a Python pickle", "readPickle reads those of plain NumPy arrays."],
  [[0x89, 0x48, 0x44, 0x46], "HDF5, as Keras wrote (.h5)", fromH5],
  [[0x89, 0x50, 0x4e, 0x47], "a PNG image", "readPng reads it."],
  [[0xff, 0xd8, 0xff], "a JPEG image", "Convert it to PNG, which readPng reads."],
  [[0x47, 0x49, 0x46, 0x38], "a GIF image", "Convert it to PNG, which readPng reads."],
  [[0x93, 0x4e, 0x55, 0x4d], "NumPy's NPY", "readNpy reads it."],
  [[0x1f, 0x8b], "gzip", "Unpack it first; readIdx does it by itself."],
];

/** What the bytes, the first of a file, are of a known format: its name and what to do; null for others. */
export function otherFormat(bytes: Uint8Array): OtherFormat | null {
  const known = formats.find(([start]) => bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte));
  if (known !== undefined) return { name: known[1], hint: known[2] };
  const first = bytes.subarray(0, 8);
  if (first.length === 0 || !first.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13)))
    return null;
  const start = String.fromCharCode(...first);
  const hint = /^\s*[-+.\d]/.test(start)
    ? numbersHint(start, "")
    : "A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).";
  return { name: `text, ${JSON.stringify(start)}`, hint };
}

/** What a zip with entries of these names is; null for others. */
export function otherZip(names: readonly string[]): OtherFormat | null {
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (has(/(^|\/)data\.pkl$/)) return { name: "a file of PyTorch, as torch.save writes (.pt, .pth)", hint: fromTorch };
  if (has(/^model\.weights\.h5$|^config\.json$/)) return { name: "a model of Keras (.keras)", hint: fromKeras };
  if (has(/^\[Content_Types\]\.xml$/))
    return { name: "a document or table of an office program", hint: "Save a table as CSV." };
  return null;
}
