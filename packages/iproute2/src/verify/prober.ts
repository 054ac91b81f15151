import type { Prober, Spot } from '@netctl/core';
import { remoteFiles } from '../files.js';
import { ipRunner } from '../ip.js';
import { observeLinks } from '../observe.js';
import { remotePlace, thisMachine } from '../place.js';
import type { Place, RemoteShell } from '../place.js';
import { espStates } from './esp.js';
import { means } from './means.js';
import { askNames } from './names.js';
import { readNeighbours } from './neighbours.js';
import { ping } from './ping.js';
import { openStandIn } from './stand-in.js';
import { listen } from './wire.js';

export interface ProberOptions {
  /** What comes before every program to run it on the host: nothing unless told. */
  readonly prefix?: readonly string[];
  /** The host, where it is another one; the prefix is then of a command there. */
  readonly ssh?: RemoteShell;
  /** Milliseconds that one run of a program may take; default 20 000. */
  readonly timeout?: number;
}

/** What the parts of the prober work with. */
export interface ProbePlace {
  readonly place: Place;
  readonly timeout: number;
  /** Programs are run by this machine's own Node where they have to. */
  readonly isHere: boolean;
  readonly prefix: readonly string[];
}

/** The argument vector that runs a program in a namespace. The host's files stay what the program sees. */
export function inside({ pid }: Spot, argv: readonly string[]): readonly string[] {
  return pid === undefined ? argv : ['nsenter', `--net=/proc/${pid}/ns/net`, '--', ...argv];
}

/** Enters the namespaces of a host and of its containers with the programs of the host. */
export function prober({ prefix = [], ssh, timeout = 20_000 }: ProberOptions = {}): Prober {
  const place = placed(ssh === undefined ? thisMachine : remotePlace(ssh), prefix);
  const at: ProbePlace = { place, timeout, isHere: ssh === undefined, prefix };
  return {
    means: (signal) => means(at, signal),
    look: async (spot, signal) => {
      const ip = ipRunner([...inside(spot, []), 'ip'], timeout, place);
      if (spot.pid !== undefined && !(await isThere(place, spot.pid, signal))) return undefined;
      return { ...(await observeLinks(ip, undefined, signal)), mayChange: false };
    },
    ping: (spot, pings, signal) => ping(at, spot, pings, signal),
    names: (spot, questions, signal) => askNames(at, spot, questions, signal),
    neighbours: (signal) => readNeighbours(at, signal),
    espStates: (signal) => espStates(at, signal),
    listen: (question, signal) => listen(at, question, signal),
    standIn: (link, signal) => openStandIn(at, link, signal),
    reader: {
      ...place.files,
      print: async (argv, signal) => {
        const outcome = await place.run(argv, { timeout, ...(signal === undefined ? {} : { signal }) });
        const { stdout, stderr, exit } = outcome;
        return { stdout, stderr, exit: exit === 127 ? undefined : exit };
      },
    },
  };
}

async function isThere(place: Place, pid: number, signal: AbortSignal | undefined): Promise<boolean> {
  const path = `/proc/${pid}/stat`;
  return (await place.files.present([path], signal)).has(path);
}

function placed(place: Place, prefix: readonly string[]): Place {
  if (prefix.length === 0) return place;
  const run: Place['run'] = (argv, options) => place.run([...prefix, ...argv], options);
  return { ...place, run, argv: (argv) => place.argv([...prefix, ...argv]), files: remoteFiles(run) };
}
