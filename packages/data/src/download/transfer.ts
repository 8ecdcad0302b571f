/** Moves a file from one address into a partial file, going on where an earlier run or a dropped connection stopped. */
import { grouped } from "../formats/format-error.ts";
import { codeOf, ifThere, nodeModule } from "../node.ts";
import { type Watch, watch } from "./patience.ts";
import type { DownloadRequest } from "./request.ts";

/** One file at one address. */
export interface TransferRequest extends DownloadRequest {
  readonly url: string;
  /** The partial file. */
  readonly part: string;
}

/** Whether the partial file is now as long as the whole; if not, what went wrong, as the end of a sentence. */
export type Transfer =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly problem: string;
      readonly expected: string;
      readonly received: string;
      readonly cause?: unknown;
    };

/** How often one address is asked again after it dropped the connection. */
const retries = 3;

/**
 * Fills the partial file from `url`. Failures of the network and the server are returned, others thrown.
 * @throws the signal's reason when it aborts
 */
export async function fetchInto(request: TransferRequest): Promise<Transfer> {
  const { op, file, part, signal, pause = 500 } = request;
  const { rm } = nodeModule(op, "fs/promises");
  let failure: Transfer = unanswered("was not asked");
  for (let attempt = 0; attempt <= retries; attempt++) {
    if (attempt > 0) await sleep(op, pause * 2 ** (attempt - 1), signal);
    const received = await lengthOf(op, part);
    if (received === file.bytes) return { ok: true };
    if (received > file.bytes) await rm(part, { force: true });
    const answer = await ask(request, received > file.bytes ? 0 : received);
    if (answer.ok) return answer;
    failure = answer;
    if (!answer.again) break;
  }
  return failure;
}

/** What came of one request; `again`: whether the same address may do better when it is asked again. */
type Answer = { readonly ok: true } | (Extract<Transfer, { ok: false }> & { readonly again: boolean });

const unanswered = (problem: string) =>
  ({ ok: false, again: false, problem, expected: "an answer", received: "none" }) as const;

/** One request for what follows the first `from` bytes; a server that keeps us waiting is given up. */
async function ask(request: TransferRequest, from: number): Promise<Answer> {
  const { signal, patience = 15_000 } = request;
  const watched = watch(patience, signal);
  try {
    return await answerTo(request, from, watched);
  } catch (cause) {
    signal?.throwIfAborted();
    const problem = watched.reason();
    if (problem === null) throw cause;
    return { ...unanswered(problem), cause };
  } finally {
    watched.stop();
  }
}

async function answerTo(request: TransferRequest, from: number, watched: Watch): Promise<Answer> {
  const { op, url, part } = request;
  const { signal } = watched;
  let response: Response;
  try {
    response = await fetch(url, {
      // The checksum is that of the file as published, so the server must not wrap it in another compression.
      headers: { "accept-encoding": "identity", ...(from > 0 ? { range: `bytes=${from}-` } : {}) },
      signal,
    });
    watched.received(0);
  } catch (cause) {
    signal.throwIfAborted();
    return { ...unanswered(`cannot be reached (${reasonOf(cause)})`), cause };
  }
  const { status } = response;
  const continued = status === 206 && startOf(response) === from;
  if (status !== 200 && !continued) {
    await response.body?.cancel();
    // The server has no such range or another one: drop what there is and ask for the whole file.
    if (from > 0 && (status === 206 || status === 416)) {
      await nodeModule(op, "fs/promises").rm(part, { force: true });
      return await answerTo(request, 0, watched);
    }
    const problem = `answered ${status}${response.statusText === "" ? "" : ` ${response.statusText}`}`;
    return { ok: false, again: false, problem, expected: "200 or 206", received: String(status) };
  }
  return await receive(request, response, continued ? from : 0, watched);
}

/** Writes the body behind the first `from` bytes of the partial file. */
async function receive(
  { op, file, url, part, onProgress }: TransferRequest,
  response: Response,
  from: number,
  watched: Watch,
): Promise<Answer> {
  let received = from;
  const expected = `${grouped(file.bytes)} bytes`;
  const output = await openPart(op, part, from > 0);
  const body = response.body?.getReader();
  try {
    while (body !== undefined) {
      let next: Awaited<ReturnType<typeof body.read>>;
      try {
        next = await body.read();
      } catch (cause) {
        watched.signal.throwIfAborted();
        const found = `${grouped(received)} of ${expected}`;
        const problem = `broke off after ${found} (${reasonOf(cause)})`;
        return { ok: false, again: true, problem, expected, received: found, cause };
      }
      if (next.done) break;
      received += next.value.length;
      watched.received(next.value.length);
      if (received > file.bytes) {
        const found = `at least ${grouped(received)} bytes`;
        return { ok: false, again: false, problem: `gave more than ${expected}`, expected, received: found };
      }
      await output.writeFile(next.value);
      onProgress?.({ file: file.name, url, received, total: file.bytes });
    }
  } finally {
    await output.close();
    await body?.cancel().catch(() => {});
  }
  // A body may be too short with no word of an error; the checksum of what came says more than its length, so pass on.
  return { ok: true };
}

/** Opens the partial file, to go on with it or from nothing; never through a link that somebody put in its place. */
async function openPart(op: string, part: string, goesOn: boolean) {
  const { open, rm } = nodeModule(op, "fs/promises");
  const { O_APPEND, O_NOFOLLOW = 0, O_WRONLY } = nodeModule(op, "fs").constants;
  if (goesOn) return await open(part, O_WRONLY | O_APPEND | O_NOFOLLOW);
  await rm(part, { force: true });
  return await open(part, "wx");
}

/** What fetch says went wrong: it puts the reason into the cause of its error. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || codeOf(cause) || message : message;
}

/** Where the body of a 206 answer begins in the file; NaN when the server does not say. */
function startOf(response: Response): number {
  return Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? Number.NaN);
}

/** How long a file is; 0 when there is none. */
export async function lengthOf(op: string, path: string): Promise<number> {
  return (await ifThere(nodeModule(op, "fs/promises").stat(path)))?.size ?? 0;
}

/** Waits; rejects with the signal's reason when it aborts first. */
async function sleep(op: string, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const { setTimeout: wait } = nodeModule(op, "timers/promises");
  await wait(milliseconds, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
}
