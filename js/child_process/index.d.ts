// The drop-in under the name that replaces Node's: exactly the names of node:child_process. Documented in the package's index.d.ts.
export type * from 'node:child_process';
export { ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } from '../../index.js';
