import { spawnSync } from 'node:child_process'

const PACKAGES = ['torch', 'transformers', 'accelerate', 'onnx']
const PROBE = `
import importlib.metadata as m, json, platform
print(json.dumps({"python": platform.python_version(), **{name: m.version(name) for name in ${JSON.stringify(PACKAGES)}}}))
`

/**
 * A Python that can run the peer: FINESSE_PYTHON where it is set, else python3 or python on the path.
 * Returns { command, versions }, or { missing } with a sentence that says why there is none.
 */
export function findPython() {
  const set = process.env.FINESSE_PYTHON
  const commands = set ? [set] : ['python3', 'python']
  for (const command of commands) {
    const { status, stdout } = spawnSync(command, ['-c', PROBE], { encoding: 'utf8', windowsHide: true })
    if (status === 0) return { command, versions: JSON.parse(stdout) }
  }
  const where = set ? `FINESSE_PYTHON (${set})` : 'python3 and python'
  return {
    missing: `Trainer was not run: ${where} cannot import ${PACKAGES.join(', ')}. Set FINESSE_PYTHON to a Python that can.`,
  }
}
