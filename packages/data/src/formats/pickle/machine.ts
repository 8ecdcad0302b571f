/** Runs through the opcodes of a pickle and keeps its stack. Nothing is executed, and the file's size bounds memory. */
import { type FormatSource, formatError, grouped } from "../format-error.ts";
import { build, isKind, nameOf, type PickledOf, type Refuse, reduced, type Value } from "./objects.ts";
import { opcode, refusedOpcodes } from "./opcodes.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Longest decimal number that is read. */
const longestNumber = 40;

/** Each byte as the character of its number, as Python's latin1; TextDecoder's is another. */
const latin1 = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
};

/** A string of Python 2, or one of protocol 0, without its quotes and escapes. */
function unescaped(line: string): string | null {
  const quoted = /^'(.*)'$|^"(.*)"$/s.exec(line);
  if (quoted === null) return null;
  const named: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", "'": "'", '"': '"' };
  return (quoted[1] ?? quoted[2]).replace(/\\(x([0-9a-f]{2})|.)/gs, (_, sign: string, hex?: string) =>
    hex === undefined ? (named[sign] ?? `\\${sign}`) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/**
 * The value that a pickle holds.
 * @throws DataError at the first opcode that plain arrays do not need, and where the file is cut off or damaged
 */
export function runPickle(bytes: Uint8Array, source: FormatSource): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: Value[] = [];
  const marks: number[] = [];
  const memo = new Map<number, Value>();
  let at = 0;
  let begin = 0;
  let copied = 0;

  const refuse: Refuse = (problem, expected, hint) => {
    throw formatError(source, problem, begin, expected, "other bytes", hint === undefined ? {} : { hint });
  };
  const count = (size: number): void => {
    copied += size;
    // Each array has bytes of its own, at most twice: as characters, and as bytes.
    if (copied > 4 * bytes.length + 1024) refuse("uses the same bytes for many arrays", "bytes of its own for each");
  };
  const take = (length: number): Uint8Array => {
    if (!(length >= 0 && at + length <= bytes.length)) {
      const found = `${grouped(bytes.length)} bytes`;
      throw formatError(source, "is cut off before its end", bytes.length, "more bytes", found, {
        hint: "Copy the file again.",
      });
    }
    at += length;
    return bytes.subarray(at - length, at);
  };
  const u8 = (): number => take(1)[0];
  /** Where `length` bytes begin, after taking them. */
  const skip = (length: number): number => take(length).byteOffset - bytes.byteOffset;
  const u16 = (): number => view.getUint16(skip(2), true);
  const u32 = (): number => view.getUint32(skip(4), true);
  const u64 = (): number => Number(view.getBigUint64(skip(8), true));
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    const text = latin1(take((end < 0 ? bytes.length + 1 : end) - at));
    at++;
    return text;
  };
  const unicode = (content: Uint8Array): string => {
    try {
      return utf8.decode(content);
    } catch {
      return refuse("has a string that is not UTF-8", "UTF-8");
    }
  };
  const integer = (text: string): Value => {
    if (text === "00" || text === "01") return text === "01";
    const value = text.length > longestNumber ? Number.NaN : Number(text.replace(/L$/, ""));
    return Number.isSafeInteger(value) && text !== ""
      ? value
      : refuse("has an integer beyond 2^53", "smaller integers");
  };
  const pop = (): Value => {
    if (stack.length <= (marks.at(-1) ?? 0)) refuse("takes more from its stack than there is", "what NumPy writes");
    return stack.pop()!;
  };
  const top = (): Value => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const popMark = (): Value[] => {
    const mark = marks.pop() ?? refuse("takes more from its stack than there is", "what NumPy writes");
    return stack.splice(mark);
  };
  const popTuple = (length: number): void => {
    const items = Array.from({ length }, pop).reverse();
    stack.push({ kind: "tuple", items });
  };
  const container = <Kind extends "list" | "dict">(kind: Kind, problem: string, expected: string): PickledOf<Kind> => {
    const value = top();
    return isKind(value, kind) ? value : refuse(problem, expected);
  };
  const list = (): Value[] => container("list", "appends to what is no list", "a list").items;
  const dict = (): [Value, Value][] => container("dict", "sets items of what is no dictionary", "a dictionary").entries;
  const pairs = (items: readonly Value[]): [Value, Value][] => {
    if (items.length % 2 !== 0) refuse("has a key without a value", "pairs");
    return Array.from({ length: items.length / 2 }, (_, i) => [items[2 * i], items[2 * i + 1]]);
  };
  const get = (index: number): void => {
    const value = memo.get(index);
    stack.push(value === undefined ? refuse("asks for what it did not keep", "what it kept") : value);
  };

  const steps: Readonly<Record<keyof Omit<typeof opcode, "STOP">, () => void>> = {
    PROTO: () => {
      const version = u8();
      if (version > 5) refuse(`has protocol ${version}`, "a protocol up to 5");
    },
    FRAME: () => void u64(),
    MARK: () => void marks.push(stack.length),
    POP: () => void pop(),
    NONE: () => void stack.push(null),
    NEWTRUE: () => void stack.push(true),
    NEWFALSE: () => void stack.push(false),
    INT: () => void stack.push(integer(line())),
    LONG: () => void stack.push(integer(line())),
    BININT: () => void stack.push(u32() | 0),
    BININT1: () => void stack.push(u8()),
    BININT2: () => void stack.push(u16()),
    LONG1: () => {
      const content = take(u8());
      if (content.length > 8) refuse("has an integer beyond 2^53", "smaller integers");
      let value = 0n;
      content.forEach((byte, i) => {
        value |= BigInt(byte) << BigInt(8 * i);
      });
      stack.push(integer(String(BigInt.asIntN(8 * content.length, value))));
    },
    FLOAT: () => {
      const text = line();
      const value =
        text.length > longestNumber || text.trim() === "" ? Number.NaN : Number(text.replace("inf", "Infinity"));
      stack.push(Number.isNaN(value) && text !== "nan" ? refuse("has a number that is none", "a number") : value);
    },
    BINFLOAT: () => void stack.push(view.getFloat64(skip(8))),
    // Python 2 had no bytes: what it writes as strings is either. NumPy's elements are such strings.
    STRING: () => {
      const text = unescaped(line()) ?? refuse("has a string without quotes", "quotes");
      stack.push(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    },
    BINSTRING: () => void stack.push(take(u32())),
    SHORT_BINSTRING: () => void stack.push(take(u8())),
    BINBYTES: () => void stack.push(take(u32())),
    SHORT_BINBYTES: () => void stack.push(take(u8())),
    BINBYTES8: () => void stack.push(take(u64())),
    BYTEARRAY8: () => void stack.push(take(u64())),
    UNICODE: () => {
      const text = line();
      const escaped = /\\u([0-9a-f]{4})|\\U([0-9a-f]{8})/gi;
      const character = (_: string, four?: string, eight = ""): string =>
        String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(four ?? eight, 16)));
      stack.push(text.replace(escaped, character));
    },
    BINUNICODE: () => void stack.push(unicode(take(u32()))),
    SHORT_BINUNICODE: () => void stack.push(unicode(take(u8()))),
    BINUNICODE8: () => void stack.push(unicode(take(u64()))),
    EMPTY_TUPLE: () => popTuple(0),
    TUPLE: () => void stack.push({ kind: "tuple", items: popMark() }),
    TUPLE1: () => popTuple(1),
    TUPLE2: () => popTuple(2),
    TUPLE3: () => popTuple(3),
    EMPTY_LIST: () => void stack.push({ kind: "list", items: [] }),
    LIST: () => void stack.push({ kind: "list", items: popMark() }),
    APPEND: () => {
      const item = pop();
      list().push(item);
    },
    APPENDS: () => {
      const items = popMark();
      const all = list();
      for (const item of items) all.push(item);
    },
    EMPTY_DICT: () => void stack.push({ kind: "dict", entries: [] }),
    DICT: () => void stack.push({ kind: "dict", entries: pairs(popMark()) }),
    SETITEM: () => {
      const [value, key] = [pop(), pop()];
      dict().push([key, value]);
    },
    SETITEMS: () => {
      const added = pairs(popMark());
      const entries = dict();
      for (const entry of added) entries.push(entry);
    },
    PUT: () => void memo.set(Number(integer(line())), top()),
    BINPUT: () => void memo.set(u8(), top()),
    LONG_BINPUT: () => void memo.set(u32(), top()),
    MEMOIZE: () => void memo.set(memo.size, top()),
    GET: () => get(Number(integer(line()))),
    BINGET: () => get(u8()),
    LONG_BINGET: () => get(u32()),
    GLOBAL: () => {
      const module = line();
      stack.push(nameOf(module, line(), refuse));
    },
    STACK_GLOBAL: () => {
      const [name, module] = [pop(), pop()];
      if (typeof name !== "string" || typeof module !== "string") refuse("names no name", "a module and a name");
      stack.push(nameOf(module, name, refuse));
    },
    REDUCE: () => {
      const args = pop();
      stack.push(reduced(pop(), args, refuse, count));
    },
    BUILD: () => {
      const state = pop();
      build(top(), state, refuse, count);
    },
  };
  const byCode = new Map(
    Object.entries(steps).map(([name, step]) => [opcode[name as keyof typeof steps] as number, step]),
  );

  for (;;) {
    begin = at;
    const code = u8();
    if (code === opcode.STOP) break;
    const step = byCode.get(code);
    if (step === undefined) {
      const name = refusedOpcodes.get(code);
      const shown = `0x${code.toString(16).padStart(2, "0")}`;
      refuse(
        name === undefined
          ? `has the byte ${shown} where an opcode should be`
          : `has the opcode ${name} (${shown}), which plain arrays do not need`,
        "the opcodes of plain arrays",
        name === "PERSID" || name === "BINPERSID"
          ? "PyTorch writes such files: convert it by safetensors.torch.save_file."
          : "Save a dictionary of arrays by np.savez, which readNpz reads.",
      );
    }
    step!();
  }
  const value = pop();
  if (stack.length > 0 || at < bytes.length) {
    begin = at;
    refuse("goes on after its value", "the end");
  }
  return value;
}
