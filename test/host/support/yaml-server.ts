import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from '../../integration/support/netctl.js';

const program = join(
  dirname(createRequire(import.meta.url).resolve('yaml-language-server/package.json')),
  'bin/yaml-language-server',
);

const DEADLINE_MS = 60_000;

export interface Completion {
  readonly label: string;
  readonly documentation: string;
}

export interface Complaint {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** A YAML language server as an editor has it: by its standard streams, with one folder and no other settings. */
export interface YamlServer extends AsyncDisposable {
  /** Opens a text under a name in a folder of the repository; what is wrong with it, in its order. */
  complaints(name: string, text: string): Promise<readonly Complaint[]>;
  /** What can be typed at `|` in the text. */
  completions(name: string, text: string): Promise<readonly Completion[]>;
  /** What is shown at `|` in the text. */
  hover(name: string, text: string): Promise<string>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly uri?: string;
    readonly diagnostics?: readonly Diagnostic[];
    readonly items?: readonly { readonly section?: string }[];
  };
  readonly result?: unknown;
}

interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number } };
}

interface Markup {
  readonly value?: string;
}

export async function startYamlServer(): Promise<YamlServer> {
  const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const waiting = new Set<(message: Message) => void>();
  let last = 0;
  let opened = 0;
  let received = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const end = received.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(received.toString('latin1', 0, Math.max(end, 0)))?.[1]);
      if (end < 0 || received.length < end + 4 + length) return;
      const message = JSON.parse(received.toString('utf8', end + 4, end + 4 + length)) as Message;
      received = received.subarray(end + 4 + length);
      // It asks for the settings, section by section.
      if (message.id !== undefined && message.method !== undefined) {
        send({
          id: message.id,
          result: message.params?.items?.map(({ section = '' }) => SETTINGS[section] ?? null) ?? null,
        });
      }
      for (const take of [...waiting]) take(message);
    }
  });

  function send(message: object): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }
  function next(what: string, isIt: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => finish(() => reject(new Error(`no answer: ${what}`))), DEADLINE_MS);
      const take = (message: Message): void => {
        if (isIt(message)) finish(() => resolve(message));
      };
      const finish = (then: () => void): void => {
        clearTimeout(timer);
        waiting.delete(take);
        then();
      };
      waiting.add(take);
    });
  }
  async function ask(method: string, params: object): Promise<unknown> {
    const id = (last += 1);
    const answer = next(method, (message) => message.id === id && message.method === undefined);
    send({ id, method, params });
    return (await answer).result;
  }
  async function open(
    name: string,
    text: string,
  ): Promise<{ readonly uri: string; readonly found: readonly Diagnostic[] }> {
    // A name of its own, since what is said of one that was closed may still be on its way.
    const uri = pathToFileURL(join(repository, dirname(name), `${String((opened += 1))}-${basename(name)}`)).href;
    const told = next(`diagnostics of ${name}`, ({ method, params }) => {
      return method === 'textDocument/publishDiagnostics' && params?.uri === uri;
    });
    send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'yaml', version: 1, text } } });
    return { uri, found: (await told).params?.diagnostics ?? [] };
  }
  async function at(method: string, name: string, marked: string): Promise<unknown> {
    const before = marked.slice(0, marked.indexOf('|'));
    const { uri } = await open(name, marked.replace('|', ''));
    const position = { line: before.split('\n').length - 1, character: before.length - before.lastIndexOf('\n') - 1 };
    const result = await ask(method, { textDocument: { uri }, position });
    send({ method: 'textDocument/didClose', params: { textDocument: { uri } } });
    return result;
  }

  await ask('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(repository).href,
    capabilities: CAPABILITIES,
  });
  send({ method: 'initialized', params: {} });
  return {
    complaints: async (name, text) => {
      const { uri, found } = await open(name, text);
      send({ method: 'textDocument/didClose', params: { textDocument: { uri } } });
      return found.map(({ message, range }) => ({ line: range.start.line + 1, message }));
    },
    completions: async (name, text) => {
      const result = (await at('textDocument/completion', name, text)) as {
        readonly items: readonly { readonly label: string; readonly documentation?: string | Markup }[];
      };
      return result.items.map(({ label, documentation = '' }) => ({
        label,
        documentation: typeof documentation === 'string' ? documentation : (documentation.value ?? ''),
      }));
    },
    hover: async (name, text) => {
      const result = (await at('textDocument/hover', name, text)) as { readonly contents?: Markup } | null;
      return result?.contents?.value ?? '';
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
    },
  };
}

/** What an editor says that has all of it switched on, but for schemas of the internet. */
const SETTINGS: Readonly<Record<string, object>> = {
  yaml: { validate: true, completion: true, hover: true, schemaStore: { enable: false } },
};

const CAPABILITIES = {
  workspace: { configuration: true },
  textDocument: { completion: { completionItem: { documentationFormat: ['markdown', 'plaintext'] } }, hover: {} },
};
