'use strict';
// An error of the system's, said of the marker and not of the file that it was on its way through.

/**
 * @param {string} what could not be done
 * @param {string} file the marker, or the folder
 * @param {NodeJS.ErrnoException} cause
 * @returns {NodeJS.ErrnoException} with the code, errno and syscall of `cause`
 */
function failure(what, file, cause) {
  const reason = /^[A-Z0-9]+: ([^,]+)/.exec(cause.message)?.[1] ?? cause.message;
  const error = new Error(`${what} ${file}: ${reason} (${cause.code ?? cause.name})`, { cause });
  Error.captureStackTrace(error, failure);
  const { errno, code, syscall } = cause;
  return Object.assign(error, { errno, code, syscall, path: file });
}

module.exports = { failure };
