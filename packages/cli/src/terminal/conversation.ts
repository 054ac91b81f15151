import { createInterface } from 'node:readline';

/** Questions and answers at a terminal, one line each. */
export interface Conversation {
  /** The line that answers; undefined when the input has ended. What was typed ahead counts. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  close(): void;
}

/** On `output`, which is a terminal as standard input is. While it is open, Ctrl-C is a character and no signal. */
export function openConversation(output: NodeJS.WriteStream): Conversation {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  const lines: string[] = [];
  let ended = false;
  let wake: () => void = () => undefined;
  terminal.on('line', (line) => {
    lines.push(line);
    wake();
  });
  terminal.on('close', () => {
    ended = true;
    wake();
  });
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return {
    ask: async (question, signal) => {
      // What stands above the line is written once; the line itself is drawn anew at each key.
      const line = question.lastIndexOf('\n') + 1;
      output.write(question.slice(0, line));
      terminal.setPrompt(question.slice(line));
      terminal.prompt();
      while (lines.length === 0 && !ended && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      // The cursor is left at the end of the question.
      if (lines.length === 0) output.write('\n');
      signal.throwIfAborted();
      return lines.shift();
    },
    close: () => terminal.close(),
  };
}
