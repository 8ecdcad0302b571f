/** The library of kernels: its names, and its module. */
import { decoded } from "@adjoint/tensor/internal";
import { compiledModule } from "../instance.ts";
import { fuse, hasRelaxedSimd } from "./fused.ts";
import { library } from "./library.generated.ts";

/** The name of a kernel of kernels/*.ts. */
export type KernelName =
  | "matmul32"
  | "matmul64"
  | "pack32"
  | "pack64"
  | "products32"
  | "convolve32"
  | "convolvePool32"
  | "winograd32"
  | "winogradFilters32"
  | "winogradSums32"
  | "winogradFold32"
  | "correlate32"
  | "correlatePooled32"
  | "fold32"
  | "sum32"
  | "sum64"
  | "squares32"
  | "squares64"
  | "roots"
  | "widen"
  | "narrow"
  | "largest32"
  | "gather32"
  | "indexSelect32"
  | "indexAdd32"
  | "blocks"
  | "scatterAdd32"
  | "im2col32"
  | "col2im32"
  | "maxPool32"
  | "unpool32"
  | "random32";

/** A kernel: its numbers, then scratch memory, and the part of its work. Those that may refuse return 1 when they do. */
export type KernelFunction = (...args: readonly number[]) => number | undefined;

/** The functions of the library; addresses and strides in bytes. */
export type Library = Readonly<Record<KernelName, KernelFunction>> & {
  /** Whether the squares of all of some numbers are finite. */
  readonly finiteSquares32: (address: number, count: number) => number;
};

/** The modules of the library, compiled once: for a memory of its own or one that is shared, exact or not. */
const modules = new Map<string, object>();

/** The import of the memory in the module: its names, that it is a memory, and that it has a limit. */
const memoryImport = [3, ...codes("env"), 6, ...codes("memory"), 2, 1];

/** What says in place of the last of these that a memory has a limit and is shared. */
const SHARED = 3;

function codes(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

/** The module of the library; exact, products are rounded before they are added. */
export function moduleOfLibrary({ isShared, exact }: { readonly isShared: boolean; readonly exact: boolean }): object {
  const isFused = !exact && hasRelaxedSimd();
  const key = `${isShared} ${isFused}`;
  const known = modules.get(key);
  if (known !== undefined) return known;
  const bytes = decoded(library);
  if (isShared) {
    const at = bytes.findIndex((_, i) => memoryImport.every((byte, k) => bytes[i + k] === byte));
    bytes[at + memoryImport.length - 1] = SHARED;
  }
  if (isFused) fuse(bytes);
  const module = compiledModule(bytes);
  modules.set(key, module);
  return module;
}
