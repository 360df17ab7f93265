'use strict';
// Loads the file of a worker: CommonJS, ESM, or TypeScript where Node takes the types away.

const { existsSync, readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { Program } = require('./program');

/** How a line of a module begins. In a text or a comment of CommonJS it does no harm: import() takes that as well. */
const MODULE_LINE = /^\s*(import|export)\b/m;

/** By file: a pool's tasks may name other files. Promises, and what they came to. */
const loading = new Map();
const loaded = new Map();

/**
 * @param {string} file an absolute path, or a URL
 * @returns {Promise<Program>} one and the same for a file, until it fails
 */
function load(file) {
  let program = loading.get(file);
  if (program === undefined) {
    program = loadProgram(file);
    loading.set(file, program);
    program.then(
      (made) => loaded.set(file, made),
      () => loading.delete(file),
    );
  }
  return program;
}

/** @returns {Program | undefined} undefined: it has to be waited for */
function loadedNow(file) {
  return loaded.get(file);
}

async function loadProgram(file) {
  const isPath = path.isAbsolute(file);
  const filename = isPath ? file : file.startsWith('file:') ? fileURLToPath(file) : null;
  // Where Node itself would have to find out, import() does. It costs some milliseconds that CommonJS need not wait for.
  if (filename !== null && isCommonJs(filename)) return new Program(createRequire(filename)(filename));
  try {
    return new Program(await require('./import')(isPath ? pathToFileURL(file).href : file));
  } catch (error) {
    const require = createRequire(__filename);
    const isHooked = error.code === 'ERR_UNKNOWN_FILE_EXTENSION' && filename !== null && path.extname(filename) in require.extensions;
    // By somebody who knows how to require such files, and not to import them.
    if (isHooked) return new Program(require(filename));
    if (error instanceof SyntaxError) tellFile(error, filename ?? file);
    throw error;
  }
}

/** Of a module whose syntax is wrong Node says where only when it ends by that, and it does not: the stack has nothing but Node's own files. */
function tellFile(error, file) {
  const { stack } = error;
  if (typeof stack !== 'string' || !stack.startsWith(error.name) || stack.includes(file)) return;
  // One that cannot be changed is told as it is.
  Reflect.set(error, 'stack', `${file}\n\n${stack}`);
}

function isCommonJs(filename) {
  const extension = path.extname(filename);
  if (extension === '.cjs') return true;
  return extension === '.js' && !isInModulePackage(filename) && !MODULE_LINE.test(textOf(filename));
}

/** A file that is not there is for import() to tell of. */
function textOf(filename) {
  try {
    return readFileSync(filename, 'utf8');
  } catch {
    return 'import';
  }
}

function isInModulePackage(filename) {
  for (let folder = path.dirname(filename); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (path.basename(folder) !== 'node_modules' && existsSync(manifest)) {
      try {
        return JSON.parse(readFileSync(manifest, 'utf8')).type === 'module';
      } catch (error) {
        // One that is no JSON is for import() to tell of, too.
        if (error.code === undefined) return true;
      }
    }
    if (path.dirname(folder) === folder || path.basename(folder) === 'node_modules') return false;
  }
}

module.exports = { load, loadedNow };
