import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface HubServer {
  readonly endpoint: string
  /** `METHOD path range status`, in order. */
  readonly requests: string[]
  /** Cut the connection after so many bytes of a file's body, once for each entry. */
  readonly cuts: number[]
  /** Answer with these statuses before anything else. */
  readonly failures: number[]
  close(): Promise<void>
}

/**
 * A server with the hub's paths: `/OWNER/NAME/resolve/main/FILE` redirects to `/cdn/...`, which serves byte
 * ranges under an ETag. `private/*` wants the token `secret`, and says of others' names what the hub says.
 */
export async function hubServer(
  files: Readonly<Record<string, Buffer>>,
  { ranges = true }: { ranges?: boolean } = {},
): Promise<HubServer> {
  const requests: string[] = []
  const cuts: number[] = []
  const failures: number[] = []
  const repositories = new Set(Object.keys(files).map((path) => path.split('/').slice(0, 2).join('/')))

  const answer = (request: IncomingMessage, response: ServerResponse): ServerResponse => {
    const url = request.url ?? ''
    const end = (status: number, headers: Record<string, string | number> = {}): ServerResponse => {
      requests.push(`${url} ${request.headers.range ?? '-'} ${status}`)
      return response.writeHead(status, headers).end()
    }
    const failure = failures.shift()
    if (failure !== undefined) return end(failure)
    const [, repository = '', file = ''] = /^\/(?:cdn\/)?([^/]+\/[^/]+)\/resolve\/main\/(.+)$/.exec(url) ?? []
    if (repository.startsWith('private/') && request.headers.authorization !== 'Bearer secret')
      return end(401)
    if (!repositories.has(repository)) return end(401, { 'x-error-code': 'RepoNotFound' })
    const body = files[`${repository}/${file}`]
    if (body === undefined) return end(404, { 'x-error-code': 'EntryNotFound' })
    if (!url.startsWith('/cdn/')) return end(302, { location: `/cdn${url}` })

    const etag = `"${createHash('sha256').update(body).digest('hex')}"`
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const resumed = ranges && request.headers.range !== undefined && request.headers['if-range'] === etag
    if (resumed && start >= body.length) return end(416)
    const part = resumed ? body.subarray(start) : body
    requests.push(`${url} ${request.headers.range ?? '-'} ${resumed ? 206 : 200}`)
    response.writeHead(resumed ? 206 : 200, {
      etag,
      'content-length': part.length,
      ...(resumed ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {}),
    })
    const cut = body.length > 1000 ? cuts.shift() : undefined
    if (cut === undefined) return response.end(part)
    response.write(part.subarray(0, cut), () => setTimeout(() => response.destroy(), 20))
    return response
  }

  const server = createServer(answer)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    cuts,
    failures,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }
}
