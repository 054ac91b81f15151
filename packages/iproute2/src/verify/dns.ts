import type * as Dns from 'dns-packet';
import type { NameAnswer, NameQuestion } from '@netctl/core';

/** The library, which is loaded where it is used. */
type Library = Pick<typeof Dns, 'encode' | 'decode' | 'RECURSION_DESIRED'>;

/** The id tells the answers of one namespace apart. */
function idOf(index: number): number {
  return index + 1;
}

/** A question as the DNS has it on the wire (RFC 1035), in hexadecimal. */
export function toQuery({ encode, RECURSION_DESIRED }: Library, question: NameQuestion, index: number): string {
  const { name } = question;
  const questions = [{ type: typeOf(question), name } as const];
  return encode({ type: 'query', id: idOf(index), flags: RECURSION_DESIRED, questions }).toString('hex');
}

/** What came back for a question, of all that came back, in hexadecimal. What is no DNS is no answer. */
export function toAnswer(
  { decode }: Library,
  replies: readonly string[],
  question: NameQuestion,
  index: number,
): NameAnswer {
  const id = idOf(index).toString(16).padStart(4, '0');
  const text = replies.find((reply) => reply.startsWith(id));
  if (text === undefined) return { error: 'no answer' };
  try {
    const { answers = [], rcode } = decode(Buffer.from(text, 'hex')) as Dns.DecodedPacket & { readonly rcode?: string };
    const type = typeOf(question);
    const addresses = answers.flatMap((answer) => (answer.type === type ? [answer.data] : []));
    if (addresses.length > 0) return { addresses };
    return { error: rcode === undefined || rcode === 'NOERROR' ? 'no address' : rcode };
  } catch {
    return { error: 'an answer that cannot be read' };
  }
}

function typeOf({ family }: NameQuestion): 'A' | 'AAAA' {
  return family === 6 ? 'AAAA' : 'A';
}
