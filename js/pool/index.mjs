// The entry for import.
import everything from './index.js';
import names from './names.js';

export const { CommandPool, Pool, WorkerError } = names;
export default everything;
