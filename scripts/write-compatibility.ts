import { spawnSync } from 'node:child_process'

// The table is what the tests in test/compatibility saw: they write it here, one file after the other, and hold it to what they see
// whenever they run. So there is nothing to compare with --check, and it is written only where it is named.
if (process.argv.includes('compatibility')) {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', 'test/compatibility', '--no-file-parallelism', '--reporter', 'dot'],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, INSEAM_WRITE_COMPATIBILITY: '1' } },
  )
  console.log(
    status === 0
      ? 'wrote docs/compatibility.md'
      : 'docs/compatibility.md: some cells did not pass. Run `vitest run test/compatibility`.',
  )
  process.exitCode = status ?? 1
}
