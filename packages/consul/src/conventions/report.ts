import type { ProblemCode } from '@netctl/core';

/** What is said of a variable of a container: what is wrong and what comes of it, then what to do. Both are sentences. */
export type Report = (code: ProblemCode, message: string, hint: string) => void;

const LONGEST = 60;
const UNSEEN = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** What a container has written, in double quotes for a message: cut short, without characters that change a terminal. */
export function quote(text: string): string {
  const shown = JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  return shown.replace(UNSEEN, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Whether there are control characters in it. No name, path or argument has a use for one. */
export function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
