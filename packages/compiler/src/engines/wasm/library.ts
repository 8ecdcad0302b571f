/**
 * The library of kernels, as an instance over the memory of one program.
 */
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

/** What is used of the platform's WebAssembly, which neither the language nor Node's types declare. */
interface Platform {
  readonly Memory: new (limits: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

const { WebAssembly: platform } = globalThis as unknown as { readonly WebAssembly: Platform };

let libraryModule: object | undefined;

/** A memory of that many bytes. @throws RangeError when there is no room for it */
export function memoryOf(bytes: number): { readonly buffer: ArrayBuffer } {
  return new platform.Memory({ initial: Math.ceil(bytes / 65536) });
}

/** The library over a memory. */
export function libraryIn(memory: object): Library {
  libraryModule ??= new platform.Module(
    Uint8Array.from({ length: library.length / 2 }, (_, i) => Number.parseInt(library.slice(2 * i, 2 * i + 2), 16)),
  );
  return new platform.Instance(libraryModule, { env: { memory } }).exports as Library;
}

/** The functions of a generated module over a memory, by their numbers. */
export function functionsIn(memory: object, bytes: Uint8Array): Readonly<Record<string, () => void>> {
  return new platform.Instance(new platform.Module(bytes), { env: { memory } }).exports as Record<string, () => void>;
}
