/**
 * Reads the JSON of a safetensors header straight from its bytes. JSON.parse would do for honest files, but it keeps
 * the last of two tensors of one name, rounds numbers beyond 2⁵³ and forgets at which byte a thing stood; and since a
 * header has a fixed depth, reading it takes no recursion, which nesting could exhaust.
 */
import type { AdjointError } from "@adjoint/tensor";
import { type FormatSource, formatError, hex } from "../format-error.ts";

/** Takes one value after the other; `what` says in errors what the value is, for example `the shape of "w"`. */
export interface JsonReader {
  /** `{ name: value, … }`: calls `member` where each value begins, with the byte of the name; no name comes twice. */
  object(what: string, member: (name: string, at: number) => void): void;
  /** `[value, …]`: calls `element` where each value begins. */
  array(what: string, element: (index: number) => void): void;
  /** A string, and the byte where it begins. */
  string(what: string): { readonly text: string; readonly at: number };
  /** An integer from 0 to 2⁵³ − 1, written with digits alone, and the byte where it begins. */
  wholeNumber(what: string): { readonly value: number; readonly at: number };
  /** The end, after nothing but white space. */
  end(): void;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const quote = 0x22;
const backslash = 0x5c;
const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const zero = 0x30;
const isDigit = (byte: number | undefined) => byte !== undefined && byte >= zero && byte <= zero + 9;

/** A name as errors show it: in quotes, its middle left out when it is long. */
export function quoted(name: string): string {
  return JSON.stringify(name.length <= 64 ? name : `${name.slice(0, 40)}…${name.slice(-16)}`);
}

/** Whether text is whole Unicode, which UTF-8 can hold: no half of a surrogate pair stands alone. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Reads `bytes`, which begin at byte `start` of the file. Errors name the byte, and what should be there. */
export function jsonReader(bytes: Uint8Array, start: number, source: FormatSource): JsonReader {
  let i = 0;

  const skipSpace = (): void => {
    while (i < bytes.length && isSpace(bytes[i])) i++;
  };
  /** What stands here, as far as an error needs it. */
  const found = (): string => {
    if (i >= bytes.length) return "the end of the header";
    let end = i;
    while (end < Math.min(i + 24, bytes.length) && bytes[end] > 0x20 && bytes[end] < 0x7f) {
      if (end > i && ",:]}".includes(String.fromCharCode(bytes[end]))) break;
      end++;
    }
    return end === i ? `the byte ${hex(bytes.subarray(i, i + 1))}` : String.fromCharCode(...bytes.subarray(i, end));
  };
  const unexpected = (wanted: string, what: string): AdjointError =>
    formatError(source, `has ${found()} where ${wanted} should be: ${what}`, start + i, wanted, found());
  const follows = (mark: string): boolean => {
    skipSpace();
    if (bytes[i] !== mark.charCodeAt(0)) return false;
    i++;
    return true;
  };
  const must = (mark: string, wanted: string, what: string): void => {
    if (!follows(mark)) throw unexpected(wanted, what);
  };

  const string: JsonReader["string"] = (what) => {
    skipSpace();
    if (bytes[i] !== quote) throw unexpected("a string", what);
    const from = i++;
    while (i < bytes.length && bytes[i] !== quote) i += bytes[i] === backslash ? 2 : 1;
    if (i >= bytes.length) {
      throw formatError(source, `has a string that does not end: ${what}`, start + from, '"', "the end of the header");
    }
    i++;
    const received = `${i - from} bytes`;
    let text: string;
    try {
      text = utf8.decode(bytes.subarray(from, i));
    } catch (cause) {
      throw formatError(source, `has a string that is not UTF-8: ${what}`, start + from, "UTF-8", received, { cause });
    }
    try {
      text = JSON.parse(text);
    } catch (cause) {
      const problem = `has a string with an unknown escape or a control character: ${what}`;
      throw formatError(source, problem, start + from, "a string of JSON", received, { cause });
    }
    if (!isWellFormed(text)) {
      const problem = `has a string with half of a surrogate pair: ${what}`;
      throw formatError(source, problem, start + from, "whole characters", quoted(text));
    }
    return { text, at: start + from };
  };

  return {
    string,
    object(what, member) {
      must("{", "{", what);
      const names = new Set<string>();
      if (follows("}")) return;
      do {
        const { text, at } = string(`a name in ${what}`);
        if (names.has(text)) {
          throw formatError(source, `has ${quoted(text)} twice in ${what}`, at, "each name once", quoted(text), {
            hint: "Only one of the two could be kept.",
          });
        }
        names.add(text);
        must(":", '":"', `the value of ${quoted(text)} in ${what}`);
        member(text, at);
      } while (follows(","));
      must("}", '"," or "}"', what);
    },
    array(what, element) {
      must("[", "[", what);
      if (follows("]")) return;
      let index = 0;
      do element(index++);
      while (follows(","));
      must("]", '"," or "]"', what);
    },
    wholeNumber(what) {
      skipSpace();
      const from = i;
      let end = i;
      let value = 0;
      for (; isDigit(bytes[end]); end++) value = 10 * value + bytes[end] - zero;
      const isOne = end === from + 1 || (end > from && bytes[from] !== zero);
      // Beyond 2⁵³ the sum is rounded, but never back to a safe number.
      if (!isOne || !Number.isSafeInteger(value) || ".eE+-".includes(String.fromCharCode(bytes[end]))) {
        throw unexpected("an integer from 0 to 2^53 - 1", what);
      }
      i = end;
      return { value, at: start + from };
    },
    end() {
      skipSpace();
      if (i < bytes.length) throw unexpected("nothing but spaces", "after the header's last }");
    },
  };
}
