/**
 * Whether certainties mean what they say: mistakes of known kinds in the rule of every op, at random inputs, and how
 * often the first guess is right among those that are said with a certainty.
 */
import { div, flip, lt, mul, neg, primitives, roll, type Variable, where } from "@adjoint/autograd";
import { apply, ruleOf } from "@adjoint/autograd/internal";
import { isFloat, kernels, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { gradcheck } from "../gradcheck.ts";
import type { DiagnosisKind } from "../report/report.ts";
import { samples } from "../testing/samples.ts";
import { type Context, wrongRule } from "./wrong-rule.ts";

/** What a mistake makes of the right gradient g of x. */
type Spoil = (g: Variable, context: Context, input: number) => Variable;

/** Whether an input has entries of both sorts, for a mask that spares some. */
const hasBoth =
  (holds: (x: number) => boolean) =>
  (x: Tensor): boolean =>
    new Set(Array.from(kernels.contiguous(x).data, (v) => holds(Number(v)))).size > 1;

/** Mistakes, and where each is what it is called. */
const spoils: readonly (readonly [kind: DiagnosisKind, spoil: Spoil | null, on?: (x: Tensor) => boolean])[] = [
  ["sign", (g) => neg(g)],
  ["scale", (g) => mul(g, 2)],
  ["scale", (g) => mul(g, 0.7)],
  ["factor", (g, { inputs }, i) => mul(g, inputs[i])],
  ["factor", (g, { inputs }, i) => div(g, inputs[i]), (x) => !kernels.contiguous(x).data.includes(0 as never)],
  ["masked", (g, { inputs }, i) => where(lt(inputs[i], 0), 0, g), hasBoth((x) => x < 0)],
  ["masked", (g, { inputs }, i) => where(lt(inputs[i], 1), g, neg(g)), hasBoth((x) => x < 1)],
  ["permuted", (g) => flip(g, { axis: 0 }), (x) => x.ndim > 0],
  ["shifted", (g) => roll(g, 1, { axis: -1 }), ({ shape }) => (shape.at(-1) ?? 0) > 2],
  ["detached", null],
];

/** A first guess: how sure it was, and whether it was right. */
export interface Guess {
  readonly certainty: number;
  readonly right: boolean;
  /** For people. */
  readonly text: string;
}

/** The first guesses for each mistake in each op, at `count` samples. */
export function guessesOf(count: number, seed: number): Guess[] {
  const found: Guess[] = [];
  for (const [i, [name, arbitrary]] of Object.entries(samples).entries()) {
    const definition = primitives[name as keyof typeof primitives];
    for (const { inputs, attributes } of fc.sample(arbitrary, { numRuns: count, seed: seed + i })) {
      const input = inputs.findIndex(
        ({ dtype, size }, i) => isFloat(dtype) && size > 0 && ruleOf(definition, i) !== null,
      );
      if (input < 0 || !isFloat(definition.infer(inputs, attributes as never).dtype)) continue;
      for (const [kind, spoil, isOn = () => true] of spoils) {
        if (!isOn(inputs[input])) continue;
        const rule = spoil === null ? null : (c: Context, right: (c: Context) => Variable) => spoil(right(c), c, input);
        const wrong = wrongRule({ definition, input, attributes }, "", kind, inputs, rule);
        const report = gradcheck((...xs) => apply(wrong.definition, xs, attributes as never), inputs);
        const first = report.inputs.find(({ ok }) => !ok)?.diagnoses[0];
        if (first === undefined) continue;
        const text = `${name} of ${inputs.map(({ shape }) => `[${shape}]`).join(", ")}, ${kind}: ${first.kind} ${first.certainty}, ${first.text}`;
        found.push({ certainty: first.certainty, right: first.kind === kind, text });
      }
    }
  }
  return found;
}
