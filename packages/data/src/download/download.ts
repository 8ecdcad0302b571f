/** Downloads a file of known content into a cache folder: from mirrors, resumed, checked before it is named. */
import { DataError } from "@adjoint/tensor";
import { fileError } from "../files/system-error.ts";
import { belongsTo, leftoversIn, removeAll, temporaryBeside } from "../files/temporary.ts";
import { makeFolder, writeWhole } from "../files/write-whole.ts";
import { ifThere, nodeModule } from "../node.ts";
import type { DownloadRequest } from "./request.ts";
import { fetchInto, lengthOf, type Transfer } from "./transfer.ts";

/** Downloads that are under way in this thread, by path: a second request for a file waits for the first. */
const running = new Map<string, Promise<unknown>>();

/**
 * The content of a file, from the cache folder if it is there and whole, otherwise from the first mirror that has it.
 *
 * While it is downloaded it lies in a partial file of this process's own. What a process that was killed left in one is
 * resumed, or removed where the file is there. After any failure that the process lives to see (all mirrors failed,
 * abort) nothing is left of it.
 * @throws DataError when no mirror has the file as its checksum says, with what each of them gave
 * @throws the signal's reason when it aborts
 */
export async function download(request: DownloadRequest): Promise<Uint8Array> {
  const { op, file, dir, signal } = request;
  const path = nodeModule(op, "path").join(dir, file.name);
  for (let other = running.get(path); other !== undefined; other = running.get(path)) await other.catch(() => {});
  signal?.throwIfAborted();
  const work = cachedOrFetched(request, path);
  running.set(path, work);
  try {
    return await work;
  } finally {
    running.delete(path);
  }
}

async function cachedOrFetched(request: DownloadRequest, path: string): Promise<Uint8Array> {
  const { op, file, dir } = request;
  const { rm } = nodeModule(op, "fs/promises");
  const cached = await ifThere(nodeModule(op, "fs/promises").readFile(path));
  if (cached !== null && checksum(op, cached) === file.md5) {
    const leftovers = await leftoversIn(op, dir);
    const own = leftovers.filter((left) => left.kind === "tmp" || belongsTo(op, left, path));
    await removeAll(op, own);
    return cached;
  }
  await rm(path, { force: true });
  await makeFolder(op, dir);
  const part = await claimPart(op, path);
  try {
    const bytes = await fromMirrors(request, part);
    // What is put in place is what was checked, not what is on the disk by then.
    await writeWhole(op, path, bytes);
    return bytes;
  } catch (cause) {
    request.signal?.throwIfAborted();
    throw fileError(op, "write", path, cause, "cacheDir");
  } finally {
    await rm(part, { force: true });
  }
}

/** The partial file of this download, which takes over the longest that a dead process left of the same file. */
async function claimPart(op: string, path: string): Promise<string> {
  const own = temporaryBeside(op, path, "part");
  const leftovers = await leftoversIn(op, nodeModule(op, "path").dirname(path));
  const parts = leftovers.filter((left) => left.kind === "part" && belongsTo(op, left, path));
  for (const { path: left } of parts.toSorted((a, b) => b.bytes - a.bytes)) {
    try {
      await nodeModule(op, "fs/promises").rename(left, own);
      break;
    } catch {
      // Another process was faster.
    }
  }
  await removeAll(op, parts);
  return own;
}

/** The content, or what went wrong; `damaged` when there was a whole file, of other content. */
type Outcome =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | (Extract<Transfer, { ok: false }> & { readonly damaged?: boolean });

async function fromMirrors(request: DownloadRequest, part: string): Promise<Uint8Array> {
  const { op, file, mirrors } = request;
  const failures: string[] = [];
  let last: { readonly expected: string; readonly received: string } = { expected: "a mirror", received: "none" };
  let cause: unknown;
  for (const mirror of mirrors) {
    const url = `${mirror.replace(/\/*$/, "/")}${file.name}`;
    // What lies in the partial file may be an older run's or another mirror's; when the sum is wrong with it, the mirror
    // is asked for the whole file before it is given up.
    const inherited = (await lengthOf(op, part)) > 0;
    let outcome = await fromUrl(request, url, part);
    if (inherited && !outcome.ok && outcome.damaged === true) outcome = await fromUrl(request, url, part);
    if (outcome.ok) return outcome.bytes;
    failures.push(`${url} ${outcome.problem}`);
    last = outcome;
    cause = outcome.cause ?? cause;
  }
  throw new DataError(
    {
      op,
      problem: `cannot download ${file.name}: ${failures.join("; ") || "there are no mirrors"}`,
      argument: "mirrors",
      expected: last.expected,
      received: last.received,
      hint: "Name other mirrors with { mirrors }, or a folder that holds the files with { dir } or ADJOINT_DATA_DIR.",
    },
    cause === undefined ? {} : { cause },
  );
}

/** Fills the partial file from one address and checks it. */
async function fromUrl(request: DownloadRequest, url: string, part: string): Promise<Outcome> {
  const transfer = await fetchInto({ ...request, url, part });
  request.signal?.throwIfAborted();
  return transfer.ok ? await verify(request, part) : transfer;
}

/** The content of the partial file if it is what the publisher describes; if not, the partial file is removed. */
async function verify({ op, file }: DownloadRequest, part: string): Promise<Outcome> {
  const bytes = (await ifThere(nodeModule(op, "fs/promises").readFile(part))) ?? new Uint8Array(0);
  const found = checksum(op, bytes);
  if (found === file.md5) return { ok: true, bytes };
  await nodeModule(op, "fs/promises").rm(part, { force: true });
  return {
    ok: false,
    damaged: true,
    problem: `gave ${bytes.length.toLocaleString("en-US")} bytes with MD5 ${found}, not ${file.md5}`,
    expected: `MD5 ${file.md5}`,
    received: `MD5 ${found}`,
  };
}

function checksum(op: string, bytes: Uint8Array): string {
  return nodeModule(op, "crypto").createHash("md5").update(bytes).digest("hex");
}
