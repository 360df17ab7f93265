'use strict';
// Which build of the addon this process needs.

const fs = require('fs');
const os = require('os');

const TRIPLES = ['linux-x64-gnu', 'linux-x64-musl', 'linux-arm64-gnu', 'linux-arm64-musl', 'darwin-x64', 'darwin-arm64'];

/** The platform triple of this process, or null where no addon is made for it. */
function platformTriple() {
  const { platform, arch } = process;
  const triple = platform === 'linux' ? `linux-${arch}-${libc()}` : `${platform}-${arch}`;
  return TRIPLES.includes(triple) ? triple : null;
}

/** Linux before 5.4 cannot wait for a pidfd. */
const OLDEST_LINUX = [5, 4];

/** Why children cannot be started by the addon here, or null. Says nothing about whether it is installed. */
function unsupported() {
  const { platform, arch } = process;
  const name = platform === 'linux' ? `linux-${arch}-gnu` : `${platform}-${arch}`;
  if (!TRIPLES.includes(name)) return `has no addon for ${platform} ${arch}`;
  if (platform === 'linux' && isOlder(os.release(), OLDEST_LINUX))
    return `needs Linux ${OLDEST_LINUX.join('.')}, and this is ${os.release()}`;
  return null;
}

function isOlder(release, [major, minor]) {
  const numbers = /^(\d+)\.(\d+)/.exec(release);
  if (numbers === null) return false;
  return Number(numbers[1]) < major || (Number(numbers[1]) === major && Number(numbers[2]) < minor);
}

function libc() {
  return libcOfInterpreter() ?? libcOfReport();
}

/**
 * A dynamic executable names its loader, ld-linux-*.so (glibc) or ld-musl-*.so, and linkers put that name right behind the
 * headers. 0.03 ms to read, where process.report takes 2 to 5.
 */
function libcOfInterpreter() {
  const head = Buffer.alloc(4096);
  let file;
  try {
    file = fs.openSync('/proc/self/exe', 'r');
    fs.readSync(file, head, 0, head.length, 0);
  } catch {
    return undefined; // no /proc: the report knows as well
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
  if (head.includes('/ld-musl-')) return 'musl';
  if (head.includes('/ld-linux-')) return 'gnu';
  return undefined; // moved by patchelf
}

/** Only glibc is named in Node's report. The flag is put back: it also holds for the reports that the application writes. */
function libcOfReport() {
  const { report } = process;
  const kept = report.excludeNetwork;
  report.excludeNetwork = true; // or it looks up the names of all peers
  try {
    return report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'gnu';
  } finally {
    report.excludeNetwork = kept;
  }
}

module.exports = { platformTriple, unsupported };
