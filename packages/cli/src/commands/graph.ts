import { readFile } from 'node:fs/promises';

import { NetctlError, observeTopology, parseProof, topologyOf } from '@netctl/core';
import type { Problem, Proof, Topology } from '@netctl/core';

import type { CommandInput } from '../command.js';
import { counted } from '../counted.js';
import { draw } from '../graph/draw.js';
import { formatOf } from '../graph/format-of.js';
import type { GraphFormat } from '../graph/formats.js';
import { writeDrawing } from '../graph/write-drawing.js';
import type { GlobalOptions } from '../options.js';
import { openSession } from '../session.js';
import { readSpec } from '../spec-file.js';
import { EXIT_UNREACHABLE, someUnreachable } from '../unreachable.js';

export interface GraphCommandOptions extends GlobalOptions {
  readonly format?: GraphFormat;
  readonly output?: string;
  readonly wanted?: boolean;
  readonly proof?: string;
}

interface Found {
  readonly topology: Topology;
  readonly problems: readonly Problem[];
  readonly file: string;
}

/** `netctl graph`: hosts, links, networks and containers as a drawing: what is wanted, and what is there. */
export async function graph(input: CommandInput<GraphCommandOptions>): Promise<number> {
  const { options, output } = input;
  const file = options.output === '-' ? undefined : options.output;
  const format = options.format ?? formatOf(file);
  const { topology, problems, file: spec } = await (options.wanted === true ? wantedAlone(input) : lookedAt(input));
  output.problems(problems, spec);
  const text = await draw(topology, format);
  if (file !== undefined) await writeDrawing(file, text);
  output.document({ ...topology, problems });
  if (file === undefined) output.text(text);
  else output.line(`${file} is written: stack ${topology.stack}, ${counted(topology.hosts.length, 'host')}`);
  return someUnreachable({ problems }) ? EXIT_UNREACHABLE : 0;
}

async function lookedAt({ file, options, signal }: CommandInput<GraphCommandOptions>): Promise<Found> {
  await using session = await openSession(file, options, signal);
  const { loaded, targets } = session;
  const proof = await proofOf(options, loaded.spec.name);
  const found = await observeTopology(loaded, targets, { signal, ...(proof && { proof }) });
  return { ...found, file: loaded.file };
}

/** No engine is asked. */
async function wantedAlone({ file, options, signal }: CommandInput<GraphCommandOptions>): Promise<Found> {
  const loaded = await readSpec(file, options, signal);
  const proof = await proofOf(options, loaded.spec.name);
  return { topology: topologyOf(loaded, { ...(proof && { proof }) }), problems: loaded.problems, file: loaded.file };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a folder',
};

async function proofOf({ proof }: GraphCommandOptions, stack: string): Promise<Proof | undefined> {
  if (proof === undefined) return undefined;
  const text = await readFile(proof, 'utf8').catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new NetctlError('USAGE', `Cannot read ${proof}: ${REASONS[code ?? ''] ?? message}`, {
      hint: 'Write it with: netctl verify --json > FILE',
      cause: error,
    });
  });
  return parseProof(text, proof, stack);
}
