/** Every op with a row by way of an ONNX file: the same bits come back. Compositions come back as what they are in other ops. */
import type { PrimitiveName } from "@adjoint/autograd";
import { describe, expect, it } from "vitest";
import { changed } from "../../../testing/there-and-back.ts";
import { lowerings } from "../../out/ops/all.ts";

/** Ops that come back as others, whose results are rounded otherwise. */
const others: Readonly<Partial<Record<PrimitiveName, string>>> = {
  tan: "in float64 the quotient of sine and cosine",
  col2im: "sums of slices, in another order",
};
const names = (Object.keys(lowerings) as PrimitiveName[]).filter((name) => others[name] === undefined);

describe.each(["float32", "float64", "int32", "bool"] as const)("%s", (dtype) => {
  it.each(names)("%s comes back from a file with the same bits", (name) => {
    expect(changed(name, dtype, 30, 1).found).toEqual([]);
  });
});
