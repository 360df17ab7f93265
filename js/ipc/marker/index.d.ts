/** Options of {@link watch}. */
export interface MarkerWatchOptions {
  /** Gives up waiting: AbortError. */
  signal?: AbortSignal | undefined;
  /** Milliseconds until it gives up: ERR_PROCS_IPC_TIMEOUT. Default: none. */
  timeout?: number | undefined;
  /** Whether waiting keeps the process alive. Default: true. */
  ref?: boolean | undefined;
}

/**
 * Leaves the marker `id` in the folder `dir`, which is the file `dir/id.done`: whole or not at all, and on disk when the promise is settled. Who watches for it
 * gets `result`. One that is there already is replaced.
 *
 * Rejects, and leaves nothing, with `DataCloneError` for what cannot be sent, and with what the system says: ENOENT (no such folder), ENOSPC, EACCES …
 * @param id a name without path separators
 * @example
 * await marker.signal('/srv/jobs', 'job-17', { rows: 12 });
 */
export declare function signal(dir: string | URL, id: string, result?: unknown): Promise<void>;

/**
 * The result of the marker `id` in the folder `dir`, as soon as it is there, or at once. The kernel tells of it; nothing is looked at again and again.
 *
 * Rejects with ENOENT when there is no such folder, or no more; ERR_PROCS_IPC_GARBAGE for a marker that cannot be read; ENOSPC or EMFILE when the user has too
 * many watches.
 * @example
 * const { rows } = await marker.watch('/srv/jobs', 'job-17', { timeout: 60_000 });
 */
export declare function watch(dir: string | URL, id: string, options?: MarkerWatchOptions): Promise<any>;
