/** The ops that reduce axes, products, and random numbers, in Python. */
import { isFloat, type Shape } from "@adjoint/tensor";
import { call, dtypeName, type Expression, infix, member, tuple } from "../expression.ts";
import type { HelperName } from "../helpers.ts";
import { cast, type OpCall, type Writer, writer } from "./writer.ts";

interface Axis {
  readonly axis: number;
}

interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

type Extreme = Axis & { readonly keepDims: boolean };

/** The arguments that say which axes go: none where all do. */
function axesArguments({ axes, keepDims }: Reduction, shape: Shape): string[] {
  const isAll = axes.length === shape.length;
  const axis = isAll ? [] : [`axis=${axes.length === 1 ? axes[0] : tuple(axes)}`];
  return keepDims ? [...axis, "keepdims=True"] : axis;
}

/** Whole numbers are added up as int32, as in Adjoint, not in a wider dtype. */
function dtypeArgument({ dtype }: OpCall<unknown>): string[] {
  return isFloat(dtype) ? [] : [`dtype=${dtypeName(dtype)}`];
}

/** A reduction over axes; without axes, where there is nothing to reduce, the numbers are taken one by one. */
function overAxes(name: string): Writer {
  return writer<Reduction>((op) => {
    const [x] = op.inputs;
    return call(name, x.full(), ...axesArguments(op.attributes, x.shape), ...dtypeArgument(op));
  });
}

function extreme(name: string): Writer {
  return writer<Extreme>(({ inputs: [x], attributes: { axis, keepDims } }) =>
    call(name, x.full(), ...axesArguments({ axes: [axis], keepDims }, x.shape)),
  );
}

function place(name: string): Writer {
  return writer<Extreme>(({ inputs: [x], attributes: { axis, keepDims } }) =>
    member(call(name, x.full(), `axis=${axis}`, ...(keepDims ? ["keepdims=True"] : [])), ".astype(jnp.int32)"),
  );
}

/** A function along an axis; whole numbers become real ones first. */
function along(name: string, ...more: readonly string[]): Writer {
  return writer<Axis>(({ inputs: [x], attributes: { axis }, shape, dtype }) => {
    const isLast = axis === shape.length - 1 && more.length === 0;
    return call(name, cast(x.full(), x.dtype, dtype), ...(isLast ? [] : [`axis=${axis}`]), ...more);
  });
}

interface Draw {
  readonly key: number;
  readonly counter: number;
  readonly p?: number;
}

/** A draw: from the generator that is the input, moved on, or from where the attributes say. */
function draw(name: HelperName): Writer {
  return writer<Draw>(({ inputs, attributes: { key, counter, p }, shape, dtype, helper }) => {
    const own = call("jnp.array", `[${key}, ${counter}]`, "jnp.float64");
    const [state] = inputs;
    const generator: Expression =
      state === undefined ? own : key === 0 && counter === 0 ? state.full() : infix(state.full(), "+", own);
    const chance = p === undefined ? [] : [String(p)];
    return call(helper(name), generator, tuple(shape), ...chance, dtypeName(dtype));
  });
}

export const reducingWriters = {
  sum: overAxes("jnp.sum"),
  max: extreme("jnp.max"),
  min: extreme("jnp.min"),
  argmax: place("jnp.argmax"),
  argmin: place("jnp.argmin"),
  norm: writer<Reduction>(({ inputs: [x], attributes, dtype }) => {
    const squares = call("jnp.square", cast(x.full(), x.dtype, dtype));
    return call("jnp.sqrt", call("jnp.sum", squares, ...axesArguments(attributes, x.shape)));
  }),
  softmax: along("jax.nn.softmax"),
  logSoftmax: along("jax.nn.log_softmax"),
  logsumexp: along("jax.nn.logsumexp", "keepdims=True"),
  cumsum: writer<Axis & { readonly reverse: boolean }>(({ inputs: [x], attributes: { axis, reverse }, dtype }) =>
    call("lax.cumsum", cast(x.full(), x.dtype, dtype), `axis=${axis}`, ...(reverse ? ["reverse=True"] : [])),
  ),
  matmul: (({ inputs, dtype }) => {
    const [a, b] = inputs.map((x) => cast(x.full(), x.dtype, dtype));
    return infix(a, "@", b);
  }) as Writer,
  randomUniform: draw("random_uniform"),
  randomNormal: draw("random_normal"),
  randomBernoulli: draw("random_bernoulli"),
} satisfies Readonly<Record<string, Writer>>;

/** The ops that sums and products are recognized as. */
export const recognizedReducingWriters = {
  mean: writer<Reduction>(({ inputs: [x], attributes }) =>
    call("jnp.mean", x.full(), ...axesArguments(attributes, x.shape)),
  ),
  tensordot: writer<{ readonly axes: number }>(({ inputs: [x, g], attributes: { axes } }) => {
    const all = tuple(Array.from({ length: axes }, (_, axis) => axis));
    return call("jnp.tensordot", x.full(), g.full(), `axes=(${all}, ${all})`);
  }),
  arange: writer<{ readonly start: number }>(({ attributes: { start }, shape: [length], dtype }) =>
    call("jnp.arange", ...(start === 0 ? [] : [String(start)]), String(start + length), `dtype=${dtypeName(dtype)}`),
  ),
} satisfies Readonly<Record<string, Writer>>;
