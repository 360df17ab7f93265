// The entry for import.
import everything from './index.js';

export const { Pool, WorkerError } = everything;
export default everything;
