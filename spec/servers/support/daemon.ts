import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { closeLater } from '../../support/closing.ts'
import { mustBeInstalled, type Server } from './servers.ts'

/** A folder for one server, which is removed after the spec. */
export class Workplace {
  readonly path: string

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'expect-continue-'))
    // Servers that root starts switch to another user.
    chmodSync(this.path, 0o777)
    closeLater(() => rmSync(this.path, { recursive: true, force: true }))
  }

  at(name: string): string {
    return join(this.path, name)
  }

  /** Writes a file, and returns its path. */
  write(name: string, text: string): string {
    writeFileSync(this.at(name), text)
    return this.at(name)
  }

  read(name: string): Buffer {
    return readFileSync(this.at(name))
  }

  lines(name: string): string[] {
    return this.read(name).toString().split('\n').slice(0, -1)
  }
}

/** Starts a server, waits until it listens, and ends it after the spec by its process id. */
export async function startDaemon(server: Server, args: string[], port: number): Promise<Daemon> {
  mustBeInstalled(server)
  const child = spawn(server.program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const daemon = new Daemon(child)
  closeLater(() => daemon.stop())
  await daemon.listening(port)
  return daemon
}

export class Daemon {
  readonly #process: ChildProcess
  #said = ''

  constructor(process: ChildProcess) {
    this.#process = process
    for (const stream of [process.stdout, process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#said += chunk.toString()
      })
    }
  }

  get #over(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null
  }

  /** Waits until the port accepts connections. */
  async listening(port: number): Promise<void> {
    while (!(await accepts(port))) {
      if (this.#over) throw new Error(`The server ended before it listened: ${this.#said}`)
      await sleep(20)
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name)
  }

  async stop(): Promise<void> {
    if (this.#over) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    await ended
  }
}

/** A port on which no server listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((closed) => server.close(closed))
  return typeof address === 'object' && address !== null ? address.port : 0
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
