/** The layouts by name. */
import { keras } from "./keras.ts";
import { pytorch } from "./pytorch.ts";
import type { Layout } from "./recipe.ts";

/** How names and shapes of weights are meant: as here, as in a PyTorch state_dict, as in Keras. */
export type WeightLayout = "adjoint" | "pytorch" | "keras";

const adjoint: Layout = { separator: ".", canonical: (name) => name, ignored: [], recipes: {} };

export const layouts: Readonly<Record<WeightLayout, Layout>> = { adjoint, pytorch, keras };
