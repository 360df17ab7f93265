// The entry for import.
import everything from './index.js';

export const { $, ProcessError, Subprocess, getCancelSignal, pipeline, run, runSync, shutdown, signals } = everything;
export default everything;
