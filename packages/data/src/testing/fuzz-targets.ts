/** The readers that are fuzzed, with a small file of each kind. */
import { readFileSync } from "node:fs";
import { arange, kernels, rng, tensor } from "@adjoint/tensor";
import { encode } from "fast-png";
import { decodeIdx, encodeIdx } from "../formats/idx/idx.ts";
import { decodeNpy, encodeNpy } from "../formats/numpy/npy.ts";
import { decodeNpz, encodeNpz } from "../formats/numpy/npz.ts";
import { decodePickle } from "../formats/pickle/pickle.ts";
import { decodeSafetensors } from "../formats/safetensors/decode.ts";
import { encodeSafetensors } from "../formats/safetensors/encode.ts";
import { decodePng } from "../images/png.ts";
import { parseCsv } from "../tables/csv.ts";
import { encodeTable } from "../tables/encode-table.ts";
import { decodeCsv, decodeJsonLines } from "../tables/read-table.ts";
import type { FuzzTarget } from "./fuzz.ts";

const x = rng(0).normal([3, 4]);
const integers = arange(6, { dtype: "int32" });
const tensors = { x, "a/b": integers, flags: tensor([true, false]), one: tensor(2.5, { dtype: "float64" }) };

const fixture = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const bytesOf = (file: string) => new Uint8Array(Buffer.from(file, "base64"));
const texts = (...all: string[]) => all.map((text) => new Uint8Array(Buffer.from(text)));

const pixels = (channels: number, depth: 8 | 16) => {
  const length = 5 * 4 * channels;
  const values = Array.from({ length }, (_, i) => (i * 7919) % 2 ** depth);
  return {
    width: 5,
    height: 4,
    channels,
    depth,
    data: depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values),
  };
};

/** All of them. */
export const fuzzTargets: readonly FuzzTarget[] = [
  {
    name: "idx",
    seeds: [
      encodeIdx(x),
      encodeIdx(integers, { type: "ubyte" }),
      encodeIdx(kernels.reshape(integers, [1, 2, 3]), { type: "short" }),
    ],
    read: (bytes) => decodeIdx(bytes),
  },
  {
    name: "safetensors",
    seeds: [encodeSafetensors(tensors, { metadata: { a: "b" } })],
    read: (bytes) => decodeSafetensors(bytes),
    tokens: ['"F32"', '"dtype"', "[0,24]", '"F8_E4M3"', "{}", "__metadata__", "9007199254740993"],
  },
  {
    name: "npy",
    seeds: [
      ...Object.values(tensors).map(encodeNpy),
      ...fixture("../formats/numpy/fixtures/numpy.json").arrays.map((array: { file: string }) => bytesOf(array.file)),
    ],
    read: (bytes) => decodeNpy(bytes),
    tokens: ["True", "'descr'", "'>f8'", "(0,", "9007199254740993,", "'|O'", "[('a', '<i4')]", ">", "L"],
  },
  {
    name: "npz",
    seeds: [
      encodeNpz(tensors),
      encodeNpz({ x: kernels.mul(x, tensor(0)) }, { compress: true }),
      bytesOf(fixture("../formats/numpy/fixtures/numpy.json").npz.compressed),
    ],
    read: (bytes) => decodeNpz(bytes, { maxBytes: 2 ** 24 }),
    tokens: ["PK\x01\x02", "PK\x05\x06", "PK\x06\x06", "PK\x06\x07", "\xff\xff\xff\xff", "\x01\x00\x10\x00"],
  },
  {
    name: "pickle",
    seeds: Object.values(fixture("../formats/pickle/fixtures/pickles.json").protocols as Record<string, string>).map(
      bytesOf,
    ),
    read: (bytes) => decodePickle(bytes),
    tokens: [
      "h\x01",
      "q\x01",
      "(",
      "t",
      "R",
      "b",
      "cos\nsystem\n",
      "\x94",
      "j\x00\x00\x00\x00",
      "}",
      "]",
      "a",
      "s",
      "\x93",
      "\x85",
      "I5\n",
    ],
  },
  {
    name: "png",
    seeds: [
      encode(pixels(1, 8)),
      encode(pixels(4, 8), { interlace: "Adam7" }),
      encode(pixels(3, 16)),
      ...fixture("../images/fixtures/png.json").images.map((image: { file: string }) => bytesOf(image.file)),
    ],
    read: (bytes) => decodePng(bytes, { maxBytes: 2 ** 24 }),
    tokens: ["IHDR", "IDAT", "PLTE", "tRNS", "IEND", "iCCP", "\x00\x00\x00\x00"],
  },
  {
    name: "csv",
    seeds: texts(
      "a,b,c\n1,2,x\n3,4,y\n",
      '"q ""1""";n\n"two\nlines";5\nx;6\n',
      "a\tb\n1\t\n\t2\n",
      fixture("../tables/fixtures/pandas.json").text,
    ),
    read: (bytes) => decodeCsv(bytes, { missing: "fill" }),
    tokens: ['"', '""', ",", "\r\n", "\ufeff", "1e400", "NaN", "-", "\u00e9", "__proto__"],
  },
  {
    name: "csv by an encoding",
    seeds: texts("a,b,c\n1,2,x\n3,4,y\n", "c,b,a\nx,1,2\n"),
    read: (bytes) => encodeTable(parseCsv(bytes), decodeCsv("a,b,c\n1,2,x\n3,4,y\n", { target: "c" }).encoding),
    tokens: ['"', ",", "\n", "z", "1e400", "NA"],
  },
  {
    name: "json lines",
    seeds: texts('{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n', '{"a":true,"c":null}\n{"a":false,"c":1.5e3}\n'),
    read: (bytes) => decodeJsonLines(bytes, { missing: "fill" }),
    tokens: ["{", "}", "[", "]", '"__proto__":', "null", "1e999", "\\u0000", ","],
  },
];
