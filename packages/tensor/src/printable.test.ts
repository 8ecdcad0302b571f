import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SpecError } from "./errors.ts";
import { printable, printableLine, withoutUnprintable } from "./printable.ts";

/** What no printed text may hold: controls of terminals, of direction, what is not seen, halves of characters. */
const forbidden = /[^\P{Cc}\t\n]|[\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

describe("printable", () => {
  it("escapes what commands terminals, turns text or hides in it, as JSON does", () => {
    const words = "\u001b[31m \u009b2J \u0007 \r \u007f \u202e \u2066 \u200b \ufeff \ud800 \u{e0041} \u2028";
    expect(printable(words)).toBe(
      "\\u001b[31m \\u009b2J \\u0007 \\u000d \\u007f \\u202e \\u2066 \\u200b \\ufeff \\ud800 \\udb40\\udc41 \\u2028",
    );
    expect(JSON.parse(`"${printable(words)}"`)).toBe(words);
    expect(printableLine("a\nb\tc")).toBe("a\\u000ab\\u0009c");
    expect(withoutUnprintable("a\u001bb", "?")).toBe("a?b");
  });

  it("leaves the words of every script as they are, emoji included, and lines and tabs", () => {
    const words = "日本語 한국어 עברית العربية नमस्ते می\u200cخواهم 👩‍👩‍👧 🏳️‍🌈 é x₁\n\tok";
    expect(printable(words)).toBe(words);
  });

  it("leaves nothing forbidden in any text, and changes its own results no more", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(printableLine(text)).not.toMatch(forbidden);
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }), (units) => {
        expect(printable(String.fromCharCode(...units))).not.toMatch(forbidden);
      }),
    );
  });
});

describe("the sentence of an error", () => {
  const evil = "\u001b]0;owned\u0007\u202e\u009b";

  it("holds no characters of others that do not print, wherever they came in, and the fields hold them", () => {
    const error = new SpecError({ op: evil, problem: `${evil} is\n  two lines`, where: `${evil}\nforged`, hint: evil });
    expect(error.message).not.toMatch(forbidden);
    expect(error.message.split("\n")).toHaveLength(2);
    expect([error.op, error.where]).toEqual([evil, `${evil}\nforged`]);
    const located = new SpecError({ op: "x", problem: "y" }).locate(evil);
    expect(located.message).not.toMatch(forbidden);
    expect(located.where).toBe(evil);
  });

  it("is short, however long the name that it is about", () => {
    const error = new SpecError({ op: "x", problem: `unknown name "${"a".repeat(10_000_000)}"` });
    expect(error.message.length).toBeLessThan(30_000);
    expect(error.message).toContain("more characters");
  });
});
