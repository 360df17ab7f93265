'use strict';
// A socket that is taken out of an http server leaves its parser behind.

/** What http does when it is done with a connection; without it the parser would go on reading what is the peer's now. */
function releaseHttpParser(socket) {
  if (!socket.parser) return;
  // Loaded by http, whose parser this is, if at all.
  const { HTTPParser, freeParser } = require('node:_http_common');
  if (!(socket.parser instanceof HTTPParser)) return;
  freeParser(socket.parser, null, socket);
  socket._httpMessage?.detachSocket(socket);
}

module.exports = { releaseHttpParser };
