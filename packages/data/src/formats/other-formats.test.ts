/** Files of other formats are named, with what reads them. */
import { expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { decodeIdx } from "./idx/idx.ts";
import { decodeSafetensors } from "./safetensors/decode.ts";

const starts: readonly (string | readonly number[])[] = [
  '{ "version": 1, "input": [2] }',
  "version: 1\ninput: [2]\n",
  "{}",
  "1.5,2\n3,4\n",
  [0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0],
  [0x80, 4, 0x95, 0, 0, 0, 0, 0, 0],
  [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a],
  [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0],
  [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0],
  [200, 201, 202, 203, 204, 205, 206, 207],
];

it("names the format that a file seems to have, and what reads it", () => {
  const bytes = starts.map((start) => Uint8Array.from(typeof start === "string" ? Buffer.from(start) : start));
  expect(bytes.map((one) => messageOf(() => decodeSafetensors(one)))).toMatchInlineSnapshot(`
    [
      "decodeSafetensors: the data is not a safetensors file: it is text, "{ \\"versi" (byte 0). A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).",
      "decodeSafetensors: the data is not a safetensors file: it is text, "version:" (byte 0). A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).",
      "decodeSafetensors: the data is not a safetensors file: it is text, "{}" (byte 0). A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).",
      "decodeSafetensors: the data is not a safetensors file: it is text, "1.5,2\\n3," (byte 0). Parse text first: text.trim().split("\\n").map((line) => line.split(",").map(Number)).",
      "decodeSafetensors: the data is not a safetensors file: it is a zip, as numpy.savez, torch.save and Keras write (byte 0). readNpz reads .npz files, and names the others.",
      "decodeSafetensors: the data is not a safetensors file: it is a Python pickle (byte 0). readPickle reads those of plain NumPy arrays.",
      "decodeSafetensors: the data is not a safetensors file: it is HDF5, as Keras wrote (.h5) (byte 0). Convert it in Python: from safetensors.numpy import save_file; a = {}; h5py.File("FILE").visititems(lambda n, d: a.update({n: d[()]}) if hasattr(d, "shape") else None); save_file(a, "FILE.safetensors").",
      "decodeSafetensors: the data is not a safetensors file: it is NumPy's NPY (byte 0). readNpy reads it.",
      "decodeSafetensors: the data is not a safetensors file: it is gzip (byte 0). Unpack it first; readIdx does it by itself.",
      "decodeSafetensors: the data says that its header has 1.50e+19 bytes; the format allows 100,000,000 (byte 0). A file that begins with c8 c9 ca cb cc cd ce cf is probably not safetensors.",
    ]
  `);
  expect(bytes.map((one) => messageOf(() => decodeIdx(one)))).toMatchInlineSnapshot(`
    [
      "decodeIdx: the data is not an IDX file: it is text, "{ \\"versi" (byte 0). A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).",
      "decodeIdx: the data is not an IDX file: it is text, "version:" (byte 0). A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).",
      "decodeIdx: the data is not an IDX file: it is text, "{}" (byte 0). A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).",
      "decodeIdx: the data is not an IDX file: it is text, "1.5,2\\n3," (byte 0). Parse text first: text.trim().split("\\n").map((line) => line.split(",").map(Number)).",
      "decodeIdx: the data is not an IDX file: it is a zip, as numpy.savez, torch.save and Keras write (byte 0). readNpz reads .npz files, and names the others.",
      "decodeIdx: the data is not an IDX file: it is a Python pickle (byte 0). readPickle reads those of plain NumPy arrays.",
      "decodeIdx: the data is not an IDX file: it is HDF5, as Keras wrote (.h5) (byte 0). Convert it in Python: from safetensors.numpy import save_file; a = {}; h5py.File("FILE").visititems(lambda n, d: a.update({n: d[()]}) if hasattr(d, "shape") else None); save_file(a, "FILE.safetensors").",
      "decodeIdx: the data is not an IDX file: it is NumPy's NPY (byte 0). readNpy reads it.",
      "decodeIdx: the data is not an IDX file: it is gzip (byte 0). Unpack it first; readIdx does it by itself.",
      "decodeIdx: the data is not an IDX file: it begins with c8 c9 ca cb, not with 00 00 (byte 0).",
    ]
  `);
});
