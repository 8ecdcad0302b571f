/** Functions that files spell out: those of toOnnx come back as the ops they were, and so do those of PyTorch. */
import { erfc, expm1, gelu, log1p, logSigmoid, type PrimitiveName, type Variable } from "@adjoint/autograd";
import { apply, ops } from "@adjoint/autograd/internal";
import { broadcastShapes } from "@adjoint/tensor";
import type { Emitter, OnnxValue } from "../../out/emitter.ts";
import type { Lowering } from "../../out/lowering.ts";
import { lowerings } from "../../out/ops/all.ts";
import type { Template } from "./templates.ts";

/** Slopes and the like, which may be any number. */
const open = 0.123456789;

/** The ops whose spelling is looked for, with what they are written for. Larger ones come first where they contain others. */
export const spelled: readonly (readonly [
  op: PrimitiveName,
  inputs: number,
  attributes?: Readonly<Record<string, number>>,
])[] = [
  ["elu", 1, { alpha: open }],
  ["leakyRelu", 1, { slope: open }],
  ["atan2", 2],
  ["remainder", 2],
  ["direction", 3],
  ["normalCdf", 1],
  ["geluGate", 1],
  ["erfc", 1],
  ["gaussian", 1, { c: 0.5 }],
  ["gaussian", 1, { c: 1 }],
  ["sech2", 1],
  ["logisticDensity", 1],
  ["log1p", 1],
  ["expm1", 1],
  ["log2", 1],
  ["log10", 1],
  ["cosh", 1],
];

/** What toOnnx writes. */
export const ownFunctions: readonly Template[] = spelled.flatMap(([op, count, attributes = {}]) =>
  (["float32", "float64", "int32"] as const).map((dtype): Template => {
    const [free] = Object.entries(attributes).flatMap(([name, value]) => (value === open ? [name] : []));
    return {
      inputs: Array.from({ length: count }, () => dtype),
      open: new Map(free === undefined ? [] : [[open, free]]),
      write: (out, inputs) =>
        (lowerings[op] as Lowering).lower(out, inputs, { attributes: attributes as never, shape: [2], dtype }),
      compute(xs, numbers) {
        // Elementwise ops are written without the repetitions of what they read.
        const shape = xs.map((x) => x.shape).reduce((a, b) => broadcastShapes("fromOnnx", a, b));
        const whole = xs.map((x) => x.broadcastTo(shape));
        return apply(ops.primitives[op] as never, whole, { ...attributes, ...numbers } as never);
      },
    };
  }),
);

/** A function of PyTorch, by one of its spellings. */
const spelling = (compute: (x: Variable) => Variable, write: (out: Emitter, x: OnnxValue) => OnnxValue): Template => ({
  inputs: ["float64"],
  isLoose: true,
  write: (out, [x]) => write(out, x),
  compute: ([x]) => compute(x),
});

const by = (out: Emitter, op: string, x: OnnxValue, c: number): OnnxValue => out.map(op, [x, c]);
const times = (out: Emitter, x: OnnxValue, y: OnnxValue): OnnxValue => out.map("Mul", [x, y]);

/** x (1 + e) / 2 with its factors in any order. */
const halves: readonly ((out: Emitter, x: OnnxValue, e: OnnxValue) => OnnxValue)[] = [
  (out, x, e) => times(out, x, by(out, "Mul", by(out, "Add", e, 1), 0.5)),
  (out, x, e) => by(out, "Mul", times(out, x, by(out, "Add", e, 1)), 0.5),
  (out, x, e) => times(out, by(out, "Mul", x, 0.5), by(out, "Add", e, 1)),
];

const errors: readonly ((out: Emitter, x: OnnxValue) => OnnxValue)[] = [
  (out, x) => out.map("Erf", [by(out, "Div", x, Math.SQRT2)]),
  (out, x) => out.map("Erf", [by(out, "Mul", x, Math.SQRT1_2)]),
];

const cubes: readonly ((out: Emitter, x: OnnxValue) => OnnxValue)[] = [
  (out, x) => by(out, "Pow", x, 3),
  (out, x) => times(out, x, times(out, x, x)),
];

/** tanh(√(2/π) (x + 0.044715 x³)). */
const bent = (out: Emitter, x: OnnxValue, cube: OnnxValue): OnnxValue => {
  const sum = out.map("Add", [x, by(out, "Mul", cube, 0.044715)]);
  return out.map("Tanh", [by(out, "Mul", sum, Math.sqrt(2 / Math.PI))]);
};

/** What PyTorch's exporters write. In files of toOnnx these are what somebody wrote out. */
export const torchFunctions: readonly Template[] = [
  ...halves.flatMap((half) => [
    ...errors.map((erf) => spelling(gelu, (out, x) => half(out, x, erf(out, x)))),
    ...cubes.map((cube) =>
      spelling(
        (x) => x.gelu({ approximate: "tanh" }),
        (out, x) => half(out, x, bent(out, x, cube(out, x))),
      ),
    ),
  ]),
  ...errors.map((erf) =>
    spelling(
      (x) => apply(ops.primitives.normalCdf as never, [x], {} as never),
      (out, x) => by(out, "Mul", by(out, "Add", erf(out, x), 1), 0.5),
    ),
  ),
  spelling(logSigmoid, (out, x) => out.map("Log", [out.map("Sigmoid", [x])])),
  spelling(log1p, (out, x) => out.map("Log", [by(out, "Add", x, 1)])),
  spelling(expm1, (out, x) => by(out, "Sub", out.map("Exp", [x]), 1)),
  spelling(erfc, (out, x) => out.map("Sub", [1, out.map("Erf", [x])])),
];
