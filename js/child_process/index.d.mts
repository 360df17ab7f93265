import childProcess = require('./index.js');

export * from './index.js';
export default childProcess;
