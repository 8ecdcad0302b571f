/**
 * The library of the WASM engine (AssemblyScript, compiled into src/engines/wasm/kernels/library.generated.ts by
 * scripts/build-library.ts): what is more than a loop over elements. It works on the memory of one program, by addresses;
 * strides are in bytes. Nothing here allocates.
 *
 * The last numbers that a kernel takes are scratch memory of its own, and which part of its work it does: rows, images or
 * whatever it counts, from begin to end. Threads do parts of one call at the same time; the result does not depend on how
 * it was cut.
 */
export { convolve32, convolvePool32, correlate32, correlatePooled32, fold32 } from "./convolution";
export { winograd32, winogradFilters32, winogradFold32, winogradSums32 } from "./winograd";
export { blocks, gather32, indexAdd32, indexSelect32, scatterAdd32 } from "./gather";
export { matmul32, matmul64, pack32, pack64, products32 } from "./matmul";
export { random32 } from "./random";
export { finiteSquares32, largest32, narrow, roots, squares32, squares64, sum32, sum64, widen } from "./reduce";
export { col2im32, im2col32, maxPool32, unpool32 } from "./windows";
