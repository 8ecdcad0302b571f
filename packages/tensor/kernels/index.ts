/** All kernels: one module with one memory (src/kernels/wasm/runtime.ts). */
export * from "./elementwise";
export * from "./matmul";
export * from "./move";
export * from "./reduce";
