/**
 * Reading values by schemas: what is wrong is noted with its place, and mended as far as it is clear what was meant, so that
 * what comes after it can be checked, too.
 */
import type { z } from "zod";
import { type Mistake, type Path, pathText } from "../mistake.ts";
import { isObject } from "./plain.ts";
import { meant, shown, suggestion } from "./words.ts";

/** Mistakes of form, as they are found. */
export class Notes {
  readonly mistakes: Mistake[] = [];

  add(mistake: Mistake): void {
    this.mistakes.push(mistake);
  }

  /**
   * Reads a value by a schema. Notes what is wrong, and gives the value mended: options with unknown names renamed where
   * the name that was meant is missing, wrong ones that are optional left out; null where that is not enough.
   */
  read(
    schema: z.ZodType,
    value: unknown,
    path: Path,
    known: readonly string[],
    kind?: string,
  ): Record<string, unknown> | null {
    const result = schema.safeParse(value);
    if (result.success) return value as Record<string, unknown>;
    const mended = isObject(value) ? { ...value } : null;
    for (const issue of result.error.issues) this.note(issue, value, mended, path, known, kind);
    return mended !== null && schema.safeParse(mended).success ? mended : null;
  }

  private note(
    issue: z.core.$ZodIssue,
    value: unknown,
    mended: Record<string, unknown> | null,
    path: Path,
    known: readonly string[],
    kind: string | undefined,
  ): void {
    const about = kind === undefined ? {} : { kind };
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        const problem = `unknown name "${key}"; ${suggestion(key, known, `the names here are ${known.join(", ")}`)}`;
        this.add({ path: [...path, key], ...about, problem, received: key });
        const near = meant(key, known);
        if (mended === null) continue;
        if (near !== undefined && !Object.hasOwn(mended, near)) mended[near] = mended[key];
        delete mended[key];
      }
      return;
    }
    const keys = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
    const given = valueAt(value, keys);
    const subject = keys.length === 0 ? (path.length === 0 ? "the spec" : path.join(".")) : textOf(keys, path, kind);
    if (given === undefined) {
      this.add({ path: [...path, ...keys], ...about, problem: `${subject} is missing` });
      return;
    }
    const words = issue.code === "invalid_value" ? issue.values.map(String) : [];
    const near = meant(given, words);
    const rule =
      issue.code === "invalid_value"
        ? suggestion(given, words, `it must be ${issue.values.map(shown).join(" or ")}`)
        : `it ${issue.message}`;
    this.add({
      path: [...path, ...keys],
      ...about,
      problem: `${subject} is ${shown(given)}; ${rule}`,
      received: shown(given),
      ...(near === undefined ? {} : { fix: { path: [...path, ...keys], value: near } }),
    });
    if (mended !== null && keys.length > 0) delete mended[keys[0]];
  }
}

/** `size[1]`; for parts of the model that are no layers with what they are part of, `loss.delta`. */
function textOf(keys: readonly (string | number)[], path: Path, kind: string | undefined): string {
  return pathText(kind === undefined ? [...path, ...keys] : keys);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}
