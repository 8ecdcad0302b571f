/**
 * Modes hold while a function runs: what the graph records, which scope new nodes belong to, and whether every result
 * is checked for NaN. Where values are not at hand, inside vmap and compiled functions, `checkValue` looks at them later. Import the names of this page from `adjoint`.
 *
 * @module Modes
 */
export { checkValue, detectAnomaly, heldValue, noGrad, recordAll, scope, withoutTrace } from "adjoint";
