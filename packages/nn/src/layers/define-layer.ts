/** defineLayer: custom kinds of layers, used in specs like the built-in ones. */
import { asVariable, type Variable } from "@adjoint/autograd";
import { checkOptions, type RandomGenerator, type Shape, SpecError } from "@adjoint/tensor";
import * as z from "zod/mini";
import { type WeightInit, weightStd } from "../initializers.ts";
import type { LayerKind } from "./kind/layer-kind.ts";
import { makeSpec } from "./kind/make-spec.ts";
import { type LayerBase, layerForm, layerName, type PlainLayerSpec } from "./kind/options.ts";
import { drawn, filled, type ParameterPlan } from "./kind/parameter.ts";
import type { DefinedLayerSpec } from "./structures.ts";

/** A parameter of a defined layer: its shape and initial value, `init` as for weights or a `fill` for all entries. */
export type DefinedParameter =
  | { readonly shape: Shape; readonly fill: number }
  | { readonly shape: Shape; readonly init?: WeightInit; readonly fanIn: number; readonly fanOut?: number };

/** The second argument of the forward of a defined layer. */
export interface DefinedLayerContext<Options> {
  /** The options of the spec, defaults filled in. */
  readonly options: Options;
  /** By the names that `parameters` gave them. */
  readonly parameters: Readonly<Record<string, Variable>>;
  /** Whether the model runs for training. */
  readonly train: boolean;
  /** For random numbers, by random ops. */
  readonly rng: RandomGenerator;
}

/** A custom kind of layer. */
export interface LayerDefinition<Kind extends string, Options extends z.core.$ZodShape> {
  /** The name of the kind in specs: letters and digits. */
  readonly kind: Kind;
  /** The options by name, as zod schemas. Default: none. */
  readonly options?: Options;
  /** Whether it joins several inputs. Default false: it takes one. */
  readonly joins?: boolean;
  /** What it learns, from the options and the shape of one sample of each input. Default: nothing. */
  readonly parameters?: (
    options: z.output<z.ZodMiniObject<Options>>,
    ...inputs: readonly Shape[]
  ) => Readonly<Record<string, DefinedParameter>>;
  /** From batches to a batch, in ops; the shapes of its output follow from theirs. */
  readonly forward: (
    inputs: readonly Variable[],
    context: DefinedLayerContext<z.output<z.ZodMiniObject<Options>>>,
  ) => Variable;
}

/** A defined layer: a function that makes its specs, to be passed as `use` to `model`, `build` and `loadModel`. */
export interface DefinedLayer<Kind extends string = string, Options = never> {
  /** The spec of such a layer. @param options  those that it was defined with, and `name` and `from` */
  (
    ...options: Record<never, never> extends Options ? [options?: Options & LayerBase] : [options: Options & LayerBase]
  ): DefinedLayerSpec & { readonly kind: Kind };
  readonly layerKind: { readonly kind: Kind; readonly definition: LayerKind };
}

/** The options that users pass. (Without options, zod would also refuse name and from.) */
type Given<Options extends z.core.$ZodShape> = keyof Options extends never
  ? Record<never, never>
  : z.input<z.ZodMiniObject<Options>>;

/** Options of every layer, whose names are reserved. */
const reserved = ["kind", "name", "from"];

/**
 * Makes a kind of layer. Its specs are JSON like all others; its shape rule is that of the ops that `forward` is made of.
 *
 * ```ts
 * const scale = defineLayer({
 *   kind: "scale",
 *   options: { start: z.number().default(1) },
 *   parameters: ({ start }, [features]) => ({ factor: { shape: [features], fill: start } }),
 *   forward: ([x], { parameters: { factor } }) => mul(x, factor),
 * });
 * const spec = model({ input: [4], layers: [scale({ start: 2 }), layers.affine(3)], loss: "mse" }, { use: [scale] });
 * ```
 *
 * @throws SpecError for a definition that is not complete, or a name that no kind or option can have
 */
export function defineLayer<const Kind extends string, Options extends z.core.$ZodShape = Record<never, never>>(
  definition: LayerDefinition<Kind, Options>,
): DefinedLayer<Kind, Given<Options>> {
  checkOptions("defineLayer", definition, ["kind", "options", "joins", "parameters", "forward"]);
  const { kind, options = {} as Options, joins = false, parameters, forward } = definition;
  if (!layerName.safeParse(kind).success) {
    const problem = `the kind ${JSON.stringify(kind) ?? String(kind)} is not a name`;
    throw incomplete(problem, "kind", "letters, digits, _ and -, starting with a letter");
  }
  if (typeof forward !== "function") throw incomplete("forward is missing", "forward", "a function of Variables");
  checkSchemas(options);
  const own = z.strictObject(options);
  const optionsOf = (spec: PlainLayerSpec): z.output<z.ZodMiniObject<Options>> => {
    const { kind: _, name: __, from: ___, ...given } = spec;
    return own.parse(given) as z.output<z.ZodMiniObject<Options>>;
  };
  const kindDefinition: LayerKind = {
    ...layerForm<string, z.core.$ZodShape>(kind, options),
    takes: "any",
    isForeign: true,
    ...(joins ? { joins } : {}),
    parameters: (spec, inputs) => {
      const made = parameters?.(optionsOf(spec), ...inputs.map(({ shape }) => shape)) ?? {};
      return Object.fromEntries(Object.entries(made).map(([key, parameter]) => [key, planOf(kind, key, parameter)]));
    },
    layer: (spec, { parameters: variables, generator }) => {
      const given = optionsOf(spec);
      return (inputs, { train }) =>
        asVariable(kind, forward(inputs, { options: given, parameters: variables, train, rng: generator }), "result");
    },
  };
  const make = (given: object = {}) => makeSpec<DefinedLayerSpec & { readonly kind: Kind }>(kind, given);
  return Object.assign(make, { layerKind: { kind, definition: kindDefinition } }) as DefinedLayer<Kind, Given<Options>>;
}

/** @throws SpecError unless all are zod schemas with names that layers do not have */
function checkSchemas(options: unknown): void {
  if (options === null || typeof options !== "object")
    throw incomplete(`options are ${String(options)}`, "options", "zod schemas by name");
  for (const [name, schema] of Object.entries(options)) {
    if (reserved.includes(name)) throw incomplete(`every layer has the option ${name}`, "options", "other names");
    if (!(schema instanceof z.core.$ZodType))
      throw incomplete(`the option ${name} is not a zod schema`, "options", "zod schemas by name");
  }
}

/** @throws SpecError for a parameter with a wrong initial value */
function planOf(kind: string, key: string, parameter: DefinedParameter): ParameterPlan {
  const refuse = (argument: string, value: unknown, expected: string, hint: string): SpecError => {
    const received = String(value);
    return SpecError.of(kind, argument, received, expected, { problem: `${key}: ${argument} is ${received}`, hint });
  };
  if (parameter === null || typeof parameter !== "object") {
    const expected = "{ shape, fill } or { shape, fanIn }";
    throw refuse("the parameter", parameter, expected, "Give its shape and initial value.");
  }
  if ("fill" in parameter) {
    const { shape, fill } = parameter;
    if (!Number.isFinite(fill))
      throw refuse("fill", fill, "a finite number", "It is the initial value of all entries.");
    return filled(shape, fill);
  }
  const { shape, init, fanIn, fanOut = fanIn } = parameter;
  if (!Number.isFinite(weightStd(init ?? "he", fanIn, fanOut))) {
    const hint = "It is the number of inputs that each output sums. Use fill for a constant.";
    throw refuse("fanIn", fanIn, "a number ≥ 1", hint);
  }
  return drawn(shape, init, fanIn, fanOut);
}

function incomplete(problem: string, argument: string, expected: string): SpecError {
  return SpecError.of("defineLayer", argument, problem, expected, { problem });
}
