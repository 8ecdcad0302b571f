import { constant, matmul } from "@adjoint/autograd";
import { tensor } from "@adjoint/tensor";
import { decoded } from "@adjoint/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../../../compile.ts";
import { fuse, hasRelaxedSimd } from "./fused.ts";
import { library } from "./library.generated.ts";

describe("products that are added with one rounding", () => {
  it("are all that kernels/tile.ts has, and are found once", () => {
    const bytes = decoded(library);
    // Tiles of 8 sums: of float32 from rows in runs, packed, packed for panels side by side, or dense, the last two columns, the
    // last four, and of float64.
    expect(fuse(bytes)).toBe(7 * 8);
    expect(fuse(bytes)).toBe(0);
  });

  it("are rounded twice where exact says so, the same on every platform", () => {
    // (1 + 2^-12)² − (1 + 2^-11) is 2^-24; the square rounds to 1 + 2^-11 in float32.
    const a = constant(tensor([[1 + 2 ** -11, 1 + 2 ** -12]]));
    const b = constant(tensor([[-1], [1 + 2 ** -12]]));
    const product = (options: object): number => compile(matmul, { engine: "wasm", ...options })(a, b).item();
    expect(product({ exact: true })).toBe(0);
    expect(hasRelaxedSimd() ? [0, 2 ** -24] : [0]).toContain(product({}));
  });
});
