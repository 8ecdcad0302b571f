/** The type of bytes that functions give, and the check of bytes that they are given. */
import { checkKind } from "@adjoint/tensor";

/**
 * Bytes in memory of their own, which a Blob or a Response takes. `Uint8Array<ArrayBuffer>`, where the compiler knows
 * that: TypeScript before 5.7 has no such type, and no declaration may name it.
 */
export type Bytes = ReturnType<Uint8ArrayConstructor["of"]>;

/** @throws SpecError for anything but a Uint8Array; `argument` is what it is called */
export function checkBytes(op: string, bytes: unknown, argument = "bytes"): void {
  const hint = "Wrap an ArrayBuffer: new Uint8Array(buffer).";
  checkKind(op, argument, bytes, bytes instanceof Uint8Array, "a Uint8Array", hint);
}

/** Pieces one behind the other. */
export function joined(pieces: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** How errors name bytes or a text: by an option, else "the data". @throws SpecError for a name that is no string */
export function dataName(op: string, name: unknown, argument = "name"): string {
  checkKind(op, argument, name, name === undefined || typeof name === "string", "a string");
  return (name as string | undefined) ?? "the data";
}
