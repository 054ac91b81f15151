import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';

/** A shell at which commands are typed, one after the other, so that variables and jobs stay. */
export interface Session extends AsyncDisposable {
  /** Types a command, and gives the lines that it printed on both outputs. Throws when it takes longer than a minute. */
  type(command: string): Promise<readonly string[]>;
}

const DEADLINE = 60_000;

/** Starts a shell by these arguments, which end with those of `sh`. */
export function openSession([program, ...args]: readonly [string, ...string[]], env: NodeJS.ProcessEnv): Session {
  const shell = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(shell, 'exit');
  let printed = '';
  let heard = (): void => undefined;
  let over = (): void => undefined;
  shell.once('exit', () => over());
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    heard();
  });
  shell.stdin.write('exec 2>&1\n');
  return {
    type: async (command) => {
      const mark = randomUUID();
      shell.stdin.write(`${command}\necho; echo ${mark}\n`);
      const until = AbortSignal.timeout(DEADLINE);
      while (!printed.includes(mark)) {
        await new Promise<void>((resolve, reject) => {
          heard = resolve;
          until.onabort = () => reject(new Error(`${command} has not ended, and printed: ${printed}`));
          over = () => reject(new Error(`the shell ended at ${command}, and printed: ${printed}`));
        });
      }
      const [output = ''] = printed.split(mark);
      printed = printed.slice(output.length + mark.length).replace(/^\n/, '');
      return output.trimEnd().split('\n');
    },
    [Symbol.asyncDispose]: async () => {
      shell.kill('SIGKILL');
      await ended;
      // What it left in the background ends with its machine, and has the pipe until then.
      shell.stdin.destroy();
      shell.stdout.destroy();
    },
  };
}
