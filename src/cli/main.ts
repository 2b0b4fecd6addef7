#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
// Only what every Node can read stands here: what is imported below needs a newer one, and would say so in its own words.
const oldest = [22, 19] as const
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  console.error(`Inseam needs Node ${oldest.join('.')} or newer, and this is ${process.version}.

  Fix: Install a newer one: https://nodejs.org.`)
  process.exitCode = 2
} else void import('./program.ts').then(({ runProgram }) => runProgram())

export {}
