// Errors: names only.
export { stamp } from "../brand.ts";
export { checkKind, numbersHint } from "../checks.ts";
export { refuseOtherCopy } from "../copies.ts";
export {
  AdjointError,
  calledAs,
  DataError,
  DTypeError,
  type ErrorFields,
  GraphError,
  IndexError,
  noOperators,
  ShapeError,
  SpecError,
} from "../errors.ts";
export { isPlain } from "../options.ts";
export { printable, printableLine, withoutUnprintable } from "../printable.ts";
export { formatSpec, isPromise, kindOf, shown } from "../shown.ts";
