/** Weights for other frameworks: the inverse of loading them. */
import { writeSafetensors } from "@adjoint/data";
import { checkOptions, kernels, SpecError, type Tensor } from "@adjoint/tensor";
import type { Model } from "../model.ts";
import { withFiles } from "../save.ts";
import { layouts } from "./layouts/table.ts";
import { candidates, wrongNames } from "./name-map.ts";
import { checkNaming, checkNetwork, type NamingOptions } from "./naming.ts";
import { recipesOf } from "./recipes.ts";
import { quoted } from "./words.ts";

/** Options of {@link saveWeights} and {@link weightsFor}. */
export interface SaveWeightsOptions extends NamingOptions {}

/**
 * The parameters and running statistics of a model under the names and in the shapes that another framework has for them:
 * what {@link loadWeights} takes with the same options. PyTorch's second bias of an LSTM is zeros, as the sum of both is what
 * counts; of the two shapes that Keras has for filters of a depthwise convolution it is that of Conv2D with `groups`.
 *
 * @param net      a model
 * @param options  `layout` and `names`, as for `loadWeights`
 * @returns        tensors by their names there
 * @throws SpecError for names of nothing, for two tensors with one name, and for what the layout cannot express
 */
export function weightsFor(net: Model, options: SaveWeightsOptions = {}): Record<string, Tensor> {
  return weightsAs("weightsFor", net, options);
}

/**
 * Writes the weights of a model as safetensors, as another framework reads them: see {@link weightsFor}. There,
 * `net.load_state_dict(safetensors.torch.load_file("cnn.safetensors"))` takes them in PyTorch.
 *
 * ```ts
 * await saveWeights(net, "cnn.safetensors", { layout: "pytorch", names: { conv1: "features.0", affine1: "classifier" } });
 * ```
 *
 * @param path  usually `….safetensors`
 * @throws as {@link weightsFor}; DataError when the file cannot be written
 */
export async function saveWeights(net: Model, path: string | URL, options: SaveWeightsOptions = {}): Promise<void> {
  const tensors = weightsAs("saveWeights", net, options);
  const hint = "encodeSafetensors(weightsFor(net, options)) gives the bytes, to download or to keep.";
  // The word by which Python's libraries know PyTorch's conventions.
  const metadata = options.layout === "pytorch" ? { format: "pt" } : {};
  await withFiles("saveWeights", hint, () => writeSafetensors(path, tensors, { metadata }));
}

function weightsAs(op: string, net: Model, options: SaveWeightsOptions): Record<string, Tensor> {
  checkOptions(op, options, ["names", "layout"]);
  const { names = {}, layout: layoutName = "adjoint" } = options;
  checkNetwork(op, net);
  checkNaming(op, { names, layout: layoutName });
  const layout = layouts[layoutName];
  const state = net.state();
  const [mistake] = wrongNames(names, net, Object.keys(state));
  if (mistake !== undefined) {
    throw new SpecError({ op, argument: "names", problem: mistake.text, hint: mistake.hint });
  }
  const given = new Map<string, { readonly parameter: string; readonly parts: Tensor[]; readonly of: number }>();
  for (const { parameter, place, recipe } of recipesOf(net, state, names, layout)) {
    if ("problem" in recipe) {
      throw SpecError.of(op, "net", parameter, `a parameter that ${layoutName} has, too`, {
        problem: `${parameter} ${recipe.problem}`,
        hint: 'Save the model with { layout: "adjoint" }.',
      });
    }
    const values = recipe.give(state[parameter]);
    recipe.sources.forEach((source, i) => {
      const { place: part, of } = source.part ?? { place: 0, of: 1 };
      const isWhole = place.isOwn && recipe.sources.length === 1;
      const name = isWhole ? place.prefix : candidates(place, source, layout)[0];
      const tensor = given.get(name) ?? { parameter, parts: [], of };
      if (tensor.of !== of || tensor.parts[part] !== undefined) {
        throw SpecError.of(op, "names", name, "a name for each tensor", {
          problem: `${tensor.parameter} and ${parameter} are both called ${quoted(name)}`,
          hint: "Give them names of their own.",
        });
      }
      tensor.parts[part] = values[i];
      given.set(name, tensor);
    });
  }
  return Object.fromEntries(
    [...given].map(([name, { parts }]) => [name, parts.length === 1 ? kernels.contiguous(parts[0]) : stacked(parts)]),
  );
}

const stacked = (parts: readonly Tensor[]): Tensor => kernels.concat([...parts], 0);
