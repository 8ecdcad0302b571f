/** The laws of ops as properties, and the fast-check arbitraries they are tried on: needs fast-check. */
export * from "@adjoint/gradcheck/testing";
