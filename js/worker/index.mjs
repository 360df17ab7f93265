// The entry for import.
import everything from './index.js';

export const { emit, isWorker, move, onMessage, workerData, workerId } = everything;
export default everything;
