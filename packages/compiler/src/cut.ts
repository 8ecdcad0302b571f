/** Results of compiled functions: values that say where gradients end. */
import { constant, Node, type OpDefinition, Variable } from "@adjoint/autograd";
import { recorder } from "@adjoint/autograd/internal";
import { GraphError, type Tensor } from "@adjoint/tensor";

/** The op that graphs show in place of the run of a program. */
const definition: OpDefinition = {
  name: "compiled",
  infer: ([x]) => x,
  forward: () => {
    throw noGradient("replay");
  },
  backward: () => () => {
    throw noGradient("backward");
  },
  saves: "none",
  math: { forward: "y = f(x), by a program", backward: "by compile(grad(f))" },
};

function noGradient(op: string): GraphError {
  return new GraphError({
    op,
    problem: "it reaches the result of a compiled function, which has no graph",
    argument: "the result",
    expected: "a function that takes its gradients inside",
    hint: "Compile the derivative, compile(grad(f)), or call backward inside of the compiled function.",
  });
}

/** A result: of one that would require a gradient, what it depends on, so that a backward pass says that it ends here. */
export function resultOf(value: Tensor, requiresGrad: boolean, dependsOn: readonly Variable[]): Variable {
  if (!requiresGrad || recorder.mode === "none") return constant(value);
  const nodes = dependsOn.filter((x) => x.requiresGrad).map(({ node }) => node);
  const { shape, dtype } = value;
  const node = new Node(definition as unknown as OpDefinition<never>, nodes, {}, shape, dtype, true);
  return new Variable(value, node, true);
}
