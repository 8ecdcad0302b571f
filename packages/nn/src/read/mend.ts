/**
 * Reading values by schemas: what is wrong is noted with its place, and mended as far as it is clear what was meant, so that
 * what comes after it can be checked, too.
 */
import type * as z from "zod/mini";
import { type Mistake, type Path, pathText } from "./mistake.ts";
import { isObject } from "./plain.ts";
import { plainRule } from "./rules.ts";
import { optionSynonyms } from "./synonyms.ts";
import { meant, shown, spaceHint, suggestion } from "./words.ts";

/** What YAML 1.1 called the entry that takes over those of another map. */
export const MERGE = "<<";

/** Mistakes of form, as they are found. */
export class Notes {
  readonly mistakes: Mistake[] = [];
  /** What stands under a misspelled name is read as under the right one: the given name, by the path of the right one. */
  private readonly renamed = new Map<string, string>();

  /** Where in the given value a path leads that may hold names which were misspelled there. */
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
  read(
    schema: z.ZodMiniType,
    value: unknown,
    path: Path,
    known: readonly string[],
    kind?: string,
  ): Record<string, unknown> | null {
    const mended = this.mend(schema, value, path, known, kind);
    return mended !== null && (mended === value || schema.safeParse(mended).success) ? mended : null;
  }

  /** As {@link read}, and gives as well what is not whole; null for what is no object. */
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
    // What stood under a misspelled name is neither missing nor right by that.
    const { error } = schema.safeParse(named ?? value, { error: plainRule });
    const mended = named === null ? null : { ...named };
    // What was merged is not missing in the eyes of who wrote it.
    const isMerged = isObject(value) && Object.hasOwn(value, MERGE);
    for (const issue of error?.issues ?? []) {
      const isMissing = valueAt(named ?? value, issue.path) === undefined;
      if (issue.code !== "unrecognized_keys" && !(isMissing && isMerged)) this.note(issue, named ?? value, path, about);
      const [key] = issue.path;
      if (mended === null || key === undefined) continue;
      // Where one value alone is right, it is meant.
      if (issue.code === "invalid_value" && issue.values.length === 1) mended[String(key)] = issue.values[0];
      else delete mended[String(key)];
    }
    return mended;
  }

  /** Notes names that nobody knows; those of the value itself go from `named`, or get the name that was meant. */
  private noteNames(
    { keys, path: inner }: z.core.$ZodIssueUnrecognizedKeys,
    named: Record<string, unknown> | null,
    path: Path,
    known: readonly string[],
    about: { readonly kind?: string },
  ): void {
    const place = [...path, ...inner.map(String)];
    // Of objects in options only the names that are wrong are known.
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

  /** Notes a name that nobody knows among those that are known. */
  unknownName(key: string, known: readonly string[], path: Path, about: { readonly kind?: string } = {}): void {
    const others = known.length === 0 ? "it has no place here" : `the names here are ${known.join(", ")}`;
    const rule =
      key === MERGE
        ? "merge keys are not read: write out what it stands for"
        : suggestion(key, known, others, optionSynonyms);
    const problem = `unknown name "${key}"; ${rule}`;
    this.add({ path: [...path, key], ...about, problem, received: key, ...spaceHint(key) });
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
    const near = meant(given, words);
    const rule = suggestion(given, words, `it ${ruleOf(issue, given)}`);
    this.add({
      path: [...path, ...keys],
      ...about,
      problem: `${subject} is ${shown(given)}; ${rule}`,
      received: shown(given),
      ...(subject === "the spec" && typeof given === "string" ? { hint: "Read text by parseModelText(text)." } : {}),
      ...(near === undefined ? {} : { fix: { path: [...path, ...keys], value: near } }),
    });
  }
}

/** The words that an option may be, also where it may be something else instead. */
function wordsOf(issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === "invalid_value") return issue.values.filter((value) => typeof value === "string");
  return issue.code === "invalid_union"
    ? issue.errors
        .flat()
        .filter(({ path }) => path.length === 0)
        .flatMap(wordsOf)
    : [];
}

/** What an option must be, after "it". */
function ruleOf(issue: z.core.$ZodIssue, given: unknown): string {
  if (issue.code !== "invalid_value") return issue.message;
  const note = typeof given === "string" && issue.values.some((v) => typeof v === "number") ? " (a number)" : "";
  return `must be ${issue.values.map(shown).join(" or ")}${note}`;
}

/** `size[1]`; for parts of the model that are no layers with what they are part of, `loss.delta`. */
function textOf(keys: readonly (string | number)[], path: Path, kind: string | undefined): string {
  return pathText(kind === undefined ? [...path, ...keys] : keys);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}
