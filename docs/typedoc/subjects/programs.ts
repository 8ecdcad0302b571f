/**
 * Programs are functions as graphs, with all that they read and change outside of themselves as states. `compile` makes a
 * function run as a program; `trace` gives the program alone. Import the names of this page from `adjoint`.
 *
 * @module Programs
 */
export * from "../../../packages/compiler/src/index.ts";
