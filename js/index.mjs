// The public entry for import.
import procs from './index.js';

export const { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = procs;
export const { $, ProcessError, Subprocess, getCancelSignal, pipeline, run, runSync, shutdown, signals } = procs;
export { CommandPool, Pool, WorkerError } from './pool/index.mjs';
export default procs;
