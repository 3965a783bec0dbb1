'use strict'

// Carries out conformance vectors with this package's classes and prints a line for each;
// tests/vectors/README.md has the format. `node runner.js DIRECTORY`, or `node runner.js work LEDGER FILE`.

const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const poundlock = require('..')
const { Engine, Ledger, Plan, PolicyPack, PoundlockError, call } = poundlock

const NO_HANDLE = '{"error":{"code":"runner.no_handle"}}'

/** What is thrown where a step names a handle that was not opened. */
class NoHandle extends Error {}

/** Which parameters the methods take that do not take an operation's input as a whole. */
const PARAMETERS = {
  attachment: ['digest'],
  fork_proof: ['checkpoint'],
  put_checkpoint: ['checkpoint'],
  receipt: ['sequence'],
}

/** The handles that are open, by their kind and name. */
class Handles {
  #open = new Map()

  keep(kind, name, handle) {
    this.#open.set(`${kind} ${name ?? kind}`, handle)
    return 'null'
  }

  get(kind, name) {
    const handle = this.#open.get(`${kind} ${name}`)
    if (handle === undefined) throw new NoHandle()
    return handle
  }

  along(kind, name) {
    return name === undefined ? undefined : this.get(kind, name)
  }
}

function camel(name) {
  return name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
}

/** A part of a vector as it is handed in. */
function text(part) {
  return typeof part === 'string' ? part : JSON.stringify(part)
}

/** What a step hands in: text, bytes, or nothing. */
function inputOf(step, directory) {
  if (step.input_hex !== undefined) return Buffer.from(step.input_hex, 'hex')
  if (step.input === undefined) return undefined
  let input = text(step.input)
  if (step.repeat !== undefined) {
    input = input.replaceAll('$REPEAT', () => step.repeat.text.repeat(step.repeat.count))
  }
  return directory === undefined ? input : input.replaceAll('$DIR', () => directory)
}

/** The arguments of a method: the input as a whole, or its members. */
function argumentsOf(operation, input) {
  const parameters = PARAMETERS[operation]
  if (parameters === undefined) return input === undefined ? [] : [input]
  const members = JSON.parse(input)
  return parameters.map((name) => members[name])
}

function openPlan(options, input) {
  switch (options.format) {
    case 'terraform':
      return Plan.terraform(input, options.nonce)
    case 'kubernetes':
      return Plan.kubernetes(input)
    case 'pulumi':
      return Plan.pulumi(input, options.nonce)
    case 'resources':
      return Plan.resources(input)
    default:
      throw new Error(`there is no format ${options.format}`)
  }
}

function openLedger({ memory, directory, mode }) {
  if (memory) return Ledger.inMemory()
  const opened = { create: Ledger.create, open: Ledger.open, readOnly: Ledger.openReadOnly }[mode]
  if (opened === undefined) throw new Error(`there is no mode ${mode}`)
  return opened(directory)
}

/** Carries out a step and answers the library's text. */
function carryOut(step, handles, directory) {
  const [kind, ...rest] = step.call.split('.')
  const operation = rest.join('.')
  const input = inputOf(step, directory)
  const on = step.on ?? kind
  const credential = step.credential === undefined ? {} : { credential: text(step.credential) }
  switch (step.call) {
    case 'pack.parse': {
      const { pack, overlays } = JSON.parse(input)
      return handles.keep('pack', step.as, new PolicyPack(pack, overlays))
    }
    case 'plan.read':
      return handles.keep('plan', step.as, openPlan(step.options, input ?? ''))
    case 'plan.join': {
      const parts = (step.parts ?? []).map(([name, plan]) => [name, handles.get('plan', plan)])
      return handles.keep('plan', step.as, Plan.join(parts))
    }
    case 'engine.new': {
      const { charter, lock, packs, threads } = JSON.parse(input)
      const options = threads === undefined ? {} : { threads }
      return handles.keep('engine', step.as, new Engine(charter, lock, packs, options))
    }
    case 'engine.of_ledger':
      return handles.keep('engine', step.as, Engine.ofLedger(handles.get('ledger', step.ledger ?? 'ledger')))
    case 'engine.decide': {
      const ledger = handles.along('ledger', step.ledger)
      const plan = handles.along('plan', step.plan)
      return handles.get('engine', on).decide(input ?? '', { ledger, plan, ...credential }).json
    }
    case 'engine.admit': {
      const ledger = handles.get('ledger', step.ledger ?? 'ledger')
      const plan = handles.along('plan', step.plan)
      return handles.get('engine', on).admit(ledger, input ?? '', { plan, ...credential }).json
    }
    case 'engine.record': {
      const ledger = handles.get('ledger', step.ledger ?? 'ledger')
      const law = handles.along('engine', step.law)
      return handles.get('engine', on).record(ledger, input ?? '', { law, ...credential }).json
    }
    case 'ledger.open':
      return handles.keep('ledger', step.as, openLedger(JSON.parse(input)))
  }
  const given = argumentsOf(operation, input)
  const method = camel(operation)
  switch (kind) {
    case 'call': {
      // `version` and `limits` have no parameter to hand an input to.
      const known = Object.hasOwn(poundlock, method) && poundlock[method].length === given.length
      return known && operation !== 'call' ? poundlock[method](...given).json : call(operation, ...given)
    }
    case 'pack': {
      const pack = handles.get('pack', on)
      const plan = handles.along('plan', step.plan)
      return (operation === 'check' ? pack.check(plan, ...given) : pack[method](...given)).json
    }
    case 'plan':
      return handles.get('plan', on)[method](...given).json
    case 'engine':
      return onEngine(step, operation, handles.get('engine', on), handles, given)
    case 'ledger':
      return handles.get('ledger', on)[method](...given).json
    default:
      throw new Error(`there is no call ${step.call}`)
  }
}

/** Calls a method of an engine with the handles that it takes. */
function onEngine(step, operation, engine, handles, given) {
  const ledger = handles.along('ledger', step.ledger)
  const plan = handles.along('plan', step.plan)
  const method = camel(operation)
  switch (operation) {
    case 'describe':
    case 'credential':
      return engine[method](...given).json
    case 'check':
      return engine.check(plan, ...given).json
    case 'request_text':
      return engine.requestText(ledger, ...given, { plan }).json
    default:
      return engine[method](ledger, ...given).json
  }
}

/** The result of a step. */
function resultOf(step, handles, directory) {
  let result
  try {
    result = carryOut(step, handles, directory)
  } catch (error) {
    if (error instanceof NoHandle) return NO_HANDLE
    if (!(error instanceof PoundlockError)) throw error
    result = `{"error":${error.json}}`
  }
  return directory === undefined ? result : result.replaceAll(directory, () => '$DIR')
}

function resultsOf(vector) {
  const { operation, input, input_hex } = vector
  const steps = operation === undefined ? vector.steps : [{ call: `call.${operation}`, input, input_hex }]
  const handles = new Handles()
  if (vector.files === undefined) return steps.map((step) => resultOf(step, handles))
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'vector-'))
  try {
    for (const [name, hex] of Object.entries(vector.files)) {
      const file = path.join(directory, name)
      fs.mkdirSync(path.dirname(file), { recursive: true })
      fs.writeFileSync(file, Buffer.from(hex, 'hex'))
    }
    return steps.map((step) => resultOf(step, handles, directory))
  } finally {
    fs.rmSync(directory, { recursive: true })
  }
}

/** The files of vectors below a directory, in the order of the bytes of their paths. */
function filesOf(directory) {
  const names = []
  const list = (folder) => {
    for (const entry of fs.readdirSync(path.join(directory, folder), { withFileTypes: true })) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) list(name)
      else if (name.endsWith('.json')) names.push(name)
    }
  }
  list('')
  return names.sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
}

function vectors(directory) {
  for (const file of filesOf(directory)) {
    for (const vector of JSON.parse(fs.readFileSync(path.join(directory, file), 'utf8'))) {
      const label = JSON.stringify(`${file.slice(0, -'.json'.length)}: ${vector.name}`)
      console.log(`{"vector":${label},"results":[${resultsOf(vector).join(',')}]}`)
    }
  }
}

function work(directory, file) {
  const { engine: law, asks } = JSON.parse(fs.readFileSync(file, 'utf8'))
  const engine = new Engine(law.charter, law.lock, law.packs)
  const ledger = Ledger.open(directory)
  console.log('ready')
  fs.readFileSync(0)
  for (const { request, fact } of asks) {
    const admission = fact === undefined ? engine.admit(ledger, request) : engine.record(ledger, fact)
    console.log(admission.json)
  }
  ledger.close()
}

const [first, ...others] = process.argv.slice(2)
if (first === 'work' && others.length === 2) {
  work(...others)
} else if (first !== undefined && others.length === 0) {
  vectors(first)
} else {
  console.error('usage: node runner.js DIRECTORY | node runner.js work LEDGER FILE')
  process.exitCode = 2
}
