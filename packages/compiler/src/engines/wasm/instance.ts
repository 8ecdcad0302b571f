/** Memories, modules and instances. */
import { platform } from "@adjoint/tensor/internal";

const wasm = (): NonNullable<ReturnType<typeof platform>> => platform() as NonNullable<ReturnType<typeof platform>>;

/** A memory of that many bytes. @throws RangeError when there is no room for it */
export function memoryOf(bytes: number, isShared: boolean): { readonly buffer: ArrayBuffer } {
  const pages = Math.ceil(bytes / 65536);
  return new (wasm().Memory)({ initial: pages, maximum: pages, shared: isShared });
}

/** A module from its bytes. */
export function compiledModule(bytes: Uint8Array): object {
  return new (wasm().Module)(bytes);
}

/** What a module exports over a memory. */
export function exportsOf<Exports>(module: object, memory: object): Exports {
  return new (wasm().Instance)(module, { env: { memory } }).exports as Exports;
}
