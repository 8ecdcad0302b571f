/** The contents of @adjoint/optim: names only. */
export * from "./optimizers.ts";
export * from "./training.ts";
