/**
 * The library of kernels, as an instance over the memory of one program.
 */
import { decoded, platform } from "@adjoint/tensor/internal";
import { library } from "./library.generated.ts";

/** The kernels of kernels/*.ts. */
export const kernelNames = [
  "matmul32",
  "matmul64",
  "pack32",
  "pack64",
  "convolve32",
  "correlate32",
  "fold32",
  "sum32",
  "sum64",
  "largest32",
  "gather32",
  "scatterAdd32",
  "im2col32",
  "col2im32",
  "maxPool32",
  "unpool32",
  "random32",
] as const;

/** The name of a kernel. */
export type KernelName = (typeof kernelNames)[number];

/** A kernel: its numbers, then scratch memory, and the part of its work. Those that may refuse return 1 when they do. */
export type KernelFunction = (...args: readonly number[]) => number | undefined;

/** The functions of the library; addresses and strides in bytes. */
export type Library = Readonly<Record<KernelName, KernelFunction>> & {
  /** Whether all of some numbers are finite. */
  readonly finite32: (address: number, count: number) => number;
};

const wasm = (): NonNullable<ReturnType<typeof platform>> => platform()!;

let libraryModule: object | undefined;

/** A memory of that many bytes. @throws RangeError when there is no room for it */
export function memoryOf(bytes: number): { readonly buffer: ArrayBuffer } {
  const pages = Math.ceil(bytes / 65536);
  return new (wasm().Memory)({ initial: pages, maximum: pages });
}

/** The module of the library, compiled once. */
export function moduleOfLibrary(): object {
  return (libraryModule ??= new (wasm().Module)(decoded(library)));
}

/** A module of generated loops. */
export function compiledModule(bytes: Uint8Array): object {
  return new (wasm().Module)(bytes);
}

/** What a module exports over a memory. */
export function exportsOf<Exports>(module: object, memory: object): Exports {
  return new (wasm().Instance)(module, { env: { memory } }).exports as Exports;
}
