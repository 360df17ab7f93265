// The entry for import.
import everything from './index.js';

export const { CommandPool, Pool, WorkerError } = everything;
export default everything;
