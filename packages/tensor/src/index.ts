/** The contents of @adjoint/tensor: names only. */
export * from "./contents/errors.ts";
export * from "./contents/shapes.ts";
export * from "./contents/tensors.ts";
export { beyondBounds, type JsonBounds } from "./json-bounds.ts";
export * as kernels from "./kernels/index.ts";
