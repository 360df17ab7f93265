import procs = require('../index.js');

export * from '../index.js';
export default procs;
