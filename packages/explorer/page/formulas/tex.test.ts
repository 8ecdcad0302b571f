import { primitives } from "@adjoint/autograd";
import { describe, expect, it } from "vitest";
import { wordsOfOps } from "./render.ts";
import { texOf, texOfRules } from "./tex.ts";

describe("formulas", () => {
  it("become TeX: fractions, roots, what is above and below the line, functions, words", () => {
    expect(texOf("y = e^(−x²/2) / √(2π)")).toBe("y = \\frac{e^{- \\frac{x^{2}}{2}}}{\\sqrt{2 \\pi}}");
    expect(texOf("y = 1 / cosh² x")).toBe("y = \\frac{1}{\\cosh^{2} x}");
    expect(texOf("y[i, k] = x[i, index[i, k]]")).toBe("y_{i , k} = x_{i , \\mathit{index}_{i , k}}");
    expect(texOf("yₖ = eˣ / Σ eˣ along the axis")).toBe("y_{k} = \\frac{e^{x}}{\\sum e^{x}} \\text{ along the axis }");
  });

  it("show choices as cases", () => {
    const relu = "\\begin{cases} x & x > 0 \\\\ 0 & \\text{otherwise} \\end{cases}";
    expect(texOf("y = x where x > 0, else 0")).toBe(`y = ${relu}`);
    expect(texOf("y = x > 0 ? x : 0")).toBe(`y = ${relu}`);
  });

  it("have a rule for each input, and none without a derivative", () => {
    expect(texOfRules("ā = ȳ, b̄ = −ȳ")).toEqual(["\\partial a = \\partial y", "\\partial b = - \\partial y"]);
    // What stands beside a gradient is its factor, not what it is the gradient of.
    expect(texOfRules("Ā = Ȳ Bᵀ")).toEqual(["\\partial A = \\partial Y \\cdot B^{T}"]);
    expect(texOfRules("x̄ = ȳ (1 − y)")).toEqual(["\\partial x = \\partial y \\cdot (1 - y)"]);
    expect(texOfRules("x̄ = ȳ, ū[i, k] = ȳ[i, k]")).toHaveLength(2);
    expect(texOfRules("no derivative")).toEqual([]);
  });

  it("are there for every op, as MathML", () => {
    const words = wordsOfOps();
    expect(Object.keys(words).sort()).toEqual(Object.keys(primitives).sort());
    for (const { forward, backward, words: said } of Object.values(words)) {
      expect(forward).toMatch(/^<math.*<\/math>$/s);
      // A bar would read as a mean.
      expect([forward, ...backward, said].join().normalize("NFD")).not.toMatch(/[\u0304\u00af]|<mover>/);
    }
  });
});
