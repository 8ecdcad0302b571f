/**
 * The library of kernels, as an instance over the memory of one program.
 */
import { decoded, platform } from "@adjoint/tensor/internal";
import { library } from "./library.generated.ts";

/** The functions of kernels/library.ts; addresses and strides in bytes. */
export interface Library {
  readonly matmul32: (...args: readonly number[]) => void;
  readonly matmul64: (...args: readonly number[]) => void;
  readonly sum32: (...args: readonly number[]) => void;
  readonly sum64: (...args: readonly number[]) => void;
  readonly largest32: (...args: readonly number[]) => void;
  readonly gather32: (...args: readonly number[]) => number;
  readonly scatterAdd32: (...args: readonly number[]) => number;
  readonly im2col32: (...args: readonly number[]) => void;
  readonly col2im32: (...args: readonly number[]) => void;
  readonly maxPool32: (...args: readonly number[]) => void;
  readonly unpool32: (...args: readonly number[]) => void;
  readonly random32: (...args: readonly number[]) => void;
  readonly finite32: (...args: readonly number[]) => number;
}

const wasm = (): NonNullable<ReturnType<typeof platform>> => platform()!;

let libraryModule: object | undefined;

/** A memory of that many bytes. @throws RangeError when there is no room for it */
export function memoryOf(bytes: number): { readonly buffer: ArrayBuffer } {
  return new (wasm().Memory)({ initial: Math.ceil(bytes / 65536) });
}

/** The library over a memory. */
export function libraryIn(memory: object): Library {
  libraryModule ??= new (wasm().Module)(decoded(library));
  return new (wasm().Instance)(libraryModule, { env: { memory } }).exports as Library;
}

/** The functions of a generated module over a memory, by their numbers. */
export function functionsIn(memory: object, bytes: Uint8Array): Readonly<Record<string, () => void>> {
  return new (wasm().Instance)(new (wasm().Module)(bytes), { env: { memory } }).exports as Record<string, () => void>;
}
