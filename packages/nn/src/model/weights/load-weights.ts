/** loadWeights: loads weights of other frameworks. */
import { checkKind, checkOptions, isPromise, SpecError, Tensor } from "@adjoint/tensor";
import { isBookNetwork } from "../check-model.ts";
import { Model } from "../model.ts";
import { layouts, type WeightLayout } from "./layouts/table.ts";
import { Loading, type Tensors } from "./loading.ts";
import type { WeightNames } from "./name-map.ts";
import { weightsError } from "./problems.ts";

/** Options of {@link loadWeights}. */
export interface LoadWeightsOptions {
  /**
   * What layers are called elsewhere: names of layers (`conv1`), of blocks (`stage1`, for all layers in it) or of parameters
   * (`conv1.weight`; its value may be the whole name of a tensor) to foreign ones. "" is the whole model. A layer that is not
   * named has its own name.
   */
  readonly names?: WeightNames;
  /** Whose names and shapes the tensors have. Default "adjoint". */
  readonly layout?: WeightLayout;
  /** Whether parameters without a tensor keep their values. Default false. */
  readonly partial?: boolean;
}

/**
 * Loads weights that were trained elsewhere. Layers find their tensors by name, never by order; all of them must be used
 * (PyTorch's num_batches_tracked apart), and when anything does not fit, nothing changes.
 *
 * ```ts
 * const { tensors } = await readSafetensors("resnet.safetensors");
 * loadWeights(net, tensors, { layout: "pytorch", names: { conv1: "features.0", stage1: "layer1" } });
 * ```
 *
 * From PyTorch: weights of affine layers, recurrent layers and attention are transposed, an LSTM's two biases added, and
 * `in_proj_weight` is split. A level of a stacked LSTM or GRU is `rnn_l1`. From Keras: filters become [F, C, H, W], what
 * weighs a flattened image gets its rows in the order [C, H, W], the gates of a GRU (with reset_after) their order here;
 * parts of names may be separated by "/" or ".", and end with ":0".
 *
 * The weights are not the whole model: `epsilon` of normalizations, padding and activations must be those of the other.
 *
 * @param net      gets the weights
 * @param tensors  by their names elsewhere; floats of either precision
 * @throws SpecError for tensors that are missing or that no layer takes, and for names of nothing; ShapeError when only
 *         shapes are wrong. Either lists all mistakes
 */
export function loadWeights(net: Model, tensors: Tensors, options: LoadWeightsOptions = {}): void {
  checkOptions("loadWeights", options, ["names", "layout", "partial"]);
  const { names = {}, layout: layoutName = "adjoint", partial = false } = options;
  checkArguments(net, tensors, { names, layout: layoutName, partial });
  const state = net.state();
  const loading = new Loading(net, state, tensors, names, layouts[layoutName]);
  const made = loading.all(partial);
  if (loading.problems.length > 0 || loading.missing.length > 0 || loading.unused.length > 0) {
    throw weightsError(loading, state, tensors, partial);
  }
  net.loadState({ ...state, ...made });
}

const isRecord = (x: unknown): boolean =>
  x !== null &&
  typeof x === "object" &&
  !isPromise(x) &&
  !Array.isArray(x) &&
  !(x instanceof Tensor) &&
  !(x instanceof Map);

function checkArguments(net: unknown, tensors: unknown, options: Required<LoadWeightsOptions>): void {
  const { names, layout, partial } = options;
  checkKind("loadWeights", "net", net, !isPromise(net), "a Model");
  checkKind("loadWeights", "tensors", tensors, !isPromise(tensors), "Tensors by name");
  const refuse = (argument: string, problem: string, expected: string, hint: string): never => {
    throw SpecError.of("loadWeights", argument, problem, expected, { problem, hint });
  };
  if (isBookNetwork(net)) {
    const hint = "Assign its values: for (const [name, p] of Object.entries(net.params)) p.assign(tensors[name]).";
    refuse("net", `net is a ${net.constructor.name}, a network of the book`, "a Model", hint);
  }
  if (!(net instanceof Model))
    refuse("net", "net is not a Model", "a Model", "The first argument is what build returns.");
  const { tensors: inner } = (isRecord(tensors) ? tensors : { tensors: null }) as { readonly tensors?: unknown };
  if (inner !== undefined && !(inner instanceof Tensor)) {
    const hint = "Pass what readSafetensors gives as its tensors: (await readSafetensors(path)).tensors.";
    refuse("tensors", "tensors is not a record of Tensors by name", "Tensors by name", hint);
  }
  if (!isRecord(names)) {
    refuse("names", "names is not a record", "names by name", 'Map layers to foreign names: { conv1: "features.0" }.');
  }
  if (typeof layout !== "string" || !Object.hasOwn(layouts, layout)) {
    const known = Object.keys(layouts);
    const hint = `The layouts are ${known.join(", ")}.`;
    refuse("layout", `layout is ${JSON.stringify(layout)}`, known.join(", "), hint);
  }
  if (typeof partial !== "boolean") {
    refuse("partial", `partial is ${String(partial)}`, "true or false", "True keeps parameters without a tensor.");
  }
}
