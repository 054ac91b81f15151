/** What a program that only reads printed. */
export interface Printout {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined where the program is not there or did not end by itself. */
  readonly exit: number | undefined;
}

/** The port to the files and programs of a host, which an adapter gives. Nothing that is asked of it changes anything. */
export interface HostReader {
  /** The texts of those files that are there and can be read, by path. */
  read(paths: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Those that are there. */
  present(paths: readonly string[], signal?: AbortSignal): Promise<ReadonlySet<string>>;
  /** The names in a folder; none where it is not there or may not be read. */
  list(folder: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Runs one of the programs that only read, with these arguments, without a shell. */
  print(argv: readonly string[], signal?: AbortSignal): Promise<Printout>;
}
