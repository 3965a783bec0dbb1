'use strict'

// What is packed can be installed in an empty project and does what the examples show.

const assert = require('node:assert/strict')
const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')
const test = require('node:test')

const { directory } = require('./support')

const root = path.join(__dirname, '..')
const typescript = require.resolve('typescript/bin/tsc')

test('a clean installation runs the examples, and its types are found', (context) => {
  const project = directory(context)
  const run = (command, ...rest) =>
    execFileSync(command, rest, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', project], {
      cwd: root,
      encoding: 'utf8',
    }),
  )
  const files = packed.files.map(({ path }) => path)
  for (const file of ['poundlock.node', 'index.js', 'index.mjs', 'index.d.ts', 'index.d.mts', 'documents.d.ts']) {
    assert.ok(files.includes(file), file)
  }
  assert.ok(files.every((file) => !/^(src|ts|test|target)\//.test(file)), files.join(' '))

  fs.writeFileSync(path.join(project, 'package.json'), '{ "name": "host", "version": "1.0.0", "private": true }')
  run('npm', 'install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', path.join(project, packed.filename))
  for (const example of ['check.mjs', 'check.cjs']) {
    fs.copyFileSync(path.join(root, 'examples', example), path.join(project, example))
    assert.equal(run(process.execPath, example), 'deny policy.failed\n')
  }

  // Without the types of Node.js, and without skipping the library's own declarations.
  const text =
    "import { Plan, PolicyPack } from 'poundlock'\nexport const verdict: 'allow' | 'deny' = new PolicyPack('').check(Plan.resources('')).verdict\n"
  const strict = { strict: true, noEmit: true, target: 'ES2022', types: [] }
  const kinds = [
    ['host.mts', { module: 'Node16' }],
    ['host.cts', { module: 'Node16' }],
    ['host.ts', { module: 'ESNext', moduleResolution: 'Bundler' }],
  ]
  for (const [file, module] of kinds) {
    fs.writeFileSync(path.join(project, file), text)
    const options = { compilerOptions: { ...strict, ...module }, files: [file] }
    fs.writeFileSync(path.join(project, 'tsconfig.json'), JSON.stringify(options))
    run(process.execPath, typescript)
  }
})
