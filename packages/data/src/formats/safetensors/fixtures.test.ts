import { readFileSync } from "node:fs";
import { allocate, type DType, Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { decodeSafetensors } from "./decode.ts";
import { encodeSafetensors } from "./encode.ts";

/** A number as Python writes it. */
const parse = (text: string): number =>
  Number({ nan: "NaN", inf: "Infinity", "-inf": "-Infinity", True: "1", False: "0" }[text] ?? text);

/** A file that the Python library wrote, and the tensors that were in it. */
function fixture(name: string): { bytes: Uint8Array; tensors: Record<string, Tensor> } {
  const read = (ending: string) => readFileSync(new URL(`fixtures/${name}.${ending}`, import.meta.url));
  const tensors: Record<string, Tensor> = Object.create(null);
  const json: { [name: string]: { dtype: DType; shape: number[]; values: string[] } } = JSON.parse(`${read("json")}`);
  for (const [key, { dtype, shape, values }] of Object.entries(json)) {
    const data = allocate(dtype, values.length);
    data.set(values.map(parse));
    tensors[key] = new Tensor(data, shape);
  }
  return { bytes: new Uint8Array(read("safetensors")), tensors };
}

/** Everything of the tensors that a file holds. */
const contents = (tensors: Record<string, Tensor>) =>
  Object.entries(tensors)
    .map(([name, x]) => [name, x.dtype, x.shape, Array.from(x.data)])
    .sort(([a], [b]) => (a! < b! ? -1 : 1));

describe("files of the Python library", () => {
  it("are read: the types that a tensor has", () => {
    const { bytes, tensors } = fixture("native");
    const found = decodeSafetensors(bytes);
    expect(contents(found.tensors)).toEqual(contents(tensors));
    expect({ ...found.metadata }).toEqual({ "made by": 'safetensors 0.8.0 \u2028 "é"' });
  });

  it("are read: the types that become wider ones", () => {
    const { bytes, tensors } = fixture("widened");
    expect(contents(decodeSafetensors(bytes).tensors)).toEqual(contents(tensors));
  });

  it("are written, byte by byte, in whatever order the tensors are given", () => {
    const { bytes, tensors } = fixture("native");
    const { metadata } = decodeSafetensors(bytes);
    expect(encodeSafetensors(tensors, { metadata })).toEqual(bytes);
    const backwards = Object.create(null);
    for (const name of Object.keys(tensors).reverse()) backwards[name] = tensors[name];
    expect(encodeSafetensors(backwards, { metadata })).toEqual(bytes);
  });
});
