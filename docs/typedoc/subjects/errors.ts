/**
 * Every error that Adjoint throws on purpose is an `AdjointError`: fields for programs, and a sentence for people.
 * Import the names of this page from `adjoint`, and `ErrorFields` and the helpers of packages from `@adjoint/tensor`.
 *
 * @module Errors
 */

export {
  calledAs,
  checkKind,
  type ErrorFields,
  formatSpec,
  isPlain,
  isPromise,
  kindOf,
  noOperators,
  numbersHint,
  printable,
  printableLine,
  refuseOtherCopy,
  shown,
  stamp,
  withoutUnprintable,
} from "@adjoint/tensor";
export {
  AdjointError,
  DataError,
  DTypeError,
  GraphError,
  IndexError,
  type Mistake,
  ModelSpecError,
  ShapeError,
  SpecError,
} from "adjoint";
