/** How each parameter of a model is made of foreign tensors, and where these are. */
import { SpecError, type Tensor } from "@adjoint/tensor";
import type { ModelLayer } from "../layer.ts";
import type { Model } from "../model.ts";
import { kerasOrders } from "./layouts/keras-order.ts";
import { as, type Layout, type Recipe, type RecipeOf, type Unmakeable } from "./layouts/recipe.ts";
import { type Place, placeOf, type WeightNames } from "./name-map.ts";
import { quoted } from "./words.ts";

/** The recipe of a parameter. */
export interface PlannedRecipe {
  readonly parameter: string;
  readonly layer: ModelLayer;
  readonly place: Place;
  readonly recipe: Recipe | Unmakeable;
}

/** The recipes of all parameters and running statistics of a model. */
export function recipesOf(
  net: Model,
  state: Readonly<Record<string, Tensor>>,
  names: WeightNames,
  layout: Layout,
): PlannedRecipe[] {
  const orders = kerasOrders(net);
  const layers = new Map(net.layers.filter(({ name, owner }) => name === owner).map((layer) => [layer.name, layer]));
  return Object.entries(state).map(([parameter, { shape }]) => {
    const layer = ownerOf(parameter, layers);
    const key = parameter.slice(layer.name.length + 1);
    const place = placeOf(parameter, layer.name, names, layout);
    const order = orders[layer.sources[0]];
    return { parameter, layer, place, recipe: recipeFor(layout, layer.kind, key)(shape, { ...layer, order }) };
  });
}

function recipeFor({ recipes }: Layout, kind: string, key: string): RecipeOf {
  const ofKind = Object.hasOwn(recipes, kind) ? recipes[kind] : {};
  return Object.hasOwn(ofKind, key) ? ofKind[key] : as(key);
}

/** The layer that a parameter belongs to: the longest name that its own begins with. */
function ownerOf(parameter: string, layers: ReadonlyMap<string, ModelLayer>): ModelLayer {
  for (let end = parameter.lastIndexOf("."); end > 0; end = parameter.lastIndexOf(".", end - 1)) {
    const layer = layers.get(parameter.slice(0, end));
    if (layer !== undefined) return layer;
  }
  throw new SpecError({ op: "weights", problem: `no layer has the parameter ${quoted(parameter)}` });
}
