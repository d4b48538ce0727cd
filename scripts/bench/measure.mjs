import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'

const POLL_MS = 100

/** The kernel's own high-water mark of a process's resident size, in MiB; 0 where there is no /proc. */
async function residentPeak(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(status)
  return match ? Number(match[1]) / 1024 : 0
}

/** Processor time of a process so far, all its threads together, in seconds; 0 where there is no /proc. */
async function processorTime(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // After the program's name, which may hold anything; in hundredths of a second on every Linux.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return stat === '' ? 0 : (Number(fields[11]) + Number(fields[12])) / 100
}

/**
 * Runs a program to its end and returns { seconds, cpu_seconds, peak_rss_mb, last }: wall and processor time of
 * the whole process (the second up to the last look, a tenth of a second before the end at most); the larger of
 * the peak seen from outside and the one that the program reports itself (from outside the last moments may be
 * missed, and outside Linux there is nothing to see); its last line on standard output.
 */
export async function measure(command, args, options) {
  const begun = performance.now()
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
  let out = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out = lastLines(out + text)
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors = lastLines(errors + text)
  })
  let peak = 0
  let cpu = 0
  const poll = setInterval(async () => {
    peak = Math.max(peak, await residentPeak(child.pid))
    cpu = Math.max(cpu, await processorTime(child.pid))
  }, POLL_MS)
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  }).finally(() => clearInterval(poll))
  const seconds = (performance.now() - begun) / 1000
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}\nended with ${code}:\n${errors}`)
  const last = JSON.parse(out.trimEnd().split('\n').at(-1))
  return { seconds, cpu_seconds: cpu, peak_rss_mb: Math.max(peak, last.peak_rss_mb ?? 0), last }
}

/** Keeps the end of a long output; the last JSON line is far shorter. */
const lastLines = (text) => (text.length > 1 << 20 ? text.slice(-(1 << 19)) : text)
