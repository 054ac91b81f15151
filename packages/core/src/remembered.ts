/**
 * The same function, which makes its answer once for each thing that it is asked about: a plan asks thousands of times
 * about the same host and the same spec. What it knows goes with the thing; nothing changes a thing that was asked about.
 */
export function remembered<Thing extends object, Answer extends object>(
  make: (thing: Thing) => Answer,
): (thing: Thing) => Answer {
  const known = new WeakMap<Thing, Answer>();
  return (thing) => {
    const before = known.get(thing);
    if (before !== undefined) return before;
    const answer = make(thing);
    known.set(thing, answer);
    return answer;
  };
}
