/**
 * The laws that every built-in op keeps, as properties for ops of your own.
 *
 * [custom-ops.md](../custom-ops.md) uses them. They need fast-check. Import the names of this page from
 * `adjoint/testing`.
 *
 * @module Laws of ops
 */
export * from "adjoint/testing";
