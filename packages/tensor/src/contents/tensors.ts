// Tensors: names only.
export { arange, eye, full, linspace, ones, scalar, tensor, tensorFor, zeros } from "../creation.ts";
export type { DataOf, DType, IntegerArray, TypedArray } from "../dtype.ts";
export { type GeneratorState, RandomGenerator, rng } from "../random/random-generator.ts";
export type { Shape } from "../shape.ts";
export { type Nested, Tensor } from "../tensor.ts";
export type { AxisSlice } from "../views.ts";
