'use strict';
// Completion by file, for peers that share a folder and nothing else: one leaves a marker there, the others are told of it by the kernel.
//
// The marker `id` in `dir` is the file `dir/id.done`. It appears at once and whole, by rename. A shell can make one, too:
// `touch dir/id.done`, which is a completion without a result, or by writing to another name in that folder, and `mv`.

const { signal } = require('./signal');
const { watch } = require('./watch');

module.exports = { signal, watch };
