/** OnnxModel: a network that comes from an ONNX file, to predict with, to train further, to draw and to check. */
import {
  abstractVariable,
  asVariable,
  cast,
  type Graph,
  graphOf,
  inferShapes,
  scope,
  Variable,
  type VariableLike,
} from "@adjoint/autograd";
import type { LossSpec, OutputFunction } from "@adjoint/nn";
import {
  accuracyOf,
  evaluate,
  type FullLossSpec,
  fullLoss,
  kindOfLoss,
  losses,
  ofOneOutput,
} from "@adjoint/nn/internal";
import {
  checkOptions,
  formatShape,
  isFloat,
  kernels,
  type Shape,
  ShapeError,
  SpecError,
  sameShape,
  shown,
  Tensor,
  tensor,
} from "@adjoint/tensor";
import { Limits, mostElements } from "./file/limits.ts";
import { type OnnxFile, type OnnxInput, type OnnxReadOptions, openOnnx } from "./file/open.ts";
import { placeOf, runNodes } from "./nodes/run-nodes.ts";
import { Known, knownIntegers, type Value } from "./nodes/values.ts";

/** A batch: one value, or several by the names of inputs. */
export type OnnxInputs = VariableLike | Readonly<Record<string, VariableLike>>;

/** Targets: one value, or several by the names of outputs. */
export type OnnxTargets = OnnxInputs;

/** Options of {@link onnxModel}. */
export interface OnnxModelOptions extends OnnxReadOptions {
  /** The loss of the first output: one of those that specs name, or a function of output and targets. Default: none. */
  readonly loss?: LossSpec | ((y: Variable, t: Variable) => Variable);
  /** Values of inputs that are settings, such as shapes or axes, by name: they are inputs no more. Default: none. */
  readonly constants?: Readonly<Record<string, Tensor | number | readonly number[]>>;
}

/** For which lengths a graph is made. */
export interface OnnxShapes {
  /** Lengths of the axes that the file leaves open, by the names it gives them. Default: 1 each. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Whole shapes of inputs by name, in place of those in the file. Default: none. */
  readonly shapes?: Readonly<Record<string, Shape>>;
}

/** A forward pass of an ONNX file as a function of Variables. Made by {@link onnxModel}. */
export class OnnxModel {
  /** The parameters by the names of their initializers. */
  readonly params: Readonly<Record<string, Variable>>;
  /** What goes in: names, lengths (a name where one is open) and dtypes. */
  readonly inputs: readonly OnnxInput[];
  /** The names of what comes out. */
  readonly outputNames: readonly string[];
  /** The nodes of the file, in order: the scopes that their ops are in, and what they are. */
  readonly nodes: readonly { readonly scope: string; readonly op: string }[];
  /** What the loss is called; empty without one. */
  readonly losses: readonly {
    readonly output: string;
    readonly spec: FullLossSpec;
    readonly forward: (y: VariableLike, t: VariableLike) => Variable;
  }[];
  private readonly file: OnnxFile;
  private readonly constants: ReadonlyMap<string, Known>;
  private readonly lossOf: ((y: Variable, t: Variable) => Variable) | null;
  /** The shapes of inputs that were held against the bounds, and the file says nothing against. */
  private readonly checked = new Set<string>();

  /** @internal */
  constructor(op: string, bytes: Uint8Array, options: OnnxModelOptions) {
    const { loss, constants = {} } = options;
    this.file = openOnnx(op, bytes, options);
    this.params = this.file.params;
    this.outputNames = this.file.outputs;
    this.nodes = this.file.graph.node.map((node, k) => ({ scope: placeOf(node, k), op: node.op_type ?? "" }));
    this.constants = constantsOf(op, this.file, constants);
    this.inputs = this.file.inputs.filter(({ name }) => !this.constants.has(name));
    const spec = loss === undefined || typeof loss === "function" ? null : fullLoss(loss);
    if (spec !== null && !losses.has(spec.kind)) {
      throw SpecError.of(op, "loss", spec.kind, `a function, or one of ${[...losses.keys()].join(", ")}`);
    }
    const forward = (y: VariableLike, t: VariableLike): Variable =>
      scope("loss", () => kindOfLoss(spec as FullLossSpec).forward(spec as FullLossSpec, asVariable(op, y), t));
    this.losses = spec === null ? [] : [{ output: this.outputNames[0], spec, forward }];
    this.lossOf = spec !== null ? forward : typeof loss === "function" ? loss : null;
  }

  /** The parameters, in order. */
  parameters(): Variable[] {
    return Object.values(this.params);
  }

  /** Whether accuracy can be measured: whether the loss is one for classes. */
  get classifies(): boolean {
    return this.losses.some(({ spec }) => kindOfLoss(spec).classifies === true);
  }

  /**
   * The output of the network.
   *
   * @param x  a batch in the shape of its input; a record of them by name where it has several
   * @throws ShapeError for a shape that the file excludes; SpecError where it has several outputs
   */
  predict(x: OnnxInputs): Variable {
    const { outputNames } = this;
    if (outputNames.length === 1) return this.run("predict", x)[0];
    throw SpecError.of("predict", "outputs", outputNames.join(", "), "one output", {
      problem: `the network has ${outputNames.length} outputs: ${outputNames.join(", ")}`,
      hint: "Call outputs(x), which returns all of them by name.",
    });
  }

  /** All outputs of the network by name. @param x  as for {@link predict} */
  outputs(x: OnnxInputs): Record<string, Variable> {
    return Object.fromEntries(this.run("outputs", x).map((y, i) => [this.outputNames[i], y]));
  }

  /**
   * The loss of a batch. Batch normalization uses the statistics of the file, and dropout drops nothing, in training, too.
   *
   * @param t  the targets that the loss takes
   * @throws SpecError without a loss
   */
  loss(x: OnnxInputs, t: OnnxTargets): Variable {
    if (this.lossOf === null) {
      throw SpecError.of("loss", "loss", undefined, "a loss", {
        problem: "the network has no loss",
        hint: 'Name one: onnxModel(bytes, { loss: "crossEntropy" }).',
      });
    }
    const targets = t instanceof Variable || t instanceof Tensor || typeof t === "number" ? t : Object.values(t)[0];
    return this.lossOf(this.run("loss", x)[0], asVariable("loss", targets, "t"));
  }

  /**
   * The share of samples whose largest score is at the right class, 0 … 1; `batchSize` at a time.
   * @throws SpecError where the loss is none for classes
   */
  accuracy(x: OnnxInputs, t: OnnxTargets, batchSize = 100, outputs?: OutputFunction): number {
    if (!this.classifies) {
      throw SpecError.of("accuracy", "loss", undefined, "a loss for classes, such as crossEntropy", {
        problem: "the network has no loss for classes",
      });
    }
    return accuracyOf(this as never, x as never, t as never, { batchSize, outputs });
  }

  /**
   * The loss, and the accuracy of a classifier, over all samples, `batchSize` at a time.
   *
   * @param outputs  what computes {@link outputs} of `batchSize` samples: a compiled function. Default: the network itself
   */
  evaluate(x: OnnxInputs, t: OnnxTargets, batchSize = 100, outputs?: OutputFunction): Record<string, number> {
    const [output] = this.outputNames;
    const metrics = { [output]: this.classifies ? (["accuracy"] as const) : [] };
    const measures = { op: "evaluate", metrics, batchSize, outputs, penalty: 0 } as const;
    const measured = evaluate(this as never, x as never, t as never, measures);
    return ofOneOutput(measured);
  }

  /**
   * The network as a graph: inputs without values, parameters with the values they have now.
   *
   * @param options  lengths of open axes, and `backward` for the backward pass from all real outputs, started with ones
   */
  graph(options: OnnxShapes & { readonly backward?: boolean } = {}): Graph {
    checkOptions("graph", options, ["dims", "shapes", "backward"]);
    return this.graphAs("graph", options);
  }

  /** @internal {@link graph}, called as `op`. */
  graphAs(op: string, options: OnnxShapes & { readonly backward?: boolean }): Graph {
    const outputs = this.abstract(this.shapesOf(op, options));
    if (!options.backward) return graphOf(...outputs);
    const kept = outputs.filter(({ requiresGrad }) => requiresGrad);
    return inferShapes(() => graphOf(...kept, { backward: true }), { maxSize: mostElements });
  }

  /**
   * The shapes of the inputs by name, where the file leaves lengths open.
   *
   * @param options  the lengths: 1 where nothing is said
   * @throws SpecError for names that there are not; ShapeError for lengths that the file excludes
   */
  inputShapes(options: OnnxShapes = {}): Map<string, Shape> {
    return this.shapesOf("inputShapes", options);
  }

  private shapesOf(op: string, { dims = {}, shapes = {} }: OnnxShapes): Map<string, Shape> {
    for (const name of Object.keys(shapes)) {
      if (!this.inputs.some((input) => input.name === name)) throw noInput(op, this.inputs, name, "shapes");
    }
    const open = new Set(this.inputs.flatMap(({ shape }) => shape ?? []).filter((n) => typeof n === "string"));
    for (const name of Object.keys(dims)) {
      if (open.has(name)) continue;
      throw SpecError.of(op, `dims.${name}`, name, [...open].join(", ") || "no names", {
        problem: `there is no open axis ${shown(name)}`,
        argument: "dims",
      });
    }
    return new Map(
      this.inputs.map((input): [string, Shape] => {
        const { name, shape } = input;
        const given = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
        if (given !== undefined) {
          this.checkShape(op, input, given);
          return [name, given];
        }
        if (shape === null) {
          throw SpecError.of(op, "shapes", undefined, `a shape of "${name}"`, {
            problem: `the file does not say how many axes "${name}" has`,
            hint: `Say it: { shapes: { ${JSON.stringify(name)}: [1, 3] } }.`,
          });
        }
        return [
          name,
          shape.map((n) => (typeof n === "number" ? n : n !== null && Object.hasOwn(dims, n) ? dims[n] : 1)),
        ];
      }),
    );
  }

  /** Copies of all parameters, by name. */
  state(): Record<string, Tensor> {
    return Object.fromEntries(Object.entries(this.params).map(([name, x]) => [name, kernels.copy(x.value)]));
  }

  /** Puts back what {@link state} gave. When anything does not fit, nothing changes. @throws ShapeError, SpecError */
  loadState(state: Readonly<Record<string, Tensor>>): void {
    const entries = Object.entries(this.params);
    for (const [name, x] of entries) {
      const value = Object.hasOwn(state, name) ? state[name] : undefined;
      if (!(value instanceof Tensor)) throw SpecError.of("loadState", name, value, "a Tensor");
      if (!sameShape(value.shape, x.shape)) throw ShapeError.of("loadState", name, value, formatShape(x.shape));
    }
    for (const [name, x] of entries) x.assign(state[name]);
  }

  /** Outputs of which only shapes are known. */
  private abstract(specs: ReadonlyMap<string, Shape>): Variable[] {
    const inputs = new Map<string, Value>(this.constants);
    for (const { name, dtype } of this.inputs) {
      inputs.set(name, abstractVariable({ shape: specs.get(name) as Shape, dtype }, { name }));
    }
    const limits = new Limits(this.file.source, this.file.size);
    const bounds = { maxSize: mostElements, maxOps: limits.ops };
    return inferShapes(() => runNodes(this.file, inputs, limits), bounds);
  }

  /** Outputs for values. Shapes are tried out first, so that nothing is made beyond the bounds. */
  private run(op: string, given: OnnxInputs): Variable[] {
    const values = this.inputsFrom(op, given);
    const specs = new Map(this.inputs.map(({ name }, i) => [name, values[i].shape]));
    const key = JSON.stringify([...specs]);
    if (!this.checked.has(key)) {
      this.abstract(specs);
      this.checked.add(key);
    }
    const inputs = new Map<string, Value>(this.constants);
    this.inputs.forEach(({ name }, i) => {
      inputs.set(name, values[i]);
    });
    return runNodes(this.file, inputs, new Limits(this.file.source, this.file.size));
  }

  private inputsFrom(op: string, given: OnnxInputs): Variable[] {
    const { inputs } = this;
    const isOne = given instanceof Variable || given instanceof Tensor || typeof given === "number";
    if (isOne && inputs.length !== 1) {
      const names = inputs.map(({ name }) => name).join(", ");
      throw SpecError.of(op, "x", undefined, `a record of ${names || "nothing"}`, {
        problem: `the network has ${inputs.length} inputs, and x is one value`,
      });
    }
    const byName = (isOne ? { [inputs[0].name]: given } : given) as Readonly<Record<string, VariableLike>>;
    for (const name of Object.keys(byName ?? {})) {
      if (!inputs.some((input) => input.name === name)) throw noInput(op, inputs, name, "x");
    }
    return inputs.map((input) => {
      const { name, dtype } = input;
      const value = Object.hasOwn(byName ?? {}, name) ? byName[name] : undefined;
      const x = asVariable(op, value, name);
      this.checkShape(op, input, x.shape);
      if (x.dtype === dtype || isFloat(dtype) || dtype === "int32") return cast(x, dtype);
      return x.ne(0);
    });
  }

  private checkShape(op: string, { name, shape }: OnnxInput, given: Shape): void {
    const fits =
      shape === null ||
      (shape.length === given.length && shape.every((n, i) => typeof n !== "number" || n === given[i]));
    if (fits) return;
    const wanted = `[${shape.map((n) => n ?? "?").join(", ")}]`;
    throw ShapeError.of(op, name, { shape: given }, `${wanted}, as the file says`, {
      hint: "Where the number of samples is fixed, export the model with an open one (dynamic_axes or dynamic_shapes).",
    });
  }
}

function noInput(op: string, inputs: readonly OnnxInput[], name: string, argument: string): SpecError {
  const names = inputs.map((input) => input.name).join(", ");
  const problem = `the network has no input ${shown(name)}`;
  return SpecError.of(op, name, name, names || "no inputs", { problem, argument });
}

/** Inputs whose values are given, as known values. */
function constantsOf(op: string, file: OnnxFile, given: NonNullable<OnnxModelOptions["constants"]>) {
  return new Map(
    Object.entries(given).map(([name, value]): [string, Known] => {
      const input = file.inputs.find((one) => one.name === name);
      if (input === undefined) throw noInput(op, file.inputs, name, "constants");
      if (input.dtype === "int32" && !(value instanceof Tensor)) {
        return [name, typeof value === "number" ? knownIntegers([value], []) : knownIntegers(value)];
      }
      const held = value instanceof Tensor ? value : tensor(value as never, { dtype: input.dtype });
      return [name, new Known(held.dtype === input.dtype ? held : kernels.cast(held, input.dtype), { name })];
    }),
  );
}

/**
 * A network from an ONNX file, as PyTorch, Keras and others export it: a function of Variables, whose parameters can be
 * trained. It is what a `Trainer` takes, can be compiled, and gives its graph by {@link OnnxModel.graph}.
 *
 * `new Trainer(onnxModel(bytes, { loss: "crossEntropy" }), data, { optimizer: "adam" }).train()` trains it further.
 *
 * @param bytes  the contents of the file
 * @throws DataError naming the byte where the file is damaged, the ops that cannot be read (all at once), or the tensor
 *         whose elements are missing, are of a type that tensors have not, or do not fit int32
 */
export function onnxModel(bytes: Uint8Array, options: OnnxModelOptions = {}): OnnxModel {
  checkOptions("onnxModel", options, ["file", "dtype", "externalData", "isParameter", "loss", "constants"]);
  return new OnnxModel("onnxModel", bytes, options);
}
