import { NetctlError } from '@netctl/core';

import { openConversation } from './conversation.js';

/**
 * What somebody answers at the terminal; empty when the input ends instead.
 * @throws NetctlError INTERRUPTED and TERMINATED: nothing was changed
 */
export async function answerTo(question: string, signal: AbortSignal): Promise<string> {
  const conversation = openConversation(process.stdout);
  try {
    return (await conversation.ask(question, signal)) ?? '';
  } catch (error) {
    const reason: unknown = signal.reason;
    if (!(reason instanceof NetctlError)) throw error;
    throw new NetctlError(reason.code, `${reason.message}, nothing was changed`, {
      hint: 'Run the same command again to be asked again.',
    });
  } finally {
    conversation.close();
  }
}
