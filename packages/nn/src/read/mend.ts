/**
 * Reads values by schemas. Mistakes are noted with their places and mended where the intention is clear, so that the rest
 * can be checked, too.
 */
import type * as z from "zod/mini";
import { type Mistake, type Path, pathText } from "./mistake.ts";
import { isObject } from "./plain.ts";
import { optionSynonyms, plainName, valueSynonyms } from "./synonyms.ts";
import { meant, plainRule, shown, spaceHint, suggestion } from "./words.ts";

/** The merge key of YAML 1.1. */
export const MERGE = "<<";

/** Mistakes of form, as they are found. */
export class Notes {
  readonly mistakes: Mistake[] = [];
  /** Misspelled names by the path of the right ones, under which their values are read. */
  private readonly renamed = new Map<string, string>();

  /** A path in the given value, with its misspelled names. */
  given(path: Path): Path {
    if (this.renamed.size === 0) return path;
    return path.map((key, i) => this.renamed.get(pathText(path.slice(0, i + 1))) ?? key);
  }

  add(mistake: Mistake): void {
    this.mistakes.push(mistake);
  }

  /**
   * Reads a value by a schema. Notes what is wrong, and gives the value mended: options with unknown names renamed where
   * the name that was meant is missing, wrong ones that are optional left out; null where that is not enough.
   */
  read(...args: Parameters<Notes["mend"]>): Record<string, unknown> | null {
    const [schema, value] = args;
    const mended = this.mend(...args);
    return mended !== null && (mended === value || schema.safeParse(mended).success) ? mended : null;
  }

  /** As {@link read}, but also returns incomplete values; null unless value is an object. */
  mend(
    schema: z.ZodMiniType,
    value: unknown,
    path: Path,
    known: readonly string[],
    kind?: string,
  ): Record<string, unknown> | null {
    const result = schema.safeParse(value, { error: plainRule });
    if (result.success) return value as Record<string, unknown>;
    const about = kind === undefined ? {} : { kind };
    const named = isObject(value) ? { ...value } : null;
    for (const issue of result.error.issues) {
      if (issue.code === "unrecognized_keys") this.noteNames(issue, named, path, known, about);
    }
    // A value with a misspelled name is not missing, and may still be wrong.
    const { error } = schema.safeParse(named ?? value, { error: plainRule });
    const mended = named === null ? null : { ...named };
    // Merged entries are not missing to the author.
    const isMerged = isObject(value) && Object.hasOwn(value, MERGE);
    for (const issue of error?.issues ?? []) {
      const isMissing = valueAt(named ?? value, issue.path) === undefined;
      if (issue.code !== "unrecognized_keys" && !(isMissing && isMerged)) this.note(issue, named ?? value, path, about);
      const [key] = issue.path;
      if (mended === null || key === undefined) continue;
      // A single allowed value is the intended one.
      if (issue.code === "invalid_value" && issue.values.length === 1) mended[String(key)] = issue.values[0];
      else delete mended[String(key)];
    }
    return mended;
  }

  /** Notes unknown names; in `named`, those of the value itself are removed or corrected. */
  private noteNames(
    { keys, path: inner }: z.core.$ZodIssueUnrecognizedKeys,
    named: Record<string, unknown> | null,
    path: Path,
    known: readonly string[],
    about: { readonly kind?: string },
  ): void {
    const place = [...path, ...inner.map(String)];
    // The names of nested objects are not known here.
    const names = inner.length > 0 ? [] : known;
    for (const key of keys) {
      this.unknownName(key, names, place, about);
      if (named === null || inner.length > 0) continue;
      const near = meant(key, names, optionSynonyms);
      if (near !== undefined && !Object.hasOwn(named, near)) {
        named[near] = named[key];
        this.renamed.set(pathText([...path, near]), key);
      }
      delete named[key];
    }
  }

  /** Notes an unknown name. */
  unknownName(key: string, known: readonly string[], path: Path, about: { readonly kind?: string } = {}): void {
    const others = known.length === 0 ? "it is not allowed here" : `expected one of ${known.join(", ")}`;
    const rule =
      key === MERGE
        ? "merge keys are not supported: write the entries out"
        : suggestion(key, known, others, optionSynonyms);
    const problem = `unknown name "${key}"; ${rule}`;
    const isActivation = about.kind !== undefined && plainName(key) === "activation";
    const hint = isActivation
      ? { hint: 'An activation is a layer of its own: { "kind": "relu" } after this one.' }
      : {};
    this.add({ path: [...path, key], ...about, problem, received: key, ...spaceHint(key), ...hint });
  }

  private note(issue: z.core.$ZodIssue, value: unknown, path: Path, about: { readonly kind?: string }): void {
    const keys = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
    const given = valueAt(value, keys);
    const subject =
      keys.length === 0 ? (path.length === 0 ? "the spec" : path.join(".")) : textOf(keys, path, about.kind);
    if (given === undefined) {
      this.add({ path: [...path, ...keys], ...about, problem: `${subject} is missing` });
      return;
    }
    const words = wordsOf(issue);
    const near = meant(given, words, valueSynonyms);
    const rule = suggestion(given, words, `it ${ruleOf(issue, given)}`, valueSynonyms);
    const isNewer = subject === "version" && typeof given === "number" && given > 1;
    this.add({
      path: [...path, ...keys],
      ...about,
      problem: `${subject} is ${shown(given)}; ${rule}`,
      received: shown(given),
      ...(subject === "the spec" && typeof given === "string" ? { hint: "Read text by parseModelText(text)." } : {}),
      ...(isNewer ? { hint: "Update Adjoint to read newer files." } : {}),
      ...(near === undefined ? {} : { fix: { path: [...path, ...keys], value: near } }),
    });
  }
}

/** The allowed words of an option, also in unions. */
function wordsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === "invalid_value") return issue.values.filter((value) => typeof value === "string");
  if (issue.code !== "invalid_union") return [];
  const whole = issue.errors.flat().filter(({ path }) => path.length === 0);
  return whole.flatMap(wordsOf);
}

/** The rule of an option, after "it". */
function ruleOf(issue: z.core.$ZodIssue, given: unknown): string {
  if (issue.code !== "invalid_value") return issue.message;
  const note = typeof given === "string" && issue.values.some((v) => typeof v === "number") ? " (a number)" : "";
  return `must be ${issue.values.map(shown).join(" or ")}${note}`;
}

/** `size[1]`; outside of layers with the path, `loss.delta`. */
function textOf(keys: readonly (string | number)[], path: Path, kind: string | undefined): string {
  return pathText(kind === undefined ? [...path, ...keys] : keys);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}
