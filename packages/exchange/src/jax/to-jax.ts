/** toJax: a program as one Python file in JAX, and its states as a safetensors file. */
import { type Program, programState } from "@adjoint/compiler";
import { composed } from "@adjoint/compiler/internal";
import { type Bytes, encodeSafetensors } from "@adjoint/data";
import { calledAs, checkKind, checkOptions, GraphError, printableLine, type Tensor } from "@adjoint/tensor";
import { constantsText, type DriverOptions, headerText, loopText } from "./driver.ts";
import { helperSources } from "./helpers.ts";
import { hasWriter } from "./ops/all.ts";
import { recognized } from "./recognize/recognize.ts";
import { stepText } from "./write/step.ts";

/** Options of {@link toJax}. */
export interface JaxOptions {
  /** What the program is, for its header, such as the name of the model. Default `"Program"`. */
  readonly name?: string;
  /** The name of the Python file; its states are looked for beside it, as `….safetensors`. Default `"train_step.py"`. */
  readonly file?: string;
  /** The values of the states by name. Default: those that they have now, as `programState` gives them. */
  readonly state?: Readonly<Record<string, Tensor>>;
  /** Texts that go with the states, and through the Python program into its checkpoints. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A program in JAX. */
export interface JaxProgram {
  /** The Python file. */
  readonly source: string;
  /** The safetensors file with the states, to lie beside it. */
  readonly weights: Bytes;
}

/** A name as it may stand in a comment or docstring of Python: nothing in it ends either. */
function inComment(text: string): string {
  return printableLine(text).replaceAll('"', "'").replaceAll("\\", "/");
}

/** @throws GraphError that lists the ops which cannot be written */
function checkOps({ graph }: Program): void {
  const counts = new Map<string, number>();
  for (const node of graph.nodes) {
    if (node.op === null) continue;
    if (!hasWriter(node.op, graph.definitionOf(node))) counts.set(node.op, (counts.get(node.op) ?? 0) + 1);
  }
  if (counts.size === 0) return;
  const list = [...counts].map(([op, count]) => `"${op}" (${count} node${count === 1 ? "" : "s"})`).join(", ");
  const own = `ops of your own, whose kernels are JavaScript and whose definitions have no composition: ${list}`;
  const expected = "Adjoint's ops, or ops with compositions of them";
  const hint = "Say what they are in Adjoint's ops: defineOp({ …, composed: ([x]) => … }).";
  throw new GraphError({ op: "toJax", problem: `the program has ${own}`, argument: "program", expected, hint });
}

/**
 * A program as a Python file that runs it in JAX, on one device or on many machines, with the same numbers but for rounding.
 *
 * A program that changes states becomes `step(state, …)`, which returns what the function returns and the next state; one
 * that does not becomes `predict(state, …)`. The state is a dictionary with Adjoint's names, the file of weights has the same.
 * Layers are comments, the gradients are the ones that the rules of the ops gave, convolution and pooling are JAX's own, and
 * random numbers are drawn by the same generator. Around it stands a loop that reads batches from a safetensors file, places
 * them and the parameters on a mesh of devices, prints the loss of every step and writes checkpoints, which
 * `loadProgramState` takes back.
 *
 * Errors that kernels throw for values (an index out of range, integers divided by 0) are not raised in JAX, which computes
 * on; the loop stops at a loss that is not finite. The gradient of a parameter that the step updates is no state. Ops of one's
 * own are written by their compositions.
 *
 * @param program  what `trace` returned, or the program of a compiled function; its shapes, that of the batch too, are those
 *                 of the Python program
 * @throws GraphError for ops of one's own without a composition, and for a program that is bound to no Variables without `state`
 */
export function toJax(program: Program, options: JaxOptions = {}): JaxProgram {
  const { graph } = (program ?? {}) as Partial<Program>;
  checkKind("toJax", "program", program, graph !== undefined, "a Program", "Pass what trace(fn, …) returned.");
  checkOptions("toJax", options, ["name", "file", "state", "metadata"]);
  const { metadata } = options;
  const [name, file] = [options.name ?? "Program", options.file ?? "train_step.py"].map(inComment);
  const whole = composed(program, ({ op }, definition) => hasWriter(op as string, definition));
  checkOps(whole);
  const values = options.state ?? calledAs("toJax", () => programState(program));
  const text = stepText(whole, recognized(whole), name);
  const missing = text.states.filter((state) => !Object.hasOwn(values, state));
  const zeros = missing.filter((state) => !state.endsWith(".grad"));
  if (zeros.length > 0) {
    const problem = `there are no values for ${zeros.join(", ")}`;
    const hint = "Pass a tensor for each state: the names are those of stateNames(program).";
    throw new GraphError({ op: "toJax", problem, argument: "state", hint });
  }
  const weights = {
    ...Object.fromEntries(
      text.states.filter((state) => !missing.includes(state)).map((state) => [state, values[state]]),
    ),
    ...Object.fromEntries(text.constants),
  };
  const inputs = text.inputs.map(({ name: input, node }) => {
    const { shape, dtype } = whole.graph.nodes[node];
    return { name: input, shape, dtype };
  });
  const batch = inputs.find(({ shape }) => shape.length > 0)?.shape[0] ?? null;
  const functions = [...helperSources(text.helpers), ...text.functions].join("\n\n\n");
  const driver: DriverOptions = {
    name,
    file,
    weights: file.replace(/\.py$/, ".safetensors"),
    inputs,
    batch,
    isStep: text.name === "step",
    isWide: text.isWide,
    imports: { math: /\bmath\./.test(functions), lax: /\blax\./.test(functions) },
  };
  const source = `${headerText(driver)}\n\n${functions}\n\n\n${constantsText(driver)}\n\n\n${loopText(driver)}`;
  return { source, weights: encodeSafetensors(weights, metadata === undefined ? {} : { metadata }) };
}
