/**
 * A model is data: read a spec, build it, print it, save it with its weights, load it again, or define a layer that
 * specs can name.
 *
 * [models.md](../models.md) explains the format. Import the names of this page from `adjoint`.
 *
 * @module Models as data
 */
export * from "../../../packages/nn/src/contents/models.ts";
