/** What loading and saving weights are given alike: a model, whose layout it is, and what layers are called there. */
import { checkKind, isPromise, SpecError, Tensor } from "@adjoint/tensor";
import { isBookNetwork } from "../check-model.ts";
import { Model } from "../model.ts";
import { layouts, type WeightLayout } from "./layouts/table.ts";
import type { WeightNames } from "./name-map.ts";

/** The names that weights have elsewhere. */
export interface NamingOptions {
  /**
   * What layers are called elsewhere: names of layers (`conv1`), of blocks (`stage1`, for all layers in it) or of parameters
   * (`conv1.weight`; its value may be the whole name of a tensor) to foreign ones. "" is the whole model. A layer that is not
   * named has its own name.
   */
  readonly names?: WeightNames;
  /** Whose names and shapes the tensors have. Default "adjoint". */
  readonly layout?: WeightLayout;
}

/** Whether a value is a plain record. */
export const isRecord = (x: unknown): boolean =>
  x !== null &&
  typeof x === "object" &&
  !isPromise(x) &&
  !Array.isArray(x) &&
  !(x instanceof Tensor) &&
  !(x instanceof Map);

/** @throws SpecError for what is not a Model */
export function checkNetwork(op: string, net: unknown): void {
  checkKind(op, "net", net, !isPromise(net), "a Model");
  if (net instanceof Model) return;
  if (isBookNetwork(net)) {
    throw SpecError.of(op, "net", net, "a Model", {
      problem: `net is a ${net.constructor.name}, a network of the book`,
      hint: op === "loadWeights" ? "Load its state: net.loadState(tensors)." : "Take its state: net.state().",
    });
  }
  const problem = "net is not a Model";
  throw SpecError.of(op, "net", net, "a Model", { problem, hint: "The first argument is what build returns." });
}

/** @throws SpecError for names that are no record, and for an unknown layout */
export function checkNaming(op: string, { names, layout }: Required<NamingOptions>): void {
  if (!isRecord(names)) {
    throw SpecError.of(op, "names", names, "names by name", {
      problem: "names is not a record",
      hint: 'Map layers to foreign names: { conv1: "features.0" }.',
    });
  }
  if (typeof layout === "string" && Object.hasOwn(layouts, layout)) return;
  const known = Object.keys(layouts).join(", ");
  throw SpecError.of(op, "layout", layout, known, {
    problem: `layout is ${JSON.stringify(layout)}`,
    hint: `The layouts are ${known}.`,
  });
}
