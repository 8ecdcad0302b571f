/** What CONTRIBUTING says of adding things, as edits: an op, an optimizer, a command, a kind of layer, a loss. */

/** One step of a recipe: text that is put into a file. */
export interface Step {
  readonly what: string;
  readonly file: string;
  /** The text after which it goes, or before which; a new file without one. */
  readonly after?: string;
  readonly before?: string;
  readonly text: string;
  /** What errors have to name where it is forgotten. Default: the name of what is added. */
  readonly names?: string;
  /** The step that it is for; without that one nothing is left of it. */
  readonly for?: string;
}

/** Something that is added, and what tells that a step was forgotten. */
export interface Recipe {
  readonly what: string;
  /** The name that errors about a forgotten step have to name. */
  readonly name: string;
  readonly steps: readonly Step[];
  /** The tests that go over every one of its kind. */
  readonly tests: readonly string[];
  /** A program that uses it. */
  readonly program: string;
}

/** The steps that put something into a list: its import and its place, each after another one's. */
const inList = (file: string, imports: readonly [string, string], places: readonly [string, string]): Step[] => [
  { what: "its import", file, after: imports[0], text: imports[1] },
  { what: "its place in the list", file, after: places[0], text: places[1] },
];

export const recipes: readonly Recipe[] = [
  {
    what: "an op",
    name: "logcosh",
    steps: [
      {
        what: "the op in the file of its family",
        file: "packages/autograd/src/ops/activation.ts",
        before: "const activations = {",
        text: `/** y = log cosh x, elementwise: log(1 + (eˣ − 1)² / 2eˣ), which keeps its digits near 0. */
export const logcosh: UnaryOp = defineOp({
  ...real("logcosh", (x) => {
    const e = kernels.exp(x);
    return kernels.log1p(kernels.div(kernels.square(kernels.expm1(x)), kernels.add(e, e)));
  }),
  backward: [({ grad, inputs: [x] }) => mul(grad, tanh(x))],
  saves: "inputs",
  // y = log cosh x ⇒ x̄ = ȳ · tanh x
  // The gradient is multiplied with tanh x.
});

`,
      },
      {
        what: "its name in the list of the family",
        file: "packages/autograd/src/ops/activation.ts",
        after: "const activations = { ",
        text: "logcosh, ",
      },
      {
        what: "its samples",
        file: "packages/gradcheck/src/testing/samples/elementwise.ts",
        after: "export const elementwiseSamples = {\n",
        text: "  logcosh: unary(),\n",
      },
      {
        what: "its composition",
        file: "packages/autograd/src/ops/activation.ts",
        after: "kernels.add(e, e)));\n  }),\n",
        text: "  composed: ([x]) => log1p(div(square(expm1(x)), mul(exp(x), 2))),\n",
      },
      {
        what: "the imports of its composition",
        file: "packages/autograd/src/ops/activation.ts",
        after: "import { abs, exp, ",
        text: "expm1, log1p, ",
        names: "expm1",
        for: "its composition",
      },
    ],
    tests: [
      "packages/exchange/src/compositions.test.ts",
      "packages/exchange/src/onnx/out/ops/all.property.test.ts",
      "packages/exchange/src/jax/ops.test.ts",
      "packages/gradcheck/src/testing/ops/laws.property.test.ts",
      "packages/gradcheck/src/testing/ops/public-ops.property.test.ts",
      "packages/gradcheck/src/testing/ops/mutants.test.ts",
    ],
    program: `import { grad, logcosh, variable } from "./packages/adjoint/src/index.ts";
const slope = grad((x) => logcosh(x).add(x.logcosh()))(variable(1)).item();
if (Math.abs(slope - 2 * Math.tanh(1)) > 1e-6) throw new Error(String(slope));`,
  },
  {
    what: "an optimizer",
    name: "signum",
    steps: [
      {
        what: "its file",
        file: "packages/optim/src/rules/signum.ts",
        text: `/**
 * Signum: the sign of a momentum.
 */
import { add, mul, sign, sub } from "@adjoint/autograd";
import { Optimizer, type OptimizerArguments } from "../optimizer/optimizer.ts";
import { type CommonHyperparameters, fraction, rate, type UpdateRule } from "../optimizer/rule.ts";

/** Hyper-parameters of {@link Signum}. */
export interface SignumHyperparameters extends CommonHyperparameters {
  /** Share of the momentum that a step keeps, 0 ≤ momentum < 1. Default 0.9. */
  readonly momentum: number;
}

const rule: UpdateRule<SignumHyperparameters, "m"> = {
  name: "Signum",
  hyperparameters: { lr: rate(0.0001), momentum: fraction(0.9), weightDecay: rate(0) },
  slots: () => ["m"],
  update(p, grad, { m: old }, { lr, momentum }) {
    const m = add(mul(old, momentum), mul(grad, 1 - momentum));
    return { p: sub(p, mul(sign(m), lr)), m };
  },
};

/** Signum: m ← μ·m + (1 − μ)·g, p ← p − lr·sign(m). Source: J. Bernstein et al. 2018. */
export class Signum extends Optimizer<SignumHyperparameters> {
  constructor(...args: OptimizerArguments<SignumHyperparameters>) {
    super(rule, args);
  }
}
`,
      },
      {
        what: "its line in the list",
        file: "packages/optim/src/rules/all.ts",
        after: 'import { SGD } from "./sgd.ts";\n',
        text: 'import { Signum } from "./signum.ts";\n',
      },
      {
        what: "its export from the list",
        file: "packages/optim/src/rules/all.ts",
        after: 'export * from "./sgd.ts";\n',
        text: 'export * from "./signum.ts";\n',
      },
      {
        what: "its name in the list",
        file: "packages/optim/src/rules/all.ts",
        after: "  lion: Lion,\n",
        text: "  signum: Signum,\n",
      },
    ],
    tests: ["packages/optim/src/optimizer/optimizer.property.test.ts"],
    program: `import { defaultRate, Signum, variable } from "./packages/adjoint/src/index.ts";
const w = variable(1);
w.square().backward();
new Signum([w]).step();
if (w.item() >= 1 || defaultRate("signum") !== 0.0001) throw new Error(String(w.item()));`,
  },
  {
    what: "a command",
    name: "hello",
    steps: [
      {
        what: "its file",
        file: "packages/adjoint/src/commands/hello.ts",
        text: `/**
 * \`adjoint hello\`: a greeting.
 */
import { Command } from "commander";
import type { Terminal } from "../terminal/output.ts";

/** The command, printing to \`terminal\`. */
export function helloCommand(terminal: Terminal): Command {
  return new Command("hello")
    .description("print a greeting")
    .option("--json", "print it as JSON")
    .action(({ json }) => terminal.print(json ? '"hello"\\n' : "hello\\n"));
}
`,
      },
      ...inList(
        "packages/adjoint/src/commands/run.ts",
        ['import { graphCommand } from "./graph.ts";\n', 'import { helloCommand } from "./hello.ts";\n'],
        ["    graphCommand(terminal),\n", "    helloCommand(terminal),\n"],
      ),
    ],
    tests: ["packages/adjoint/src/commands/all.test.ts"],
    program: `import { run } from "./packages/adjoint/src/commands/run.ts";
const stream = { write: () => true };
if ((await run(["hello"], { stdout: stream, stderr: stream, env: {} })) !== 0) throw new Error("no command hello");`,
  },
  {
    what: "a kind of layer",
    name: "square",
    steps: [
      {
        what: "its file",
        file: "packages/nn/src/layers/square.ts",
        text: `/** The square of every number. */
import { square } from "@adjoint/autograd";
import { layerKind } from "./kind/layer-kind.ts";

/** y = x². */
export const squareKind = layerKind({
  kind: "square",
  takes: "any",
  layer:
    () =>
    ([x]) =>
      square(x),
});
`,
      },
      ...inList(
        "packages/nn/src/layers/all.ts",
        ['import { rnn } from "./rnn.ts";\n', 'import { squareKind } from "./square.ts";\n'],
        ["  gru,\n", "  squareKind,\n"],
      ),
    ],
    tests: ["packages/nn/src/model/model.property.test.ts"],
    program: `import { build, layers, tensor } from "./packages/adjoint/src/index.ts";
const net = build({ version: 1, input: [2], layers: [layers.square()] });
if (net.predict(tensor([[2, -3]])).sum().item() !== 13) throw new Error("not squared");`,
  },
  {
    what: "a loss",
    name: "quartic",
    steps: [
      {
        what: "its file",
        file: "packages/nn/src/losses/quartic.ts",
        text: `/** The mean fourth power of the error. */
import { plainLoss } from "./loss-kind.ts";

/** The mean of (y − t)⁴. */
export const quarticKind = plainLoss("quartic", (y, t) => y.sub(t).square().square().mean());
`,
      },
      ...inList(
        "packages/nn/src/losses/all.ts",
        ['import { mseKind } from "./mse.ts";\n', 'import { quarticKind } from "./quartic.ts";\n'],
        ["  mseKind,\n", "  quarticKind,\n"],
      ),
    ],
    tests: ["packages/nn/src/losses/all.test.ts", "packages/nn/src/model/model.property.test.ts"],
    program: `import { build, layers, tensor } from "./packages/adjoint/src/index.ts";
const net = build({ version: 1, input: [1], layers: [layers.relu()], loss: "quartic" });
if (net.loss(tensor([[2]]), tensor([[0]])).item() !== 16) throw new Error("no fourth power");`,
  },
];
