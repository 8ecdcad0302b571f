/**
 * The formulas of the built-in ops in TeX, which the build of the page turns into MathML. The words of the ops
 * say the same in plain text; ops of one's own have nothing else.
 */
import type { PrimitiveName } from "@adjoint/autograd";

/** An op's formula, and those of its backward rule: one for each input that has a derivative. */
export interface OpFormulas {
  readonly forward: string;
  readonly backward: readonly string[];
}

const comparison = (sign: string): OpFormulas => ({
  forward: `y = \\begin{cases} 1 & a ${sign} b \\\\ 0 & \\text{otherwise} \\end{cases}`,
  backward: [],
});
const flat = (forward: string): OpFormulas => ({ forward, backward: ["\\bar x = 0"] });
const source = (forward: string): OpFormulas => ({ forward, backward: [] });

/** Formulas by op. */
export const texOfOps: { readonly [N in PrimitiveName]?: OpFormulas } = {
  add: { forward: "y = a + b", backward: ["\\bar a = \\bar y", "\\bar b = \\bar y"] },
  sub: { forward: "y = a - b", backward: ["\\bar a = \\bar y", "\\bar b = -\\bar y"] },
  mul: { forward: "y = a \\cdot b", backward: ["\\bar a = \\bar y \\cdot b", "\\bar b = \\bar y \\cdot a"] },
  div: {
    forward: "y = \\frac{a}{b}",
    backward: ["\\bar a = \\frac{\\bar y}{b}", "\\bar b = -\\bar y \\cdot \\frac{y}{b}"],
  },
  neg: { forward: "y = -x", backward: ["\\bar x = -\\bar y"] },
  pow: {
    forward: "y = a^b",
    backward: ["\\bar a = \\bar y \\cdot b\\, a^{b-1}", "\\bar b = \\bar y \\cdot y \\log a"],
  },
  square: { forward: "y = x^2", backward: ["\\bar x = \\bar y \\cdot 2x"] },
  abs: { forward: "y = |x|", backward: ["\\bar x = \\bar y \\cdot \\operatorname{sign} x"] },
  sign: flat("y = \\operatorname{sign} x"),
  signed: {
    forward: "y = g \\cdot \\operatorname{sign} x",
    backward: [
      "\\bar g = \\bar y \\cdot \\operatorname{sign} x",
      "\\bar x = \\begin{cases} \\text{NaN} & x = 0,\\ \\bar y \\neq 0 \\\\ 0 & \\text{otherwise} \\end{cases}",
    ],
  },
  sqrt: { forward: "y = \\sqrt{x}", backward: ["\\bar x = \\frac{\\bar y}{2y}"] },
  exp: { forward: "y = e^x", backward: ["\\bar x = \\bar y \\cdot y"] },
  expm1: { forward: "y = e^x - 1", backward: ["\\bar x = \\bar y \\cdot e^x"] },
  log: { forward: "y = \\log x", backward: ["\\bar x = \\frac{\\bar y}{x}"] },
  log1p: { forward: "y = \\log(1 + x)", backward: ["\\bar x = \\frac{\\bar y}{1 + x}"] },
  log2: { forward: "y = \\log_2 x", backward: ["\\bar x = \\frac{\\bar y}{x \\log 2}"] },
  log10: { forward: "y = \\log_{10} x", backward: ["\\bar x = \\frac{\\bar y}{x \\log 10}"] },
  erf: {
    forward: "y = \\operatorname{erf} x",
    backward: ["\\bar x = \\bar y \\cdot \\frac{2}{\\sqrt{\\pi}} e^{-x^2}"],
  },
  erfc: {
    forward: "y = 1 - \\operatorname{erf} x",
    backward: ["\\bar x = -\\bar y \\cdot \\frac{2}{\\sqrt{\\pi}} e^{-x^2}"],
  },
  normalCdf: {
    forward: "y = \\Phi(x) = \\tfrac{1}{2} \\operatorname{erfc}\\left(-\\frac{x}{\\sqrt{2}}\\right)",
    backward: ["\\bar x = \\bar y \\cdot \\frac{1}{\\sqrt{2\\pi}} e^{-x^2/2}"],
  },
  gaussian: { forward: "y = e^{-c x^2}", backward: ["\\bar x = -\\bar y \\cdot 2c\\,x\\,y"] },
  lgamma: { forward: "y = \\log |\\Gamma(x)|", backward: ["\\bar x = \\bar y \\cdot \\psi(x)"] },
  polygamma: { forward: "y = \\psi_n(x)", backward: ["\\bar x = \\bar y \\cdot \\psi_{n+1}(x)"] },
  sin: { forward: "y = \\sin x", backward: ["\\bar x = \\bar y \\cdot \\cos x"] },
  cos: { forward: "y = \\cos x", backward: ["\\bar x = -\\bar y \\cdot \\sin x"] },
  tan: { forward: "y = \\tan x", backward: ["\\bar x = \\bar y\\,(1 + y^2)"] },
  asin: { forward: "y = \\arcsin x", backward: ["\\bar x = \\frac{\\bar y}{\\sqrt{1 - x^2}}"] },
  acos: { forward: "y = \\arccos x", backward: ["\\bar x = -\\frac{\\bar y}{\\sqrt{1 - x^2}}"] },
  atan: { forward: "y = \\arctan x", backward: ["\\bar x = \\frac{\\bar y}{1 + x^2}"] },
  sinh: { forward: "y = \\sinh x", backward: ["\\bar x = \\bar y \\cdot \\cosh x"] },
  cosh: { forward: "y = \\cosh x", backward: ["\\bar x = \\bar y \\cdot \\sinh x"] },
  tanh: { forward: "y = \\tanh x", backward: ["\\bar x = \\bar y\\,(1 - y^2)"] },
  sech2: { forward: "y = \\frac{1}{\\cosh^2 x}", backward: ["\\bar x = -\\bar y \\cdot 2y \\tanh x"] },
  atan2: {
    forward: "y = \\angle(b, a)",
    backward: ["\\bar a = \\bar y \\cdot \\frac{b}{a^2 + b^2}", "\\bar b = -\\bar y \\cdot \\frac{a}{a^2 + b^2}"],
  },
  floor: flat("y = \\lfloor x \\rfloor"),
  ceil: flat("y = \\lceil x \\rceil"),
  round: flat("y = \\text{$x$ rounded}"),
  remainder: {
    forward: "y = a - b \\left\\lfloor \\frac{a}{b} \\right\\rfloor",
    backward: ["\\bar a = \\bar y", "\\bar b = -\\bar y \\left\\lfloor \\frac{a}{b} \\right\\rfloor"],
  },
  sigmoid: { forward: "y = \\frac{1}{1 + e^{-x}}", backward: ["\\bar x = \\bar y \\cdot y\\,(1 - y)"] },
  relu: {
    forward: "y = \\max(x, 0)",
    backward: ["\\bar x = \\begin{cases} \\bar y & y > 0 \\\\ 0 & \\text{otherwise} \\end{cases}"],
  },
  leakyRelu: {
    forward: "y = \\begin{cases} x & x > 0 \\\\ \\alpha x & \\text{otherwise} \\end{cases}",
    backward: ["\\bar x = \\begin{cases} \\bar y & x > 0 \\\\ \\alpha \\bar y & \\text{otherwise} \\end{cases}"],
  },
  elu: {
    forward: "y = \\begin{cases} x & x > 0 \\\\ \\alpha (e^x - 1) & \\text{otherwise} \\end{cases}",
    backward: [
      "\\bar x = \\begin{cases} \\bar y & x > 0 \\\\ \\bar y \\cdot \\alpha e^x & \\text{otherwise} \\end{cases}",
    ],
  },
  softsign: { forward: "y = \\frac{x}{1 + |x|}", backward: ["\\bar x = \\frac{\\bar y}{(1 + |x|)^2}"] },
  geluGate: {
    forward: "y = \\sigma(2u),\\quad u = \\sqrt{2/\\pi}\\,(x + 0.044715\\,x^3)",
    backward: ["\\bar x = \\bar y \\cdot y\\,(1 - y) \\cdot 2u'"],
  },
  logisticDensity: {
    forward: "y = \\sigma(x)\\,\\sigma(-x)",
    backward: ["\\bar x = -\\bar y \\cdot y \\tanh \\frac{x}{2}"],
  },
  softmax: {
    forward: "y_i = \\frac{e^{x_i}}{\\sum_k e^{x_k}}",
    backward: ["\\bar x_i = y_i\\,\\bigl(\\bar y_i - \\sum_k y_k \\bar y_k\\bigr)"],
  },
  logSoftmax: {
    forward: "y_i = x_i - \\log \\sum_k e^{x_k}",
    backward: ["\\bar x_i = \\bar y_i - \\operatorname{softmax}(x)_i \\sum_k \\bar y_k"],
  },
  logsumexp: {
    forward: "y = \\log \\sum_k e^{x_k}",
    backward: ["\\bar x_i = \\bar y \\cdot \\operatorname{softmax}(x)_i"],
  },
  softplus: { forward: "y = \\log(1 + e^x)", backward: ["\\bar x = \\bar y \\cdot \\sigma(x)"] },
  eq: comparison("="),
  ne: comparison("\\neq"),
  lt: comparison("<"),
  le: comparison("\\le"),
  gt: comparison(">"),
  ge: comparison("\\ge"),
  where: {
    forward: "y = \\begin{cases} a & c \\\\ b & \\text{otherwise} \\end{cases}",
    backward: [
      "\\bar a = \\begin{cases} \\bar y & c \\\\ 0 & \\text{otherwise} \\end{cases}",
      "\\bar b = \\begin{cases} 0 & c \\\\ \\bar y & \\text{otherwise} \\end{cases}",
    ],
  },
  maximum: {
    forward: "y = \\max(a, b)",
    backward: [
      "\\bar a = \\begin{cases} \\bar y & a > b \\\\ \\bar y / 2 & a = b \\\\ 0 & a < b \\end{cases}",
      "\\bar b = \\bar y - \\bar a",
    ],
  },
  minimum: {
    forward: "y = \\min(a, b)",
    backward: [
      "\\bar a = \\begin{cases} \\bar y & a < b \\\\ \\bar y / 2 & a = b \\\\ 0 & a > b \\end{cases}",
      "\\bar b = \\bar y - \\bar a",
    ],
  },
  max: {
    forward: "y = \\max_i x_i",
    backward: [
      "\\bar x_i = \\begin{cases} \\bar y & i = \\text{first } \\arg\\max x \\\\ 0 & \\text{otherwise} \\end{cases}",
    ],
  },
  min: {
    forward: "y = \\min_i x_i",
    backward: [
      "\\bar x_i = \\begin{cases} \\bar y & i = \\text{first } \\arg\\min x \\\\ 0 & \\text{otherwise} \\end{cases}",
    ],
  },
  argmax: source("y = \\arg\\max_i x_i"),
  argmin: source("y = \\arg\\min_i x_i"),
  repeat: { forward: "y_{k,i} = x_i", backward: ["\\bar x_i = \\sum_k \\bar y_{k,i}"] },
  sum: { forward: "y_i = \\sum_k x_{k,i}", backward: ["\\bar x_{k,i} = \\bar y_i"] },
  norm: {
    forward: "y = \\sqrt{\\textstyle\\sum_k x_k^2}",
    backward: ["\\bar x_i = \\begin{cases} \\bar y \\cdot x_i / y & y \\neq 0 \\\\ 0 & y = 0 \\end{cases}"],
  },
  direction: {
    forward: "z = \\begin{cases} g \\cdot x / y & y \\neq 0 \\\\ 0 & y = 0 \\end{cases}",
    backward: [
      "\\bar g = \\bar z \\cdot \\frac{x}{y}",
      "\\bar x = \\bar z \\cdot \\frac{g}{y}",
      "\\bar y = -\\bar z \\cdot \\frac{g\\,x}{y^2}",
    ],
  },
  reshape: {
    forward: "y = \\operatorname{reshape}(x)",
    backward: ["\\bar x = \\operatorname{reshape}^{-1}(\\bar y)"],
  },
  transpose: { forward: "y_{\\pi(i)} = x_i", backward: ["\\bar x_i = \\bar y_{\\pi(i)}"] },
  flip: { forward: "y_i = x_{n-1-i}", backward: ["\\bar x_i = \\bar y_{n-1-i}"] },
  slice: {
    forward: "y_i = x_{s + i t}",
    backward: ["\\bar x_{s + i t} = \\bar y_i,\\quad \\text{0 elsewhere}"],
  },
  padSlice: {
    forward: "y_{s + i t} = x_i,\\quad \\text{0 elsewhere}",
    backward: ["\\bar x_i = \\bar y_{s + i t}"],
  },
  concat: {
    forward: "y = (x_0, x_1, \\dots)",
    backward: ["\\bar x_k = \\text{the part of } \\bar y \\text{ from } x_k"],
  },
  gather: {
    forward: "y_{i,k} = x_{i,\\,I_{i,k}}",
    backward: ["\\bar x_{i,j} = \\sum_{k:\\,I_{i,k} = j} \\bar y_{i,k}"],
  },
  scatterAdd: {
    forward: "y_{i,j} = x_{i,j} + \\sum_{k:\\,I_{i,k} = j} u_{i,k}",
    backward: ["\\bar x = \\bar y", "\\bar u_{i,k} = \\bar y_{i,\\,I_{i,k}}"],
  },
  indexSelect: {
    forward: "y_k = x_{I_k}",
    backward: ["\\bar x_j = \\sum_{k:\\,I_k = j} \\bar y_k"],
  },
  indexAdd: {
    forward: "y_j = x_j + \\sum_{k:\\,I_k = j} u_k",
    backward: ["\\bar x = \\bar y", "\\bar u_k = \\bar y_{I_k}"],
  },
  oneHot: source("y_{i,k} = \\begin{cases} 1 & k = I_i \\\\ 0 & \\text{otherwise} \\end{cases}"),
  im2col: {
    forward: "y_{(n,i,j),(c,p,q)} = x_{n,\\,c,\\,is+p-P,\\,js+q-P}",
    backward: ["\\bar x = \\operatorname{col2im}(\\bar y)"],
  },
  col2im: {
    forward: "y_{n,c,h,w} = \\sum_{\\text{windows over } (h,w)} x_{(n,i,j),(c,p,q)}",
    backward: ["\\bar x = \\operatorname{im2col}(\\bar y)"],
  },
  matmul: {
    forward: "Y = A B",
    backward: ["\\bar A = \\bar Y B^{\\top}", "\\bar B = A^{\\top} \\bar Y"],
  },
  cumsum: { forward: "y_k = \\sum_{j \\le k} x_j", backward: ["\\bar x_k = \\sum_{j \\ge k} \\bar y_j"] },
  argsort: source("y = \\text{the places of $x$ in order}"),
  tril: {
    forward: "y_{i,j} = \\begin{cases} x_{i,j} & j - i \\le k \\\\ 0 & \\text{otherwise} \\end{cases}",
    backward: ["\\bar x = \\operatorname{tril}(\\bar y)"],
  },
  triu: {
    forward: "y_{i,j} = \\begin{cases} x_{i,j} & j - i \\ge k \\\\ 0 & \\text{otherwise} \\end{cases}",
    backward: ["\\bar x = \\operatorname{triu}(\\bar y)"],
  },
  identity: { forward: "y = x", backward: ["\\bar x = \\bar y"] },
  cast: { forward: "y = x", backward: ["\\bar x = \\bar y"] },
  detach: { forward: "y = x", backward: ["\\bar x = 0 \\quad \\text{(cut)}"] },
  randomBernoulli: source("y \\sim \\operatorname{Bernoulli}(p)"),
  randomUniform: source("y \\sim U[0, 1)"),
  randomNormal: source("y \\sim \\mathcal{N}(0, 1)"),
};
