/**
 * The public way to make ops. Built-in ones are made by op.ts itself, which knows no list of them.
 */
import { checkOptions, SpecError, shown } from "@adjoint/tensor";
import { primitives } from "../ops/all.ts";
import { defineOp as define } from "./op.ts";
import { ownDefinitions } from "./own-parts.ts";
import type { OpDefinition } from "./variable.ts";

/** The meaning of names in graphs: a primitive, or (null) the node of a checkpoint, which only `checkpoint` makes. */
const builtIn = new Map<string, OpDefinition<never> | null>([...Object.entries(primitives), ["checkpoint", null]]);

const saveKinds = ["inputs", "output", "both", "none"];
const parts = ["name", "infer", "forward", "backward", "saves", "linear", "batch", "jvp", "math", "words", "reference"];

function checkDefinition(definition: OpDefinition<never>): void {
  if (definition === null || typeof definition !== "object") {
    throw SpecError.of("defineOp", "definition", definition, "{ name, infer, forward, backward }", {
      problem: `the definition is ${shown(definition)}`,
    });
  }
  checkOptions("defineOp", definition, parts);
  const problems: string[] = [];
  const { name, infer, forward, backward, saves, linear, batch, jvp } = definition;
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
  if (jvp !== undefined && typeof jvp !== "function") problems.push("jvp must be a function");
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
  if (known === undefined) ownDefinitions.add(op.definition);
  if (known === undefined || known === (definition as unknown)) return op;
  const own = `my${name[0].toUpperCase()}${name.slice(1)}`;
  throw SpecError.of("defineOp", "name", name, `another name, for example "${own}"`, {
    problem: `"${name}" is the name of a built-in op`,
    hint: "Graphs in files find their ops by name.",
  });
};
