/**
 * Why h = 1e-4? The error of numerical derivatives against the step, for one-sided and central differences in float64
 * and float32, beside Ridders' extrapolation, which chooses its steps itself and says how far it may be off.
 *
 * Deep Learning from Scratch, 4.3.1; the error model: truncation h^p · |f⁽ᵖ⁺¹⁾|/(p + 1)! plus rounding ε · |f| / h.
 */
import { exp, kernels, lineChart, mul, renderTable, ridders, sin, type Tensor, tensor } from "adjoint";
import { outputFolder, right, save } from "../output.ts";

/** f(x) = eˣ sin x at x = 1, and its derivative eˣ (sin x + cos x). */
const at = 1;
const exact = Math.E * (Math.sin(at) + Math.cos(at));
const f = (x: Tensor): number => Number(mul(exp(x), sin(x)).item());

type DType = "float32" | "float64";

/** f where x is stored in `dtype`, and computed in it. */
const valueIn =
  (dtype: DType) =>
  (t: number): number =>
    f(kernels.add(tensor(at, { dtype }), t));

const methods: readonly { readonly name: string; readonly dtype: DType; readonly difference: Difference }[] = [
  { name: "one-sided, float64", dtype: "float64", difference: (g, h) => (g(h) - g(0)) / h },
  { name: "central, float64", dtype: "float64", difference: (g, h) => (g(h) - g(-h)) / (2 * h) },
  { name: "one-sided, float32", dtype: "float32", difference: (g, h) => (g(h) - g(0)) / h },
  { name: "central, float32", dtype: "float32", difference: (g, h) => (g(h) - g(-h)) / (2 * h) },
];

type Difference = (g: (t: number) => number, h: number) => number;

/** Four steps in each power of ten, from 1 to 1e-14. */
const exponents = Array.from({ length: 57 }, (_, i) => -i / 4);

/** The error at one step, as far as the plot goes down. */
function errorOf(difference: Difference, dtype: DType, h: number): number {
  return Math.max(Math.abs(difference(valueIn(dtype), h) - exact), 1e-16);
}

const curves = methods.map(({ name, dtype, difference }) => ({
  name,
  errors: exponents.map((e) => errorOf(difference, dtype, 10 ** e)),
  atBook: errorOf(difference, dtype, 1e-4),
}));

const extrapolated = (["float64", "float32"] as const).map((dtype) => {
  const epsilon = dtype === "float64" ? 2 ** -52 : 2 ** -23;
  const { value, error } = ridders(valueIn(dtype), 0.05, 4 * epsilon * Math.abs(f(tensor(at, { dtype: "float64" }))));
  return { name: `Ridders, ${dtype}`, error: Math.abs(value - exact), estimate: error };
});

const scientific = (x: number): string => x.toExponential(1);
const best = (errors: readonly number[]): number => errors.indexOf(Math.min(...errors));
console.log(`The derivative of eˣ sin x at 1 is ${exact.toFixed(6)}. Errors:\n`);
console.log(
  renderTable(
    ["method", ...["at h = 1e-4", "at its best", "with h", "its own estimate"].map(right)],
    [
      ...curves.map(({ name, errors, atBook }) => [
        name,
        scientific(atBook),
        scientific(errors[best(errors)]),
        scientific(10 ** exponents[best(errors)]),
        "none",
      ]),
      ...extrapolated.map(({ name, error, estimate }) => [name, "", scientific(error), "chosen", scientific(estimate)]),
    ],
  ),
);

console.log();
save(
  outputFolder(import.meta.url),
  "step-size.svg",
  await lineChart({
    title: "Error of numerical derivatives of eˣ sin x at 1",
    xLabel: "log₁₀ of the step h (the book's is −4)",
    yLabel: "log₁₀ of the error",
    yRange: [-16, 2],
    width: 960,
    series: [
      ...curves.map(({ name, errors }) => ({
        name,
        markers: false,
        points: errors.map((error, i) => [exponents[i], Math.log10(error)] as const),
      })),
      ...extrapolated.map(({ name, error }) => ({
        name,
        markers: false,
        points: [-14, 0].map((x) => [x, Math.log10(Math.max(error, 1e-16))] as const),
      })),
    ],
  }),
);
