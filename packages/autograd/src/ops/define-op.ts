/** The public way to make ops. Built-in ones are made by core/op.ts itself, which knows no list of them. */
import { AdjointError, checkOptions, GraphError, ShapeError, SpecError, shown } from "@adjoint/tensor";
import { defineOp as define } from "../core/op.ts";
import { explanations, type Part } from "../core/own-parts.ts";
import type { OpDefinition } from "../core/variable.ts";
import { primitives } from "./all.ts";

/** The arguments of each part of a definition, and the means it computes with. */
const given: Readonly<Record<Part, string>> = {
  infer: "([x, …], attributes), where x has a shape and a dtype",
  forward: "([x, …], attributes), where x is a Tensor: compute with kernels",
  backward: "{ grad, inputs, output, attributes }, which holds Variables: compute with ops",
  jvp: "{ tangents, inputs, output, attributes, apply }, which holds Variables: compute with ops",
  batch: "{ inputs, isBatched, spread, size, shape, attributes, apply }, which holds Variables: compute with ops",
  composed: "([x, …], attributes), where x is a Variable: compute with ops",
};

/** Names the arguments of the part of a user's op that misused something. An error thrown on purpose stays. */
function explain(error: unknown, op: OpDefinition<never>, part: Part): unknown {
  if (error instanceof TypeError) {
    const fields = { op: op.name, argument: part, problem: `${part} threw ${String(error)}` };
    return new GraphError({ ...fields, hint: `It is called with ${given[part]}.` }, { cause: error });
  }
  // Shapes that do not fit are the caller's.
  const isOfInputs = error instanceof ShapeError && (part === "infer" || part === "forward");
  if (!(error instanceof AdjointError) || error.op === op.name || isOfInputs) return error;
  return error.locate(`${part} of ${op.name}, called with ${given[part]}`);
}

/** The meaning of names in graphs: a primitive, or (null) the node of a checkpoint, which only `checkpoint` makes. */
const builtIn = new Map<string, OpDefinition<never> | null>([...Object.entries(primitives), ["checkpoint", null]]);

const saveKinds = ["inputs", "output", "both", "none"];
const parts = "name infer forward backward saves linear batch jvp composed math words reference".split(" ");

function checkDefinition(definition: OpDefinition<never>): void {
  if (definition === null || typeof definition !== "object") {
    throw SpecError.of("defineOp", "definition", definition, "{ name, infer, forward, backward }", {
      problem: `the definition is ${shown(definition)}`,
    });
  }
  checkOptions("defineOp", definition, parts);
  const problems: string[] = [];
  const { name, infer, forward, backward, saves, linear, batch, jvp, composed } = definition;
  if (typeof name !== "string" || name === "") problems.push("name must be a word");
  if (typeof infer !== "function") problems.push("infer must be a function of the inputs' shapes and dtypes");
  if (typeof forward !== "function") problems.push("forward must be a function of the inputs' tensors");
  const rules =
    typeof backward === "function" ? [ruleByIndex(backward)] : Array.isArray(backward) ? backward : [undefined];
  if (rules.some((rule) => rule !== null && typeof rule !== "function")) {
    problems.push(
      "backward must hold one rule (or null) for each input, [({ grad }) => …], or be a function from the input's index to its rule",
    );
  }
  if (saves !== undefined && !saveKinds.includes(saves)) problems.push(`saves must be one of ${saveKinds.join(", ")}`);
  if (linear !== undefined && linear !== true && !Array.isArray(linear))
    problems.push("linear must be true or a list of inputs");
  if (batch !== undefined && typeof batch !== "function" && batch !== "elementwise" && batch !== "loop")
    problems.push('batch must be "elementwise", "loop" or a function');
  for (const [part, given] of Object.entries({ jvp, composed })) {
    if (given !== undefined && typeof given !== "function") problems.push(`${part} must be a function`);
  }
  if (problems.length > 0) {
    const subject = typeof name === "string" && name !== "" ? `"${name}"` : "the op";
    const problem = `${subject} is not complete: ${problems.join("; ")}`;
    throw new SpecError({ op: "defineOp", problem, argument: "definition", expected: parts.join(", ") });
  }
}

/** The rule of the first input; undefined for a rule that was given in place of the function of an index. */
function ruleByIndex(backward: (index: number) => unknown): unknown {
  try {
    return backward(0);
  } catch {
    return undefined;
  }
}

/**
 * Makes an op from its definition. The number of inputs follows from the number of rules, the type of the attributes
 * from where they are annotated (in `infer` or `forward`) or from `defineOp<Attributes>`.
 *
 * @returns the op as a function: `op(x, y, attributes)`; its definition is at `op.definition`
 * @throws SpecError when a part of the definition is missing or of the wrong kind, or it gives the name of a built-in op to
 *         another one: a graph in a file has nothing but the name to tell which op it ran
 */
export const defineOp: typeof define = (definition: Parameters<typeof define>[0]): ReturnType<typeof define> => {
  checkDefinition(definition as unknown as OpDefinition<never>);
  const op = define(definition);
  const { name } = op.definition;
  const known = builtIn.get(name);
  if (known === undefined) explanations.set(op.definition, explain);
  if (known === undefined || known === (definition as unknown)) return op;
  const own = `my${name[0].toUpperCase()}${name.slice(1)}`;
  throw SpecError.of("defineOp", "name", name, `another name, for example "${own}"`, {
    problem: `"${name}" is the name of a built-in op`,
    hint: "Graphs in files find their ops by name.",
  });
};
