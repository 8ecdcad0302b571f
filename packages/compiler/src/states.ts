/**
 * The states of a program by name: their values, read where they live and put back there. That is what a file holds which
 * goes on elsewhere with a training, or comes back from there.
 */
import type { Variable } from "@adjoint/autograd";
import { checkKind, formatShape, GraphError, kernels, ShapeError, SpecError, sameShape, Tensor } from "@adjoint/tensor";
import type { Program } from "./program.ts";
import { accessTo, type Binding } from "./trace/bindings.ts";

const bindingsOf = new WeakMap<Program, readonly Binding[]>();

/** Notes what a program is bound to. */
export function bind(program: Program, bindings: readonly Binding[]): void {
  bindingsOf.set(program, bindings);
}

/**
 * A name of its own for each state of a program: that of its Variable, with `.grad` for a gradient, and a number behind
 * where several have one name.
 */
export function stateNames(program: Pick<Program, "states">): readonly string[] {
  const { states } = (program ?? {}) as Partial<Program>;
  checkKind("stateNames", "program", program, Array.isArray(states), "a Program", "Pass what trace(fn, …) returned.");
  const taken = new Set<string>();
  return program.states.map(({ kind, name }) => {
    const wanted = kind === "gradient" ? `${name}.grad` : name;
    let own = wanted;
    for (let i = 2; taken.has(own); i++) own = `${wanted} ${i}`;
    taken.add(own);
    return own;
  });
}

/** What each state of a program is bound to that lives on by itself: no gradient that is not there, nothing of arguments. */
function bound(op: string, program: Program): readonly (readonly [name: string, binding: Binding, i: number])[] {
  const bindings = bindingsOf.get(program);
  if (bindings === undefined) {
    const problem = "the program is bound to no Variables, as one is that was read or put together";
    const hint = "Pass what trace(fn, …) returned, or the program of a compiled function.";
    throw new GraphError({ op, problem, argument: "program", hint });
  }
  const names = stateNames(program);
  return bindings.flatMap((binding, i) => {
    const { kind, of } = binding;
    const isThere = typeof of !== "number" && (kind !== "gradient" || (of as Variable).hasGrad);
    return isThere ? [[names[i], binding, i] as const] : [];
  });
}

/**
 * The values that the states of a program have now, by name: parameters and statistics under their names, slots as
 * `conv1.weight.m`, key and counter of a generator as `generator 0` (float64, [2]), gradients as `conv1.weight.grad`.
 * Tensors are copies.
 *
 * @param program  what `trace` returned, or the program of a compiled function
 * @throws GraphError for a program that is bound to no Variables
 */
export function programState(program: Program): Record<string, Tensor> {
  return Object.fromEntries(
    bound("programState", program).map(([name, binding]) => [name, kernels.copy(accessTo(binding, []).read())]),
  );
}

/**
 * Gives the states of a program the values of their names: a training that went on elsewhere comes back to its parameters,
 * optimizer and generators. When anything does not fit, nothing changes.
 *
 * @param state  a value for each name of {@link programState}, gradients aside; others are left alone
 * @throws SpecError when names are missing; ShapeError when shapes or dtypes differ; GraphError as {@link programState}
 */
export function loadProgramState(program: Program, state: Readonly<Record<string, Tensor>>): void {
  const op = "loadProgramState";
  const values = bound(op, program).filter(([, { kind }]) => kind !== "gradient");
  const missing = values.filter(([name]) => !Object.hasOwn(state ?? {}, name)).map(([name]) => name);
  if (missing.length > 0) {
    throw SpecError.of(op, "state", Object.keys(state ?? {}).join(", ") || "nothing", missing.join(", "), {
      problem: `there is no value for ${missing.join(", ")}`,
      hint: "Pass the tensors of a file that was written for this program.",
    });
  }
  const wanted = values.map(([name, binding]) => {
    const value = state[name];
    const now = accessTo(binding, []).read();
    if (value instanceof Tensor && value.dtype === now.dtype && sameShape(value.shape, now.shape)) {
      return [binding, kernels.copy(value)] as const;
    }
    const given = value instanceof Tensor ? `${value.dtype} ${formatShape(value.shape)}` : typeof value;
    throw ShapeError.of(op, "state", given, `${now.dtype} ${formatShape(now.shape)}`, {
      problem: `"${name}" is ${given}, in the program ${now.dtype} ${formatShape(now.shape)}`,
      hint: "Trace the function that the file was written for.",
    });
  });
  for (const [binding, value] of wanted) accessTo(binding, []).write(value);
}
