import type { Interference } from '../engine-proxy.js';

/** Does this to the n-th request that changes anything, counted from 1, and lets the others through. */
export function atWrite(number: number, interfere: Interference): Interference {
  return fromWrite(number, interfere, number);
}

/** Does this to the n-th request that changes anything, and to those after it. */
export function fromWrite(number: number, interfere: Interference, last = Infinity): Interference {
  let writes = 0;
  return (call, outgoing, forward) => {
    if (call.method === 'GET') return false;
    writes += 1;
    return writes >= number && writes <= last ? interfere(call, outgoing, forward) : false;
  };
}

/** What an engine says that cannot. */
export const INJECTED = 'injected by the test';

/** The engine refuses, and does nothing. */
export const refuse: Interference = (_call, outgoing) => {
  outgoing.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ message: INJECTED }));
  return true;
};

/** The engine does it, and its answer is lost. */
export const loseAnswer: Interference = async (_call, outgoing, forward) => {
  await forward();
  outgoing.destroy();
  return true;
};
