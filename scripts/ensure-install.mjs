// Installs what package-lock.json names, where node_modules lacks it. Runs before every other script, on whatever Node the
// system has (20 or newer), so it is plain JavaScript and uses Node's own modules only.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const pinnedNode = join(root, 'node_modules', '.bin', 'node')
const oldestNode = [22, 19]

if (!installedAsLocked()) install()
if (!pinnedNodeVersion()) repairPinnedNode()

/** Whether npm's own record of what it installed has every package of the lockfile, optional ones aside, at its version. */
function installedAsLocked() {
  const wanted = readJson('package-lock.json')
  const installed = readJson('node_modules/.package-lock.json')
  if (!wanted || !installed) return false
  return Object.entries(wanted.packages).every(
    ([path, { version, optional, link }]) =>
      path === '' || optional || link || installed.packages[path]?.version === version,
  )
}

function install() {
  say('Installing the packages that package-lock.json names (about half a minute the first time) …')
  // Not `npm ci`: it refuses a lockfile made where a registry lacks the optional binaries of other platforms.
  const failed = npm('install', '--no-save')
  if (failed) {
    fail(
      `npm could not install the packages: ${failed}.`,
      'Read what npm said above; check the network and the npm registry setting, then run the same command again.',
    )
  }
}

/** The package `node` fetches its binary in an install script, which a user's npm settings may have forbidden. */
function repairPinnedNode() {
  say('Fetching the binary of the pinned Node …')
  npm('rebuild', 'node', '--ignore-scripts=false')
  if (pinnedNodeVersion()) return
  const [major, minor] = process.versions.node.split('.').map(Number)
  const newEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  if (!newEnough) {
    fail(
      `The pinned Node could not be installed, and ${process.version} is too old to go on with.`,
      `Run \`npm rebuild node --foreground-scripts\` to see why, or install Node ${oldestNode.join('.')} or newer.`,
    )
  }
  rmSync(pinnedNode, { force: true })
  say(`The pinned Node could not be installed; going on with ${process.version}.`)
}

/** The version of the Node that `npm run` finds first; undefined where it does not run. */
function pinnedNodeVersion() {
  const { status, stdout } = spawnSync(pinnedNode, ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  return status === 0 ? stdout.trim() : undefined
}

/** Runs npm quietly: the warnings that it would print concern the system's Node, which nothing here runs on. */
function npm(...words) {
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund', '--no-progress', '--engine-strict=false']
  const { status, signal, error } = spawnSync('npm', [...words, ...quiet], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (error) return error.message
  if (signal) return `ended by ${signal}`
  return status === 0 ? undefined : `exit code ${status}`
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'))
  } catch {
    return undefined
  }
}

function say(line) {
  console.log(line)
}

function fail(what, fix) {
  console.error(`\n${what}\n${fix}`)
  process.exit(1)
}
