/** Makes functions on Variables of the definitions of ops, built-in ones and users'. */
import { GraphError, isPlain } from "@adjoint/tensor";
import { apply } from "./apply.ts";
import { interpreters } from "./interpreters.ts";
import { asVariable } from "./leaf.ts";
import { type BackwardRule, type NoAttributes, type OpDefinition, Variable, type VariableLike } from "./variable.ts";

/** The function on Variables that an op is called by: inputs first, attributes (if it has any) last. */
export type Op<
  Attributes extends object = NoAttributes,
  Inputs extends readonly VariableLike[] = readonly VariableLike[],
> = ((
  ...args: [Attributes] extends [NoAttributes] ? Inputs : readonly [...inputs: Inputs, attributes: Attributes]
) => Variable) & { readonly definition: OpDefinition<Attributes> };

/** An op of one input and no attributes. */
export type UnaryOp = Op<NoAttributes, readonly [x: VariableLike]>;

/** An op of two inputs and no attributes. */
export type BinaryOp = Op<NoAttributes, readonly [a: VariableLike, b: VariableLike]>;

/**
 * Makes an op from its definition, which the compiler has checked. What users call checks it as it runs (ops/define-op.ts).
 *
 * @returns the op as a function: `op(x, y, attributes)`; its definition is at `op.definition`
 */
export function defineOp<Inputs extends readonly unknown[] | [], Attributes extends object = NoAttributes>(
  definition: OpDefinition<Attributes> & {
    readonly backward: { readonly [K in keyof Inputs]: BackwardRule<Attributes> | null };
  },
): Op<Attributes, { readonly [K in keyof Inputs]: VariableLike }>;
export function defineOp<Attributes extends object = NoAttributes>(
  definition: OpDefinition<Attributes>,
): Op<Attributes>;
export function defineOp<Attributes extends object>(definition: OpDefinition<Attributes>): Op<Attributes> {
  const { name, backward } = definition;
  const arity = typeof backward === "function" ? null : backward.length;
  const op = (...args: readonly unknown[]): Variable => {
    let count = arity ?? args.length;
    if (arity === null && args.length > 0 && isPlain(args[args.length - 1])) count--;
    const attributes = args.length > count ? args[count] : {};
    if (args.length < count || args.length > count + 1 || !isPlain(attributes)) {
      const expected = `${count} input${count === 1 ? "" : "s"} and, if it has any, attributes as an object`;
      const problem = `called with ${args.length} argument${args.length === 1 ? "" : "s"}`;
      throw GraphError.of(name, "inputs", `${args.length} arguments`, expected, { problem });
    }
    const inputs = new Array<Variable>(count);
    for (let i = 0; i < count; i++) {
      const x = args[i];
      // Build the text for errors only where there may be one.
      inputs[i] = x instanceof Variable && interpreters.length === 0 ? x : asVariable(name, x, `input ${i}`);
    }
    return apply(definition, inputs, attributes as unknown as Attributes);
  };
  return Object.assign(op, { definition });
}
