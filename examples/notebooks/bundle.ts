/** All of Adjoint as one module, for notebooks that import from a file or an address. */
export * from "adjoint";
