import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetctlError, apply, connectDocker, importHost, loadSpecText, plan, stepTitle, stepsOf } from '@netctl/core';
import type { Backends, Problem, Targets } from '@netctl/core';
import { iproute2 } from '@netctl/iproute2';
import type { Host } from '@netctl/lab';
import { parse } from 'yaml';
import type { OnHost } from '../../integration/support/planned.js';

/** netctl as a library, at work on one host: what the command does, without the start of Node for each call. */
export interface Netctl extends AsyncDisposable {
  /** What is to be done, a line for each step, `make link lan-shim: why`; nothing when the host is as the spec says. */
  plan(spec: object): Promise<readonly string[]>;
  /** One spec, for the drift that is looked at with the command elsewhere. */
  on(spec: object): OnHost;
  /** What stands against it: the errors of the spec, or of its plan. */
  errors(spec: object): Promise<readonly Problem[]>;
  /** Does it, also what disrupts somebody. */
  apply(spec: object, options?: { readonly adopt?: boolean; readonly probe?: boolean }): Promise<void>;
  destroy(spec: object): Promise<void>;
  /** What the host has, as a spec. */
  import(stack: string): Promise<object>;
}

/** The same of several hosts, of which nobody imports anything. */
export type NetctlOfMany = Omit<Netctl, 'import'>;

export async function openNetctl(host: Host): Promise<Netctl> {
  const backends = await backendsOf(host);
  return {
    ...(await open(backends, [backends])),
    import: async (stack) => parse((await importHost(backends, { stack })).spec) as object,
  };
}

/** For a spec with `hosts:`, by the names there. */
export async function openNetctlOn(hosts: Readonly<Record<string, Host>>): Promise<NetctlOfMany> {
  const targets = new Map<string, Backends>();
  for (const [name, host] of Object.entries(hosts)) targets.set(name, await backendsOf(host));
  return open(targets, [...targets.values()]);
}

async function backendsOf(host: Host): Promise<Backends> {
  // Longer than a user waits: in User Mode Linux all takes longer.
  const timeout = 60_000;
  const engine = await connectDocker({ host: host.dockerHost, timeout });
  return { engine, links: iproute2({ command: host.command('ip'), timeout }) };
}

async function open(targets: Targets, opened: readonly Backends[]): Promise<NetctlOfMany> {
  const stateDir = await mkdtemp(join(tmpdir(), 'netctl-kernel-'));
  const load = async (spec: object) => loadSpecText(JSON.stringify(spec), { file: 'spec.yaml', folder: stateDir });
  const problemsOf = async (spec: object) => {
    try {
      return (await plan(await load(spec), targets)).problems;
    } catch (error) {
      if (error instanceof NetctlError && error.code === 'SPEC_INVALID') return error.problems;
      throw error;
    }
  };
  const run = async (
    spec: object,
    more: { readonly destroy?: true; readonly adopt?: boolean; readonly probe?: boolean } = {},
  ) => {
    try {
      // Asking takes a moment each time, so it is done where it is what is tested.
      await apply(await load(spec), targets, { stateDir, allowDisruptive: true, probe: false, ...more });
    } catch (error) {
      // vitest shows the message alone.
      if (error instanceof NetctlError) for (const { message } of error.problems) error.message += `\n${message}`;
      throw error;
    }
  };
  return {
    plan: async (spec) =>
      stepsOf(await plan(await load(spec), targets)).map((step) => `${stepTitle(step)}: ${step.why}`),
    errors: async (spec) => (await problemsOf(spec)).filter(({ severity }) => severity === 'error'),
    on: (spec) => ({
      plan: async () => {
        const made = await plan(await load(spec), targets);
        return { steps: stepsOf(made), problems: made.problems };
      },
      apply: async () => run(spec),
    }),
    apply: async (spec, options) => run(spec, options),
    destroy: async (spec) => run(spec, { destroy: true }),
    [Symbol.asyncDispose]: async () => {
      for (const { engine } of opened) await engine[Symbol.asyncDispose]();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
