/**
 * Damaged and hostile files: real ones with bytes or fields changed by a seed, so that a failure comes again.
 */
import { AdjointError, type RandomGenerator, rng } from "@adjoint/tensor";
import { decodeMessage } from "../../messages/read.ts";
import { type Draft, fieldsOf, type Message, type MessageName, messages } from "../../messages/schema.ts";
import { encodeMessage } from "../../messages/write.ts";
import { fromOnnx } from "../from-onnx.ts";

/** Draws from a generator, one number at a time. */
class Chance {
  private readonly generator: RandomGenerator;

  constructor(seed: number) {
    this.generator = rng(seed);
  }

  below(n: number): number {
    return Math.floor(Number(this.generator.uniform([], { dtype: "float64" }).item()) * n);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }
}

/** Changes bytes: some are overwritten, cut out, doubled, or the end is missing. */
function damaged(bytes: Uint8Array, chance: Chance): Uint8Array {
  let result = Uint8Array.from(bytes);
  for (let k = chance.below(4); k >= 0 && result.length > 1; k--) {
    const at = chance.below(result.length);
    const length = 1 + chance.below(Math.min(64, result.length - at));
    switch (chance.below(5)) {
      case 0:
        result[at] = chance.below(256);
        break;
      case 1:
        result[at] ^= 1 << chance.below(8);
        break;
      case 2:
        result = Uint8Array.from([...result.subarray(0, at), ...result.subarray(at + length)]);
        break;
      case 3:
        result = Uint8Array.from([...result.subarray(0, at + length), ...result.subarray(at)]);
        break;
      default:
        if (chance.below(4) === 0) result = result.slice(0, at);
    }
  }
  return result;
}

/** Numbers that lengths, axes and settings are not, or are at their ends. */
const oddIntegers = [-1, 0, 1, 2, 3, 7, 64, 1000, 65536, 2 ** 20, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 40, 2 ** 52];
const oddReals = [0, -1, 0.5, 1e-30, 1e30, Number.NaN, Number.POSITIVE_INFINITY];

/** Everything in a message that can be changed: its object, and the field. */
function placesIn(
  message: MessageName,
  value: object,
  found: { of: Record<string, unknown>; name: string; type: string; repeated: boolean }[],
) {
  const fields = value as Record<string, unknown>;
  for (const [name, [, type, repeated]] of fieldsOf(message)) {
    const held = fields[name];
    if (held === undefined) continue;
    found.push({ of: fields, name, type, repeated: repeated !== undefined });
    if (!(type in messages)) continue;
    for (const one of repeated === undefined ? [held] : (held as object[]))
      placesIn(type as MessageName, one as object, found);
  }
  return found;
}

/** Changes fields of the messages: lengths, types, names, numbers; parts are doubled, moved or left out. */
function rewritten(bytes: Uint8Array, chance: Chance, words: readonly string[]): Uint8Array {
  const model = structuredClone(decodeMessage("Model", bytes, { op: "mutate", name: "the data" })) as Message<"Model">;
  for (let k = chance.below(3); k >= 0; k--) {
    const { of, name, type, repeated } = chance.of(placesIn("Model", model, []));
    const fresh = (old: unknown): unknown => {
      if (type === "string") return chance.of(words);
      if (type === "float" || type === "double") return chance.of(oddReals);
      if (type === "bytes") return (old as Uint8Array | undefined)?.slice(0, chance.below(9)) ?? new Uint8Array();
      if (type in messages) return old;
      const odd = chance.of(oddIntegers);
      return type === "int32" ? odd | 0 : type === "uint64" ? Math.abs(odd) : odd;
    };
    if (!repeated) {
      if (chance.below(6) === 0) of[name] = undefined;
      else of[name] = fresh(of[name]);
      continue;
    }
    const list = [...(of[name] as unknown[])];
    const at = chance.below(list.length + 1);
    const what = chance.below(4);
    if (list.length === 0 && type in messages) continue;
    if (what === 0) list.splice(at, 1);
    else if (what === 1) list.splice(at, 0, fresh(list[Math.min(at, list.length - 1)]));
    else if (what === 2 && list.length > 1) list.splice(at, 0, ...list.splice(chance.below(list.length), 1));
    else if (at < list.length) list[at] = fresh(list[at]);
    of[name] = list;
  }
  return encodeMessage("Model", model as Draft<"Model">);
}

/** The mutation of one of the files that a seed stands for. */
export function mutation(files: readonly Uint8Array[], seed: number, ops: readonly string[]): Uint8Array {
  const chance = new Chance(seed);
  const bytes = chance.of(files);
  const words = ["", "input", "output", "x", "y", "W", ...Array.from({ length: 6 }, () => chance.of(ops))];
  return seed % 2 === 0 ? damaged(bytes, chance) : rewritten(bytes, chance, words);
}

/** What becomes of a file: it is read, refused, or an error that nobody expected. */
export function readingOf(bytes: Uint8Array): { readonly kind: "read" | "refused"; readonly cause: unknown } {
  try {
    fromOnnx(bytes);
    return { kind: "read", cause: null };
  } catch (error) {
    if (!(error instanceof AdjointError)) throw error;
    return { kind: "refused", cause: error.cause ?? null };
  }
}
