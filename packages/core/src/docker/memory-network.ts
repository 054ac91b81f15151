/**
 * The body for a network in whose labels netctl remembers something: a configuration network, which takes no addresses,
 * which nobody can be on, and which survives `docker network prune` and a killed engine (measured on 20.10 to 28.5, with
 * a label of a megabyte).
 */
export function memoryBody(name: string, labels: Readonly<Record<string, string>>): object {
  return {
    Name: name,
    CheckDuplicate: true,
    // Engines before 20.10.2 want one, and none makes anything of it.
    Driver: 'bridge',
    ConfigOnly: true,
    Labels: labels,
  };
}
