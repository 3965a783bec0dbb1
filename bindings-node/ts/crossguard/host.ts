// What this pack needs of `@pulumi/policy` beyond what it exports: the properties as they arrived, since it hands secrets
// over in plain text and throws at what is unknown; and the configuration, since it obeys one that switches policies off.

import { createRequire } from 'node:module'

import { refusal } from '../face/errors'

/** A protobuf struct, as the analyzer receives it. */
export interface Struct {
  getFieldsMap(): { forEach(visit: (value: StructValue, key: string) => void): void }
}

/** A value within it. */
export interface StructValue {
  getKindCase(): number
  getNumberValue(): number
  getStringValue(): string
  getBoolValue(): boolean
  getStructValue(): Struct | undefined
  getListValue(): { getValuesList(): StructValue[] } | undefined
}

/** What a configuration says of a policy. */
export interface Configured {
  /** The number of the level, of which 0 is `advisory`, 1 `mandatory`, 2 `disabled` and 3 `remediate`. */
  readonly level: number
  readonly properties: Struct | undefined
}

interface Deserialize {
  deserializeProperties: (struct: Struct, proxySecrets: boolean) => object
  serializeProperties: (properties: object) => Promise<object>
}

interface ConfigureRequest {
  getPolicyconfigMap(): {
    forEach(
      visit: (config: { getEnforcementlevel(): number; getProperties(): Struct | undefined }, name: string) => void,
    ): void
  }
}

interface AnalyzerDefinition {
  AnalyzerService: { configure: { requestDeserialize: (bytes: Uint8Array) => ConfigureRequest } }
}

interface Pulumi {
  runtime: { isDryRun(): boolean }
}

/** The properties as they arrived, by the object that policies get a proxy of. */
const structs = new WeakMap<object, Struct>()

/** By this name the proxy of `@pulumi/policy` gives what it stands for. */
const TARGET = '__getSpecialProxyTarget'

let host: { readonly deserialize: Deserialize; readonly pulumi: Pulumi } | undefined
let configure: ((policies: ReadonlyMap<string, Configured>) => void) | undefined

/**
 * Watches the policy host from now on.
 *
 * @param onConfigure Gets every configuration before the host does; what it throws refuses the configuration.
 * @throws {PoundlockError} `input.invalid_value` where there is no `@pulumi/policy`, or one that works in another way.
 */
export function watch(onConfigure: (policies: ReadonlyMap<string, Configured>) => void): void {
  host ??= attach()
  configure = onConfigure
}

function attach() {
  try {
    // Its own copy of `@pulumi/pulumi`, of which there may be several.
    const within = createRequire(require.resolve('@pulumi/policy'))
    const deserialize: Deserialize = within('./deserialize')
    const analyzer: AnalyzerDefinition = within('@pulumi/pulumi/proto/analyzer_grpc_pb')
    const pulumi: Pulumi = within('@pulumi/pulumi')
    const read = deserialize.deserializeProperties
    deserialize.deserializeProperties = (struct, proxySecrets) => {
      const properties = read(struct, proxySecrets)
      structs.set(properties, struct)
      return properties
    }
    const service = analyzer.AnalyzerService.configure
    const parse = service.requestDeserialize
    service.requestDeserialize = (bytes) => {
      const request = parse(bytes)
      const policies = new Map<string, Configured>()
      request.getPolicyconfigMap().forEach((config, name) => {
        policies.set(name, { level: config.getEnforcementlevel(), properties: config.getProperties() })
      })
      try {
        configure?.(policies)
      } catch (error) {
        // What is thrown here would reach the engine without its message; the handler reports what it meets itself.
        request.getPolicyconfigMap = () => {
          throw error
        }
      }
      return request
    }
    if (typeof read !== 'function' || typeof parse !== 'function') throw new TypeError()
    return { deserialize, pulumi }
  } catch {
    throw refusal({
      code: 'input.invalid_value',
      message: 'there is no @pulumi/policy here that this pack knows how to work with',
      help: 'install @pulumi/policy 1.21 beside poundlock',
    })
  }
}

/** The properties of a resource as they arrived. */
export function structOf(properties: object): Struct {
  const target: unknown = (properties as Record<string, unknown>)[TARGET]
  const struct = typeof target === 'object' && target !== null ? structs.get(target) : undefined
  if (struct === undefined) {
    throw refusal({
      code: 'input.invalid_value',
      message: 'these properties did not come through the @pulumi/policy that poundlock watches',
      help: 'have one copy of @pulumi/policy installed, of version 1.21',
    })
  }
  return struct
}

/** The properties as they are now, with secrets wrapped as they arrive. */
export function serialized(properties: object): Promise<object> {
  if (host === undefined) throw refusal({ code: 'internal', message: 'nobody watches the policy host' })
  return host.deserialize.serializeProperties(properties)
}

/** Whether this is a preview: only then may a value be unknown. */
export function isPreview(): boolean {
  return host?.pulumi.runtime.isDryRun() === true
}
