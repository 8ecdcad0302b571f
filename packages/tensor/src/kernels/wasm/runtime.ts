/** Gives WASM kernels the platform, at their first use: the check for SIMD, an instance, and scratch memory. */
import { decoded } from "./encoding.ts";
import { kernelModule } from "./module.generated.ts";

/** A WASM memory, as much of it as kernels use. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The platform's WebAssembly, as much of it as kernels use: neither the language nor Node's types declare it. */
interface Platform {
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum?: number;
    readonly shared?: boolean;
  }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports?: object) => { readonly exports: object };
}

/** WebAssembly, if it is there. */
export function platform(): Platform | undefined {
  return (globalThis as { WebAssembly?: Platform }).WebAssembly;
}

/** The smallest module that uses SIMD: () → v128, i8x16.splat(0). */
const simdProbe = [
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
];

let simd: boolean | undefined;

/** Whether WebAssembly with 128-bit SIMD is there and allowed: a page's security policy may forbid to compile it. */
export function hasWasmSimd(): boolean {
  if (simd === undefined) {
    try {
      const wasm = platform();
      simd = wasm !== undefined && new wasm.Module(Uint8Array.from(simdProbe)) !== undefined;
    } catch {
      simd = false;
    }
  }
  return simd;
}

/** What the module exports: the kernels by name, and their memory. */
interface Exports {
  readonly memory: Memory;
  readonly [kernel: string]: unknown;
}

/** The memory of all kernels, as arrays over the whole of it. */
export interface Heap<Kernels> {
  readonly kernels: Kernels;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i32: Int32Array;
  readonly u8: Uint8Array;
}

/** Where scratch memory starts: tables of kernels lie below. */
export const SCRATCH = 256;

let opened: Exports | undefined;
let heap: Heap<unknown> | undefined;

/** Compiles the embedded module. Synchronous: it is small. */
function open(): Exports {
  const wasm = platform()!;
  return new wasm.Instance(new wasm.Module(decoded(kernelModule))).exports as Exports;
}

/**
 * The kernels, with at least `bytes` of memory from {@link SCRATCH} on. It is scratch: whoever calls kernels brings operands in, takes results
 * out, and expects nothing to be there the next time.
 */
export function scratch<Kernels>(bytes: number): Heap<Kernels> {
  opened ??= open();
  const { memory } = opened;
  const missing = SCRATCH + bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  const { buffer } = memory;
  if (heap?.f32.buffer !== buffer) {
    heap = {
      kernels: opened,
      f32: new Float32Array(buffer),
      f64: new Float64Array(buffer),
      i32: new Int32Array(buffer),
      u8: new Uint8Array(buffer),
    };
  }
  return heap as Heap<Kernels>;
}
