/**
 * Models and programs elsewhere: files that other programs run, and models from elsewhere. Import the names of this page from
 * `adjoint`.
 *
 * @module Other programs
 */
export * from "@adjoint/exchange";
