/** How embedded modules are written as printable characters: scripts/encode-module.ts writes them, and this reads them. */

/**
 * The characters of the numbers 0 … 90. Characters that are frequent in programs have numbers that are frequent in modules:
 * where gzip puts both into one block, they share its code.
 */
export const alphabet = "trs=,`}c.:on{m1[dvbx?&y!|_<-AM^O*Nu(B/RqkWgwz$LI2SjD8#EH40+p6T7ZJC9]KFYX'Q3@GPf5UV>%ae)il;h";

/** The bytes that are one character: nine of ten in modules. */
export const common: readonly number[] = [
  [0, 33],
  [63, 76],
  [95, 129],
  [228, 231],
  [252, 254],
].flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i));

/** The numbers of the three instructions that name a local, and of the three characters that say how far a byte is shifted. */
export const [LOCALS, SHIFTS] = [common.length, common.length + 3];

/** The first instruction that names a local, local.get; local.set and local.tee come after it. */
export const LOCAL_GET = 0x20;

/** The bytes of a module. */
export function decoded(text: string): Uint8Array {
  const bytes: number[] = [];
  let local = text.indexOf(" ");
  const numberAt = (i: number): number => alphabet.indexOf(text[i]);
  for (let i = 0, end = local; i < end; i++) {
    const k = numberAt(i);
    if (k < LOCALS) bytes.push(common[k]);
    else if (k < SHIFTS) bytes.push(LOCAL_GET + k - LOCALS, numberAt(++local));
    else bytes.push((k - SHIFTS) * alphabet.length + numberAt(++i));
  }
  return Uint8Array.from(bytes);
}
