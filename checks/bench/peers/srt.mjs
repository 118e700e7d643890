import { spawn } from 'node:child_process'
import { pathToFileURL } from 'node:url'

const [, , module, rounds] = process.argv
const { SandboxManager } = await import(pathToFileURL(module + '/dist/index.js'))
await SandboxManager.initialize({
  network: { allowedDomains: [], deniedDomains: [] },
  filesystem: { denyRead: [], allowWrite: ['.'], denyWrite: [] },
})
const once = async () => {
  const start = process.hrtime.bigint()
  const command = await SandboxManager.wrapWithSandbox('/bin/true')
  const code = await new Promise((done, fail) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let err = ''
    child.stdout.resume()
    child.stderr.on('data', piece => (err += piece))
    child.on('error', fail)
    child.on('close', code => (code === 0 ? done(code) : fail(new Error(err))))
  })
  return [code, Number(process.hrtime.bigint() - start)]
}
for (let i = 0; i < 5; i++) await once()
for (let i = 0; i < Number(rounds); i++) console.log((await once())[1])
await SandboxManager.reset()
process.exit(0)
