/**
 * Modes hold while a function runs: what the graph records, which scope new nodes belong to, and whether every result
 * is checked for NaN. Import the names of this page from `adjoint`.
 *
 * @module Modes
 */
export { detectAnomaly, noGrad, recordAll, scope, withoutTrace } from "adjoint";
