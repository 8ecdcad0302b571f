/**
 * Writes modules of WASM kernels as printable characters, which src/kernels/wasm/encoding.ts reads. What repeats in the bytes
 * repeats in the characters, so that gzip finds it.
 */
import { alphabet, common, LOCAL_GET, LOCALS, SHIFTS } from "../src/kernels/wasm/encoding.ts";

/** Instructions that name a local: local.get, local.set, local.tee. */
const isLocal = (op: number): boolean => op >= LOCAL_GET && op <= LOCAL_GET + 2;

/** How many numbers the instructions that fill and copy memory take, by what follows their first byte. */
const operandsOfMemory = new Map([
  [10, 2],
  [11, 1],
]);

/** A cursor over the bytes of a module. */
class Reader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.bytes[this.at++];
  }

  /** An unsigned integer (LEB128). Signed ones have the same length. */
  integer(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  integers(count: number): void {
    for (let i = 0; i < count; i++) this.integer();
  }

  /** The operands of an instruction of vectors. */
  vectorOperands(): void {
    const op = this.integer();
    const isMemory = op <= 11 || (op >= 84 && op <= 93);
    if (isMemory) this.integers(2);
    if (op === 12 || op === 13) this.at += 16;
    if ((op >= 21 && op <= 34) || (op >= 84 && op <= 91)) this.at += 1;
  }

  /** The operands of an instruction of those that kernels consist of. */
  operands(op: number): void {
    if (op === 0xfd) this.vectorOperands();
    else if (op === 0xfc) this.integers(operandsOfMemory.get(this.integer()) ?? 0);
    else if (op === 0x43) this.at += 4;
    else if (op === 0x44) this.at += 8;
    else if (op >= 0x28 && op <= 0x3e) this.integers(2);
    else if ((op >= 2 && op <= 4) || (op >= 0x0c && op <= 0x10 && op !== 0x0f) || (op >= 0x20 && op <= 0x42))
      this.integers(1);
  }
}

/** Where the operands of instructions that name a local stand in a module. */
function localOperands(binary: Uint8Array): Set<number> {
  const found = new Set<number>();
  const module = new Reader(binary, 8);
  while (module.at < binary.length) {
    const section = module.byte();
    const size = module.integer();
    const end = module.at + size;
    const functions = section === 10 ? module.integer() : 0;
    for (let i = 0; i < functions; i++) {
      const size = module.integer();
      const end = module.at + size;
      module.integers(2 * module.integer());
      while (module.at < end) {
        const op = module.byte();
        if (isLocal(op)) found.add(module.at);
        module.operands(op);
      }
      if (module.at !== end) throw new Error(`function ${i} has an instruction that the encoder does not know`);
    }
    module.at = end;
  }
  return found;
}

/**
 * A module as two texts with a space between them. In the first, common bytes and the instructions that name a local are one
 * character each. Other bytes are two, the first of which says how far the second is shifted. The second text says which
 * locals the instructions name, one after the other. Without these numbers among them instructions repeat more often: after
 * gzip the library of compiled functions is an eighth smaller.
 */
export function encode(binary: Uint8Array): string {
  const operands = localOperands(binary);
  let [bytes, locals] = ["", ""];
  binary.forEach((byte, i) => {
    const { length } = alphabet;
    const number = common.indexOf(byte);
    if (operands.has(i)) {
      if (byte >= length) throw new Error(`a kernel has more than ${length} locals`);
      locals += alphabet[byte];
    } else if (operands.has(i + 1)) bytes += alphabet[LOCALS + byte - LOCAL_GET];
    else
      bytes += number >= 0 ? alphabet[number] : alphabet[SHIFTS + Math.floor(byte / length)] + alphabet[byte % length];
  });
  return `${bytes} ${locals}`;
}
