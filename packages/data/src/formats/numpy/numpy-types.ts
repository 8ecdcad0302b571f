/** The element types of NumPy that become those of a tensor. */

/** NumPy's kinds and sizes that a tensor holds, and the names that `fileElements` has for them. */
export const numpyTypes: ReadonlyMap<string, string> = new Map([
  ["b1", "BOOL"],
  ["?", "BOOL"],
  ["i1", "I8"],
  ["i2", "I16"],
  ["i4", "I32"],
  ["i8", "I64"],
  ["u1", "U8"],
  ["u2", "U16"],
  ["u4", "U32"],
  ["u8", "U64"],
  ["f2", "F16"],
  ["f4", "F32"],
  ["f8", "F64"],
]);
