import { writeFileSync } from 'node:fs'

// The matrix asks others, too, and takes some minutes: it is written where it is named, and there is nothing to compare with --check.
if (process.argv.includes('fault-matrix')) {
  const { openPortkey } = await import('./fault-matrix/portkey.ts')
  const { runMatrix } = await import('./fault-matrix/run.ts')
  const { pageOf } = await import('./fault-matrix/page.ts')
  const portkey = await openPortkey()
  try {
    const ran = await runMatrix(portkey?.url, (done, of) => {
      if (process.stdout.isTTY) process.stdout.write(`\r${done} of ${of} calls`)
      else if (done % 200 === 0 || done === of) console.log(`${done} of ${of} calls`)
    })
    writeFileSync('docs/fault-matrix.md', pageOf(ran, portkey !== undefined))
    console.log('\nwrote docs/fault-matrix.md')
  } finally {
    await portkey?.[Symbol.asyncDispose]()
  }
  process.exit()
}
