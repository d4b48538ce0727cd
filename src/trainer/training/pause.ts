/** A signal to stop by, of a run that can be paused too. */
export type StopSignal = AbortSignal & { readonly pause?: Pause }

/** Whether a run is to rest between two steps. What it does meanwhile and before is said by those who know it. */
export class Pause {
  /** Called before the run rests: what would be lost, should the process die, is saved. */
  save: (() => Promise<void>) | null = null
  private isAsked = false
  private goOn: (() => void) | null = null
  private readonly rested: (rest: Promise<void>) => Promise<void>

  /** @param rested is given the time of rest, and resolves after it: who writes the record says so in it */
  constructor(rested: (rest: Promise<void>) => Promise<void>) {
    this.rested = rested
  }

  ask(): void {
    this.isAsked = true
  }

  end(): void {
    this.isAsked = false
    this.goOn?.()
  }

  /** Rests where that was asked for, until it ends or `stop` comes. */
  async rest(stop: AbortSignal): Promise<void> {
    if (!this.isAsked || stop.aborted) return
    await this.save?.()
    const rest = new Promise<void>((resolve) => {
      // The socket that the end is told by does not keep the process alive.
      const awake = setInterval(() => {}, 1 << 30)
      const goOn = (): void => {
        clearInterval(awake)
        stop.removeEventListener('abort', goOn)
        this.goOn = null
        resolve()
      }
      this.goOn = goOn
      stop.addEventListener('abort', goOn)
    })
    await this.rested(rest)
  }
}
