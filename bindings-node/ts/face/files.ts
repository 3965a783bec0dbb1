// A charter's files, as they lie beside each other.

import * as fs from 'node:fs'
import * as path from 'node:path'

import { refusal } from './errors'

interface Law {
  charter: Uint8Array
  lock: Uint8Array
  packs: Uint8Array[]
}

export function readLaw(charter: string): Law {
  const read = (file: string) => attempt(file, () => fs.readFileSync(file))
  const list = (folder: string) => attempt(folder, () => (fs.existsSync(folder) ? fs.readdirSync(folder) : []))
  return {
    charter: read(charter),
    lock: read(lockOf(charter)),
    packs: folders(charter).flatMap((folder) => yamlOf(folder, list(folder)).map(read)),
  }
}

export async function readLawAsync(charter: string): Promise<Law> {
  const read = (file: string) => attemptAsync(file, () => fs.promises.readFile(file))
  const list = (folder: string) =>
    attemptAsync(folder, async () => (fs.existsSync(folder) ? fs.promises.readdir(folder) : []))
  const files = await Promise.all(folders(charter).map(async (folder) => yamlOf(folder, await list(folder))))
  return {
    charter: await read(charter),
    lock: await read(lockOf(charter)),
    packs: await Promise.all(files.flat().map(read)),
  }
}

function lockOf(charter: string): string {
  const { dir, name } = path.parse(charter)
  return path.join(dir, `${name}.lock`)
}

function folders(charter: string): string[] {
  return ['packs', 'overlays'].map((name) => path.join(path.dirname(charter), name))
}

function yamlOf(folder: string, names: string[]): string[] {
  const yaml = names.filter((name) => /\.ya?ml$/.test(name))
  return yaml.sort().map((name) => path.join(folder, name))
}

function attempt<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw unreadable(file, error)
  }
}

async function attemptAsync<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): Error {
  const why = error instanceof Error && 'code' in error ? `: ${String(error.code)}` : ''
  return refusal({ code: 'io', message: `the file cannot be read${why}`, source: file })
}
