/** No event of an engine comes near this size: labels of a container are in it, and little else. */
const LONGEST = 1024 * 1024;

/** Cuts a stream into lines, and tells of a longer one as undefined, without keeping it. */
export function lineCutter(onLine: (line: string | undefined) => void, longest = LONGEST): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let size = 0;
  return (chunk) => {
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      take(rest.subarray(0, end));
      const line = size > longest ? undefined : Buffer.concat(parts).toString('utf8').trim();
      parts = [];
      size = 0;
      rest = rest.subarray(end + 1);
      if (line !== '') onLine(line);
    }
    take(rest);
  };

  function take(part: Buffer): void {
    size += part.length;
    if (size > longest) parts = [];
    // A copy: a part of a chunk would keep the whole of it.
    else if (part.length > 0) parts.push(Buffer.from(part));
  }
}
