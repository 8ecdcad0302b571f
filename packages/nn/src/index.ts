/** The contents of @adjoint/nn: names only. */
// What the options of defined layers are made of: the same zod that specs are read by.
export { z } from "zod";
export * from "./contents/checks.ts";
export * from "./contents/layers.ts";
export * from "./contents/losses.ts";
export * from "./contents/models.ts";
export * from "./contents/networks.ts";
export * from "./contents/specs.ts";
export { type Mistake, ModelSpecError } from "./read/mistake.ts";
