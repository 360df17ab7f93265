import everything = require('./index.js');

export * from './index.js';
export default everything;
