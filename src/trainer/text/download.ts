import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import { t } from '../../shared/l10n.ts'

export interface DownloadOptions {
  readonly headers: Readonly<Record<string, string>>
  /** Bytes so far, and of the whole file where the server says. */
  readonly report: (received: number, total: number | null) => void
  /** Before the second attempt; doubles with each further one. Default 500. */
  readonly backoffMs?: number
}

export type DownloadOutcome =
  | { readonly kind: 'done' }
  /** The server answered, with no file. `code` is the hub's `x-error-code`. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string | null }
  /** The server could not be reached, or not for long enough. */
  | { readonly kind: 'unreachable'; readonly reason: string }

/** Attempts that bring nothing new. */
const ATTEMPTS = 5
/** What an attempt may end with that the next one may do better. */
const RETRIED = new Set([408, 429, 500, 502, 503, 504])

/**
 * Downloads `url` to `target`. The file appears there complete or not at all. A cut connection is taken up
 * where it broke, also by a later process; processes that download the same file at once don't disturb each
 * other.
 */
export async function download(
  url: string,
  target: string,
  options: DownloadOptions,
): Promise<DownloadOutcome> {
  await mkdir(dirname(target), { recursive: true })
  let best = 0
  let waited = 0
  for (;;) {
    const outcome = await attempt(url, target, options)
    if (outcome.kind !== 'cut') return outcome
    if (outcome.received > best) {
      best = outcome.received
      waited = 0
    } else if (outcome.final || ++waited === ATTEMPTS) {
      return { kind: 'unreachable', reason: outcome.reason }
    }
    await sleep((options.backoffMs ?? 500) * 2 ** waited)
  }
}

/** `received` counts from the file's beginning; `final`: trying again right away is of no use. */
type Cut = {
  readonly kind: 'cut'
  readonly received: number
  readonly reason: string
  readonly final: boolean
}

async function attempt(
  url: string,
  target: string,
  options: DownloadOptions,
): Promise<DownloadOutcome | Cut> {
  const partial = await claimPartial(target)
  const headers: Record<string, string> = { ...options.headers, 'accept-encoding': 'identity' }
  if (partial !== null) {
    headers.range = `bytes=${partial.size}-`
    headers['if-range'] = partial.etag
  }
  let response: Response
  try {
    response = await fetch(url, { headers })
  } catch (error) {
    const reason = networkReason(error)
    return { kind: 'cut', received: 0, reason, final: NO_ROUTE.test(reason) }
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel()
    if (response.status === 416 && partial !== null) {
      await rm(partial.path, { force: true })
      return { kind: 'cut', received: 0, reason: 'HTTP 416', final: false }
    }
    if (RETRIED.has(response.status)) {
      return { kind: 'cut', received: 0, reason: `HTTP ${response.status}`, final: false }
    }
    return { kind: 'refused', status: response.status, code: response.headers.get('x-error-code') }
  }

  const resumed =
    partial !== null &&
    response.status === 206 &&
    response.headers.get('content-range')?.startsWith(`bytes ${partial.size}-`) === true
  if (response.status === 206 && !resumed) {
    await response.body.cancel()
    if (partial !== null) await rm(partial.path, { force: true })
    return { kind: 'cut', received: 0, reason: t`another part than the one asked for`, final: false }
  }
  const etag = response.headers.get('etag') ?? ''
  const path = resumed ? partial.path : partialPath(target, process.pid, etag)
  if (!resumed && partial !== null) await rm(partial.path, { force: true })
  let received = resumed ? partial.size : 0
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length')
  const total = length === null ? null : received + Number(length)

  const file = await open(path, resumed ? 'a' : 'w')
  let reason: string | null = null
  try {
    const reader = response.body.getReader()
    options.report(received, total)
    for (;;) {
      const chunk = await reader.read().catch((error: unknown) => {
        reason = networkReason(error)
        return null
      })
      if (chunk === null || chunk.done) break
      await file.writeFile(chunk.value)
      received += chunk.value.length
      options.report(received, total)
    }
    if (reason === null && total !== null && received !== total)
      reason = t`${received} of ${total} bytes arrived`
    if (reason === null) await file.sync()
  } finally {
    await file.close()
  }
  if (reason !== null) {
    if (!isStrong(etag) || (total !== null && received > total)) await rm(path, { force: true })
    return { kind: 'cut', received, reason, final: false }
  }
  await moveIntoPlace(path, target)
  return { kind: 'done' }
}

/** On Windows a file that another process has just put there and holds open can't be replaced; it is the same file. */
async function moveIntoPlace(path: string, target: string): Promise<void> {
  try {
    await rename(path, target)
  } catch (error) {
    if (!(await stat(target).catch(() => null))) throw error
    await rm(path, { force: true })
  }
}

interface Partial {
  readonly path: string
  readonly etag: string
  readonly size: number
}

const isStrong = (etag: string): boolean => /^"[^"]{1,100}"$/.test(etag)

/** The process that writes it and the version of the file are in the name: `model.onnx.PID.ETAG.partial`. */
const partialPath = (target: string, pid: number, etag: string): string =>
  `${target}.${pid}.${isStrong(etag) ? Buffer.from(etag).toString('base64url') : ''}.partial`

/** What this process, or one that is gone, has of the file. Renaming it gives it to one process only. */
async function claimPartial(target: string): Promise<Partial | null> {
  const folder = dirname(target)
  const prefix = `${basename(target)}.`
  for (const name of await readdir(folder)) {
    const [, pid, encoded] =
      (name.startsWith(prefix) ? /^(\d+)\.([\w-]*)\.partial$/.exec(name.slice(prefix.length)) : null) ?? []
    if (pid === undefined || encoded === undefined) continue
    const own = Number(pid) === process.pid
    if (!own && isRunning(Number(pid))) continue
    const etag = Buffer.from(encoded, 'base64url').toString()
    const path = partialPath(target, process.pid, etag)
    try {
      if (!own) await rename(join(folder, name), path)
      const { size } = await stat(path)
      if (isStrong(etag) && size > 0) return { path, etag, size }
      await rm(path, { force: true })
    } catch {
      // Another process was faster.
    }
  }
  return null
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return v.is(v.object({ code: v.literal('EPERM') }), error)
  }
}

const NO_ROUTE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|CONNECT_TIMEOUT|CERT|SELF_SIGNED/

const Coded = v.object({ code: v.string() })

/** `fetch` says only "fetch failed" or "terminated"; the socket's error is its cause. */
function networkReason(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (v.is(Coded, at)) return at.code
  return error instanceof Error ? error.message : String(error)
}
