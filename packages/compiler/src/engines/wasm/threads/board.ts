/**
 * The board on which threads agree who does which part of a call: a few words of shared memory. The main thread puts a call
 * up; whoever is free claims its next part, the main thread too, which goes on when all parts are done. A thread that is
 * late or gone takes nothing, so that nobody waits for it; one that is lost with a part is waited for, and then given up.
 */
import { mostPieces } from "../calls.ts";

/** The words. A ticket is the number of the call that is up, into how many parts it is cut, and which of them is next. */
const TICKET = 0;
const PROGRAM = 1;
const CALL = 2;
const DONE = 3;
const ASLEEP = 4;
const IS_WAITING = 5;
const IS_BROKEN = 6;
/** From here on: how many messages each worker was sent, and how many of them it has read; no more workers than parts of a call. */
const MAIL = 7;
const READ = MAIL + mostPieces;

/** How many words there are. */
export const boardWords = READ + mostPieces;

/** Bits of a ticket for the number of parts, and for the next of them. */
const BITS = 6;
const MASK = (1 << BITS) - 1;

/** How often a thread looks for something new before it falls asleep: some tenths of a millisecond. */
const looks = 100_000;

/** Milliseconds from one look at a thread that is waited for to the next. */
const nap = 100;

/** A part of a call that a thread has claimed. */
export interface Claim {
  readonly program: number;
  readonly call: number;
  readonly piece: number;
  readonly pieces: number;
}

/** The side of the main thread. */
export class Board {
  readonly words: Int32Array;
  private number = 0;
  /** Whether this thread may sleep: that of a page may not. */
  private readonly maySleep: boolean;

  constructor(words: Int32Array, maySleep: boolean) {
    this.words = words;
    this.maySleep = maySleep;
  }

  /** Whether a thread has failed. */
  get isBroken(): boolean {
    return Atomics.load(this.words, IS_BROKEN) === 1;
  }

  /** Says that a worker is about to be sent a message. */
  announceMail(worker: number): void {
    Atomics.add(this.words, MAIL + worker, 1);
    // One that is about to fall asleep sees that the ticket is another.
    this.putUp(0);
  }

  /** Whether the first so many workers have read their messages. One that has started just now takes some time to. */
  hasRead(workers: number): boolean {
    const { words } = this;
    for (let i = 0; i < workers; i++) if (Atomics.load(words, READ + i) !== Atomics.load(words, MAIL + i)) return false;
    return true;
  }

  /**
   * Has a call done, part by part, by all who have time.
   *
   * @param patience  milliseconds without any progress after which a thread counts as gone
   * @returns  false when a thread has claimed a part and does not finish it
   */
  share(program: number, call: number, pieces: number, run: (piece: number) => void, patience: number): boolean {
    const { words } = this;
    Atomics.store(words, DONE, 0);
    Atomics.store(words, PROGRAM, program);
    Atomics.store(words, CALL, call);
    this.putUp(pieces);
    for (let piece = nextOf(words); piece >= 0; piece = nextOf(words)) {
      run(piece);
      Atomics.add(words, DONE, 1);
    }
    return this.waitFor(pieces, patience);
  }

  /** Wakes the threads that sleep, so that they are there when a call is put up soon. */
  wake(): void {
    if (Atomics.load(this.words, ASLEEP) > 0) this.putUp(0);
  }

  /** A new ticket. */
  private putUp(pieces: number): void {
    const { words } = this;
    this.number = (this.number + 1) & (2 ** (32 - 2 * BITS) - 1);
    Atomics.store(words, TICKET, (this.number << (2 * BITS)) | (pieces << BITS));
    if (Atomics.load(words, ASLEEP) > 0) Atomics.notify(words, TICKET);
  }

  private waitFor(pieces: number, patience: number): boolean {
    const { words } = this;
    for (let look = 0; look < looks; look++) if (Atomics.load(words, DONE) === pieces) return !this.isBroken;
    Atomics.store(words, IS_WAITING, 1);
    let [waited, last] = [0, performance.now()];
    for (let done = Atomics.load(words, DONE); done < pieces; ) {
      if (this.isBroken || waited > patience) return false;
      if (this.maySleep) Atomics.wait(words, DONE, done, nap);
      const [before, now] = [done, performance.now()];
      done = Atomics.load(words, DONE);
      // A process that was stopped in between has stopped the others as well.
      waited = done === before ? waited + Math.min(now - last, nap) : 0;
      last = now;
    }
    Atomics.store(words, IS_WAITING, 0);
    return !this.isBroken;
  }
}

/** Claims the next part of the call that is up; −1 when there is none. Whoever calls it knows the call. */
function nextOf(words: Int32Array): number {
  for (;;) {
    const ticket = Atomics.load(words, TICKET);
    const next = ticket & MASK;
    if (next >= ((ticket >> BITS) & MASK)) return -1;
    if (Atomics.compareExchange(words, TICKET, ticket, ticket + 1) === ticket) return next;
  }
}

/**
 * The side of a worker: does parts of calls until there is mail.
 *
 * @param worker  its number
 * @param mail    how many messages it has had
 */
export function serve(
  words: Int32Array,
  worker: number,
  mail: number,
  has: (program: number) => boolean,
  run: (claim: Claim) => void,
): void {
  let idle = 0;
  Atomics.store(words, READ + worker, mail);
  for (;;) {
    // Read before the mail, which changes first: whoever sleeps at this ticket has no mail.
    const ticket = Atomics.load(words, TICKET);
    if (Atomics.load(words, MAIL + worker) !== mail) return;
    const [piece, pieces] = [ticket & MASK, (ticket >> BITS) & MASK];
    // What belongs to a ticket is read before the ticket is changed: it is its own as long as that succeeds.
    const program = Atomics.load(words, PROGRAM);
    const call = Atomics.load(words, CALL);
    if (piece < pieces && has(program)) {
      if (Atomics.compareExchange(words, TICKET, ticket, ticket + 1) !== ticket) continue;
      idle = 0;
      try {
        run({ program, call, piece, pieces });
      } catch {
        Atomics.store(words, IS_BROKEN, 1);
      }
      Atomics.add(words, DONE, 1);
      if (Atomics.load(words, IS_WAITING) === 1) Atomics.notify(words, DONE);
    } else if (++idle > looks) {
      Atomics.add(words, ASLEEP, 1);
      Atomics.wait(words, TICKET, ticket);
      Atomics.sub(words, ASLEEP, 1);
      idle = 0;
    }
  }
}
