'use strict';
// A file of its own, since every channel needs it and few need the rest.

/** What came of a HandOver has the handler of its request under this name: the program's own is not asked. */
module.exports = { SERVE: Symbol('serve') };
