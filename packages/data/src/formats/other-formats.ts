/** Recognizes other file formats by their first bytes, so that errors can name the format and the function that reads it. */
import { numbersHint } from "@adjoint/tensor";

/** How a file begins, what it is, and what to do with it. */
const formats: readonly (readonly [start: readonly number[], name: string, hint: string])[] = [
  [[0x50, 0x4b, 3, 4], "a zip, as torch.save and numpy.savez write", "Save it with safetensors instead."],
  [[0x80, 2, 0x8a], "a Python pickle, as torch.save wrote", "Save it with safetensors instead."],
  [[0x80, 4, 0x95], "a Python pickle", "Save it with safetensors instead."],
  [[0x89, 0x48, 0x44, 0x46], "HDF5, as Keras writes", "Save its weights with safetensors instead."],
  [[0x89, 0x50, 0x4e, 0x47], "a PNG image", "Decode it first, for example in a canvas."],
  [[0x93, 0x4e, 0x55, 0x4d], "NumPy's NPY", "Save it with safetensors.numpy.save_file instead."],
  [[0x1f, 0x8b], "gzip", "Unpack it first; readIdx does it by itself."],
];

/** What the bytes, the first of a file, are of a known format: its name and what to do; null for others. */
export function otherFormat(bytes: Uint8Array): { readonly name: string; readonly hint: string } | null {
  const known = formats.find(([start]) => bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte));
  if (known !== undefined) return { name: known[1], hint: known[2] };
  if (bytes.length === 0 || !bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13)))
    return null;
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  const hint = /^\s*[-+.\d]/.test(start)
    ? numbersHint(start, "")
    : "A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).";
  return { name: `text, ${JSON.stringify(start)}`, hint };
}
