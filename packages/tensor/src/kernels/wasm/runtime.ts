/**
 * What every WASM kernel needs from the platform: whether 128-bit SIMD is there, an instance from embedded bytes, and
 * scratch memory. Nothing is compiled before its first use.
 */

/** A WASM memory, as much of it as kernels use. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The platform's WebAssembly, as much of it as kernels use: neither the language nor Node's types declare it. */
interface Platform {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

function platform(): Platform | undefined {
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

/** Compiles an embedded module and returns its exports. Synchronous: kernels are small. */
export function instantiate<Exports extends object>(digits: string): Exports {
  const wasm = platform()!;
  const bytes = Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
  return new wasm.Instance(new wasm.Module(bytes)).exports as Exports;
}

/** Makes a memory at least `bytes` long; its buffer is another one afterwards if it had to grow. */
export function reserve(memory: Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
}
