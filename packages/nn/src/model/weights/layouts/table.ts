/** The layouts by name. */
import { keras } from "./keras.ts";
import { pytorch } from "./pytorch.ts";
import type { Layout } from "./recipe.ts";

/** The convention of names and shapes of weights: this library, PyTorch's state_dict, or Keras. */
export type WeightLayout = "adjoint" | "pytorch" | "keras";

const adjoint: Layout = { separator: ".", canonical: (name) => name, ignored: [], recipes: {} };

export const layouts: Readonly<Record<WeightLayout, Layout>> = { adjoint, pytorch, keras };
