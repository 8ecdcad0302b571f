/** The registry of kinds and ops that a spec may name: built-in ones, and custom ones passed as `use`. */
import type { Op, OpDefinition } from "@adjoint/autograd";
import { kindOf, SpecError } from "@adjoint/tensor";
import { builtInKinds } from "./all.ts";
import type { DefinedLayer } from "./define-layer.ts";
import type { LayerKind } from "./kind/layer-kind.ts";
import { builtInOps } from "./op.ts";
import { structures } from "./structures.ts";

/** Layers made by `defineLayer` and ops made by `defineOp` that a spec names. */
export type Used = readonly (DefinedLayer | Op<never, never>)[];

/** Kinds and ops by name. */
export interface Registry {
  readonly kinds: ReadonlyMap<string, LayerKind>;
  readonly ops: ReadonlyMap<string, OpDefinition<never>>;
}

const builtIn: Registry = { kinds: builtInKinds, ops: builtInOps };

/** The built-in kinds and ops with those of `use`. @throws SpecError for other values, or a name that is taken */
export function registryOf(op: string, use: Used = []): Registry {
  if (!Array.isArray(use)) throw notUsable(op, "use", use);
  if (use.length === 0) return builtIn;
  const kinds = new Map(builtInKinds);
  const ops = new Map(builtInOps);
  use.forEach((entry: unknown, i) => {
    const { layerKind, definition } = (typeof entry === "function" ? entry : {}) as Partial<DefinedLayer> & {
      definition?: OpDefinition<never>;
    };
    if (layerKind !== undefined) {
      const { kind } = layerKind;
      const before = kinds.get(kind);
      if ((before !== undefined && before !== layerKind.definition) || Object.hasOwn(structures, kind)) {
        throw notUnique(op, i, "kinds of layers", kind, "defineLayer");
      }
      kinds.set(kind, layerKind.definition);
    } else if (typeof definition?.name === "string") {
      const { name } = definition;
      const before = ops.get(name);
      if (before !== undefined && before !== definition) throw notUnique(op, i, "ops", name, "defineOp");
      ops.set(name, definition);
    } else throw notUsable(op, `use[${i}]`, entry);
  });
  return { kinds, ops };
}

function notUnique(op: string, i: number, things: string, name: string, maker: string): SpecError {
  return SpecError.of(op, `use[${i}]`, name, "a unique name", {
    problem: `two ${things} are called "${name}"`,
    hint: `Rename one of them in ${maker}.`,
  });
}

function notUsable(op: string, argument: string, value: unknown): SpecError {
  return SpecError.of(op, argument, typeof value, "a list of layers made by defineLayer and ops made by defineOp", {
    problem: `${argument} is ${kindOf(value)}`,
    hint: "Write { use: [scale, cube] }.",
  });
}
