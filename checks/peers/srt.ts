// Preloaded into sandbox-runtime's own tests: their API, and a Paddock box behind it.
import { afterEach, mock } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync } from 'node:fs'
import { dirname, join } from 'node:path'

const client = join(import.meta.dir, 'box.py')
const source = process.cwd()

type Config = {
  network?: { allowedDomains?: string[] }
  filesystem?: { allowWrite?: string[] }
}

// How often a case asked for something of ours, a line a case.
let asked = 0
afterEach(() => {
  appendFileSync(process.env.PADDOCK_PEER_ASKED!, `${asked}\n`)
  asked = 0
})

/** What they write as one string for a shell: our client, with what it is to run. */
function boxed(command: string, shell: string, writable: string[] | undefined, hosts: string[]) {
  asked++
  const workspace = writable?.[0] ?? mkdtempSync(join(dirname(process.env.PADDOCK_PEER_BOXES!), 'workspace-'))
  const request = {
    workspace,
    hosts,
    // where the user is: a copy goes in, and what changed is carried out
    carry: workspace === '.',
    // a box has no host paths: its workspace is always /workspace
    command: [shell, '-c', workspace === '.' ? command : command.replaceAll(workspace, '/workspace')],
  }
  return `exec python3 ${client} ${encoded(request)}`
}

function encoded(request: object) {
  return Buffer.from(JSON.stringify(request)).toString('base64')
}

let config: Config = {}

const SandboxManager = {
  initialize: async (given: Config) => void (config = given),
  reset: async () => void (config = {}),
  isSandboxingEnabled: () => true,
  checkDependencies: () => ({ errors: [], warnings: [] }),
  wrapWithSandbox: async (command: string, shell = 'bash', custom: Config = {}) =>
    boxed(
      command,
      shell,
      custom.filesystem?.allowWrite ?? config.filesystem?.allowWrite,
      custom.network?.allowedDomains ?? config.network?.allowedDomains ?? [],
    ),
}

mock.module(join(source, 'src/sandbox/sandbox-manager.js'), () => ({ SandboxManager }))

const linux = { ...(await import(join(source, 'src/sandbox/linux-sandbox-utils.js'))) }
mock.module(join(source, 'src/sandbox/linux-sandbox-utils.js'), () => ({
  ...linux,
  wrapCommandWithSandboxLinux: async (asked: {
    command: string
    binShell?: string
    writeConfig?: { allowOnly: string[] }
  }) => boxed(asked.command, asked.binShell ?? 'bash', asked.writeConfig?.allowOnly, []),
}))

// Domains are read by our rules, the rest of a configuration by their schema.
// (copied, as a module that is replaced changes under its importers)
const schemas = { ...(await import(join(source, 'src/sandbox/sandbox-config.js'))) }
mock.module(join(source, 'src/sandbox/sandbox-config.js'), () => ({
  ...schemas,
  SandboxRuntimeConfigSchema: {
    safeParse: (given: any) => {
      asked++
      const { allowedDomains = [], deniedDomains = [] } = given?.network ?? {}
      const hosts = [...allowedDomains, ...deniedDomains].map(String)
      const known = spawnSync('python3', [client, encoded({ workspace: '.', check: hosts })])
      const rest = schemas.SandboxRuntimeConfigSchema.safeParse({
        ...given,
        network: { ...given?.network, allowedDomains: [], deniedDomains: [] },
      })
      return known.status === 0 ? rest : { success: false }
    },
  },
}))
