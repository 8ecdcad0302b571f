/** loadWeights: loads weights of other frameworks. */
import { checkKind, checkOneOf, checkOptions, isPromise, SpecError, Tensor } from "@adjoint/tensor";
import type { Model } from "../model.ts";
import { layouts } from "./layouts/table.ts";
import { Loading, type Tensors } from "./loading.ts";
import { checkNaming, checkNetwork, isRecord, type NamingOptions } from "./naming.ts";
import { weightsError } from "./problems.ts";

const op = "loadWeights";

/** Options of {@link loadWeights}. */
export interface LoadWeightsOptions extends NamingOptions {
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
  checkOptions(op, options, ["names", "layout", "partial"]);
  const { names = {}, layout: layoutName = "adjoint", partial = false } = options;
  checkNetwork(op, net);
  checkTensors(tensors);
  checkNaming(op, { names, layout: layoutName });
  checkOneOf(op, "partial", partial, [true, false]);
  const state = net.state();
  const loading = new Loading(net, state, tensors, names, layouts[layoutName]);
  const made = loading.all(partial);
  if (loading.problems.length > 0 || loading.missing.length > 0 || loading.unused.length > 0) {
    throw weightsError(loading, state, tensors, partial);
  }
  net.loadState({ ...state, ...made });
}

function checkTensors(tensors: unknown): void {
  checkKind(op, "tensors", tensors, !isPromise(tensors), "Tensors by name");
  const { tensors: inner } = (isRecord(tensors) ? tensors : { tensors: null }) as { readonly tensors?: unknown };
  if (inner === undefined || inner instanceof Tensor) return;
  const problem = "tensors is not a record of Tensors by name";
  const hint = "Pass what readSafetensors gives as its tensors: (await readSafetensors(path)).tensors.";
  throw SpecError.of(op, "tensors", problem, "Tensors by name", { problem, hint });
}
