'use strict'

// Pulumi's own analyzer, started as its command line starts it, and asked as it asks.

const { spawn } = require('node:child_process')
const { createRequire } = require('node:module')
const path = require('node:path')

const within = createRequire(require.resolve('@pulumi/policy'))
const grpc = within('@grpc/grpc-js')
const { Struct } = within('google-protobuf/google/protobuf/struct_pb')
const proto = require('@pulumi/pulumi/proto/analyzer_pb')
const { AnalyzerClient } = require('@pulumi/pulumi/proto/analyzer_grpc_pb')

const SIGNATURE = '4dabf18193072939515e22adb298388d'
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'
const LEVELS = ['advisory', 'mandatory', 'disabled', 'remediate']

const secret = (value) => ({ [SIGNATURE]: '1b47061264138c4ac30d75fd1eb44270', value })

/** Runs the policy pack in a directory: its port, or what it says when there is none. */
function start(directory, { preview, env: more = {} }) {
  const main = require.resolve('@pulumi/pulumi/cmd/run-policy-pack')
  const env = { ...process.env, PULUMI_NODEJS_DRY_RUN: String(preview), ...more }
  const child = spawn(process.execPath, [main, '127.0.0.1:1', '.'], { cwd: directory, env })
  return new Promise((resolve) => {
    let [out, err] = ['', '']
    child.stderr.on('data', (data) => (err += data))
    child.stdout.on('data', (data) => {
      out += data
      if (/^\d+\n/.test(out)) resolve({ port: Number.parseInt(out, 10), child })
    })
    child.on('close', (status) => resolve({ status, err: err + out }))
  })
}

/** The analyzer of a policy pack, until the test is over. */
async function analyzer(context, directory, options) {
  const { port, child, err } = await start(directory, options)
  if (port === undefined) throw new Error(err)
  const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
  context.after(() => {
    client.close()
    child.kill()
  })
  const ask = (method, request) =>
    new Promise((resolve, reject) => {
      client[method](request, (error, response) => (error ? reject(error) : resolve(response)))
    })
  const { Empty } = createRequire(require.resolve('@pulumi/pulumi'))('google-protobuf/google/protobuf/empty_pb')
  return {
    /** What the engine shows of the policies. */
    info: async () => (await ask('getAnalyzerInfo', new Empty())).toObject().policiesList,
    analyze: async (resource) => violations(await ask('analyze', fill(new proto.AnalyzeRequest(), resource))),
    analyzeStack: async (resources) => {
      const request = new proto.AnalyzeStackRequest()
      request.setResourcesList(resources.map((resource) => fill(new proto.AnalyzerResource(), resource)))
      return violations(await ask('analyzeStack', request))
    },
    remediate: async (resource) => {
      const response = await ask('remediate', fill(new proto.AnalyzeRequest(), resource))
      return response.getRemediationsList().map((it) => ({
        policy: it.getPolicyname(),
        properties: it.getProperties()?.toJavaScript(),
      }))
    },
    /** Hands over a configuration: by policy a level, and properties. */
    configure: (policies) => {
      const request = new proto.ConfigureAnalyzerRequest()
      for (const [name, [level, properties = {}]] of Object.entries(policies)) {
        const config = new proto.PolicyConfig()
        config.setEnforcementlevel(LEVELS.indexOf(level))
        config.setProperties(Struct.fromJavaScript(properties))
        request.getPolicyconfigMap().set(name, config)
      }
      return ask('configure', request)
    },
  }
}

function fill(request, { type, name = 'it', props, provider = `pulumi:providers:${type.split(':')[0]}` }) {
  request.setType(type)
  request.setName(name)
  request.setUrn(urn(type, name))
  request.setProperties(Struct.fromJavaScript(props))
  request.setOptions(new proto.AnalyzerResourceOptions())
  if (provider !== null) {
    const made = new proto.AnalyzerProviderResource()
    made.setType(provider)
    made.setName('default')
    made.setUrn(urn(provider, 'default'))
    made.setProperties(Struct.fromJavaScript({}))
    request.setProvider(made)
  }
  return request
}

const urn = (type, name = 'it') => `urn:pulumi:dev::acme::${type}::${name}`

function violations(response) {
  return response.toObject().diagnosticsList.map(({ policyname, message, enforcementlevel, urn }) => ({
    policy: policyname,
    level: LEVELS[enforcementlevel],
    code: /\(([a-z_]+\.[a-z_]+|io|internal)\)/.exec(message)?.[1],
    message,
    urn,
  }))
}

module.exports = { UNKNOWN, analyzer, secret, start, urn }
