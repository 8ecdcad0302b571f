/**
 * The elementwise kernels as a table, and the TypeScript rendered from it. A loop that calls a function for each
 * element takes four times as long as one that contains the expression, so every kernel gets a loop of its own.
 * To add a kernel, add a row and run `pnpm build:kernels`.
 */
import type { DTypeRule } from "../src/kernels/elementwise/result-dtype.ts";

/** The dtype of the result, its value at one element as an expression, the docstring, and what few kernels need. */
type Row = readonly [dtype: DTypeRule, value: string, doc: string, more?: More];

interface More {
  /** The name of an argument after the tensor, a number that the expression reads. */
  readonly parameter?: string;
  /** The WebAssembly kernels have one of this name. */
  readonly wasm?: true;
  /** Results of this dtype need another expression. */
  readonly except?: readonly [dtype: "int32" | "bool", value: string];
}

/** Kernels of one tensor; `x` is its element. */
const unary: Readonly<Record<string, Row>> = {
  neg: ["counted", "-x", "y = −x.", { wasm: true }],
  abs: ["counted", "Math.abs(x)", "y = |x|.", { wasm: true }],
  sign: ["counted", "Math.sign(x)", "y = −1, 0 or 1 by the sign of x."],
  square: ["counted", "x * x", "y = x².", { wasm: true, except: ["int32", "Math.imul(x, x)"] }],
  sqrt: ["real", "Math.sqrt(x)", "y = √x; NaN for x < 0.", { wasm: true }],
  exp: ["real", "Math.exp(x)", "y = eˣ.", { wasm: true }],
  expm1: ["real", "Math.expm1(x)", "y = eˣ − 1, exact for small x."],
  log: ["real", "Math.log(x)", "y = log x; −∞ at 0, NaN below.", { wasm: true }],
  log2: ["real", "Math.log2(x)", "y = log₂ x, exact at powers of 2; −∞ at 0, NaN below."],
  log10: ["real", "Math.log10(x)", "y = log₁₀ x, exact at powers of 10; −∞ at 0, NaN below."],
  log1p: ["real", "Math.log1p(x)", "y = log(1 + x), exact for small x."],
  sin: ["real", "Math.sin(x)", "y = sin x, x in radians."],
  cos: ["real", "Math.cos(x)", "y = cos x, x in radians."],
  tan: ["real", "Math.tan(x)", "y = tan x, x in radians."],
  asin: ["real", "Math.asin(x)", "y = arcsin x in [−π/2, π/2]; NaN outside of [−1, 1]."],
  acos: ["real", "Math.acos(x)", "y = arccos x in [0, π]; NaN outside of [−1, 1]."],
  atan: ["real", "Math.atan(x)", "y = arctan x in [−π/2, π/2]."],
  sinh: ["real", "Math.sinh(x)", "y = sinh x."],
  cosh: ["real", "Math.cosh(x)", "y = cosh x."],
  tanh: ["real", "Math.tanh(x)", "y = tanh x.", { wasm: true }],
  floor: ["counted", "Math.floor(x)", "The largest integer that is not above x."],
  ceil: ["counted", "Math.ceil(x)", "The smallest integer that is not below x."],
  round: ["counted", "toEven(x)", "The nearest integer; halves go to the even one, as in NumPy."],
  relu: ["same", "Math.max(x, 0)", "y = max(x, 0); NaN stays.", { wasm: true }],
  leakyRelu: ["real", "x > 0 ? x : slope * x", "y = x for x > 0, slope · x below.", { parameter: "slope" }],
  elu: [
    "real",
    "x > 0 ? x : alpha * Math.expm1(x)",
    "y = x for x > 0, alpha · (eˣ − 1) below.",
    { parameter: "alpha" },
  ],
  softplus: ["real", "Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))", "y = log(1 + eˣ), without overflow."],
  softsign: ["real", "x / (1 + Math.abs(x))", "y = x / (1 + |x|)."],
  sigmoid: ["real", "logistic(x)", "y = 1 / (1 + e⁻ˣ).", { wasm: true }],
  logisticDensity: ["real", "logisticDensityOf(x)", "y = σ(x) σ(−x).", { wasm: true }],
  sech2: ["real", "squaredSech(x)", "y = 1 / cosh² x.", { wasm: true }],
  geluGate: ["real", "geluGateOf(x)", "y = σ(2u), u = √(2/π) (x + 0.044715 x³)."],
  erf: ["real", "errorFunction(x)", "y = erf x = 2/√π ∫₀ˣ e^(−t²) dt."],
  erfc: ["real", "complementaryErrorFunction(x)", "y = erfc x = 1 − erf x."],
  normalCdf: ["real", "normalDistribution(x)", "y = Φ(x) = erfc(−x/√2) / 2."],
  gaussian: ["real", "gaussianOf(x, c)", "y = e^(−c x²), c = 1 or ½.", { parameter: "c" }],
  lgamma: ["real", "logGamma(x)", "y = log |Γ(x)|."],
  polygamma: ["real", "polygammaOf(n, x)", "y = ψₙ(x), the derivative n + 1 of log Γ.", { parameter: "n" }],
  logicalNot: ["bool", "x === 0 ? 1 : 0", "Whether each element is 0 (or false): bool."],
};

/** Kernels of two tensors, which broadcast; `a` and `b` are their elements. */
const binary: Readonly<Record<string, Row>> = {
  add: ["same", "a + b", "y = a + b; of truth values, a or b.", { wasm: true, except: ["bool", "Math.max(a, b)"] }],
  sub: ["counted", "a - b", "y = a − b.", { wasm: true }],
  mul: ["same", "a * b", "y = a · b.", { wasm: true, except: ["int32", "Math.imul(a, b)"] }],
  div: ["real", "a / b", "y = a / b; integers divide to float64, division by 0 gives ±∞ or NaN.", { wasm: true }],
  pow: [
    "counted",
    "a ** b",
    `y = a^b. Integers to whole powers are exact modulo 2³².
 * @throws DTypeError for a negative power of integers`,
    { wasm: true, except: ["int32", "integerPower(a, b)"] },
  ],
  remainder: [
    "counted",
    "remainderOf(a, b)",
    `What is left of a divided by b, with the sign of b, as in Python; NaN for b = 0.
 * @throws DTypeError for integers divided by 0`,
    { except: ["int32", "integerRemainder(a, b)"] },
  ],
  atan2: ["real", "Math.atan2(a, b)", "The angle of the point (b, a) in (−π, π]; integers give float64."],
  maximum: ["same", "Math.max(a, b)", "y = max(a, b); NaN if one is."],
  minimum: ["same", "Math.min(a, b)", "y = min(a, b); NaN if one is."],
  eq: ["bool", "a === b ? 1 : 0", "a = b, elementwise with broadcasting: bool."],
  ne: ["bool", "a !== b ? 1 : 0", "a ≠ b, elementwise with broadcasting: bool."],
  lt: ["bool", "a < b ? 1 : 0", "a < b, elementwise with broadcasting: bool."],
  le: ["bool", "a <= b ? 1 : 0", "a ≤ b, elementwise with broadcasting: bool."],
  gt: ["bool", "a > b ? 1 : 0", "a > b, elementwise with broadcasting: bool.", { wasm: true }],
  ge: ["bool", "a >= b ? 1 : 0", "a ≥ b, elementwise with broadcasting: bool."],
};

/** The modules with the functions that the expressions call; paths start at the rendered file. */
const modules = [
  "./scalars.ts",
  "../special/error-function.ts",
  "../special/exponential.ts",
  "../special/gamma.ts",
  "../special/logistic.ts",
];

/** The rendered file. */
export const elementwiseFile = new URL("../src/kernels/elementwise/elementwise.generated.ts", import.meta.url);

/**
 * Loops over a plane; src/kernels/elementwise/singles.ts and pairs.ts describe them. The expression reads an element
 * from its array unless it needs it twice: a constant for the element makes some loops 15 % slower.
 */
const loops = {
  unary: (
    value: string,
    parameter?: string,
  ) => `UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep${parameter ? `, ${parameter}` : ""}) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) ${
      value.match(/\bx\b/g)?.length === 1
        ? `out[o++] = ${value.replace(/\bx\b/, "xs[p]")};`
        : `{ const x = xs[p]; out[o++] = ${value}; }`
    }
  }
};`,
  binary: (value: string) => `BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = ${value
      .replace(/\ba\b/, "as[p]")
      .replace(/\bb\b/, "bs[q]")};
  }
};`,
};

function renderKernel(arity: keyof typeof loops, name: string, [dtype, value, doc, more = {}]: Row): string {
  const { parameter, wasm, except } = more;
  const [parameters, apply] =
    arity === "unary"
      ? [`x: Tensor${parameter ? `, ${parameter}: number` : ""}`, "applySingle(x"]
      : ["a: Operand, b: Operand", `applyPair("${name}", a, b`];
  const call = [apply, `"${dtype}"`, `${name}Loop`, wasm && (arity === "unary" ? `"${name}"` : "true")];
  if (arity === "unary") call.push(parameter);
  if (except) call.push(`"${except[0]}"`, `${name}Exception`);
  while (call.at(-1) === undefined) call.pop();
  const bool = dtype === "bool" ? '<"bool">' : "";
  return `
const ${name}Loop: ${loops[arity](value, parameter)}
${except ? `const ${name}Exception: ${loops[arity](except[1])}\n` : ""}/** ${doc} */
export function ${name}(${parameters}): Tensor${bool} {
  return ${call.map(String).join(", ")})${bool && ' as unknown as Tensor<"bool">'};
}
`;
}

/** The rendered file as text. */
export async function renderElementwise(): Promise<string> {
  const kernels = [
    ...Object.entries(unary).map(([name, row]) => renderKernel("unary", name, row)),
    ...Object.entries(binary).map(([name, row]) => renderKernel("binary", name, row)),
  ].join("");
  const imports = modules.map(async (file) => {
    const exported = Object.keys(await import(new URL(file, elementwiseFile).href)).sort();
    const called = exported.filter((name) => new RegExp(`\\b${name}\\(`).test(kernels));
    return `import { ${called.join(", ")} } from "${file}";\n`;
  });
  return `/** Rendered by scripts/elementwise-kernels.ts from the table in it; do not edit. */
import type { Tensor } from "../../tensor.ts";
${(await Promise.all(imports)).join("")}import type { Operand } from "./operands.ts";
import { applyPair, type BinaryLoop } from "./pairs.ts";
import { applySingle, type UnaryLoop } from "./singles.ts";
${kernels}`;
}
