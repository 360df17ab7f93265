'use strict';
// Rules of the house that the compiler does not know.

const { filesBelow, numberedLines } = require('./lib/sources.js');

// A module may name those before it, never those after it.
const LAYERS = ['command', 'process', 'ipc', 'pool', 'node'];

const sources = filesBelow('src', '.rs');
const code = (line) => !/^\s*\/\//.test(line.text);

test('napi is named in src/node only', () => {
  const outside = sources.filter((file) => !file.startsWith('src/node/')).flatMap(numberedLines);
  expect(outside.filter((line) => code(line) && /\bnapi/.test(line.text)).map((line) => line.at)).toEqual([]);
});

test.each(LAYERS)('arrows run down: src/%s names nothing above it', (layer) => {
  const above = LAYERS.slice(LAYERS.indexOf(layer) + 1);
  const lines = sources.filter((file) => file.startsWith(`src/${layer}/`)).flatMap(numberedLines);
  const upwards = lines.filter((line) => code(line) && above.some((name) => new RegExp(`\\bcrate::${name}\\b`).test(line.text)));
  expect(upwards.map((line) => line.at)).toEqual([]);
});

test('lib.rs is the map and nothing else', () => {
  const lines = numberedLines('src/lib.rs').filter((line) => code(line) && line.text.trim() !== '');
  expect(lines.filter(({ text }) => !/^(pub )?mod \w+;$|^#!?\[.*\]$/.test(text))).toEqual([]);
});

test('every unsafe block and impl has a SAFETY comment, and every unsafe fn that others may call says what they owe', () => {
  const bare = sources.flatMap((file) => {
    const lines = numberedLines(file);
    return lines.filter((line, index) => code(line) && isUnsafe(line.text) && !isExplained(lines, index)).map((line) => line.at);
  });
  expect(bare).toEqual([]);
});

function isUnsafe(text) {
  return /\bunsafe\s*\{|\bunsafe impl\b|\bpub(\(.*\))? unsafe (extern "C" )?fn \w/.test(text);
}

/** On the line itself, or above it within the statement that it belongs to and the comment before that. */
function isExplained(lines, index) {
  const explained = ({ text }) => /SAFETY:|# Safety/.test(text);
  if (explained(lines[index])) return true;
  for (let i = index - 1; i >= 0; i--) {
    const { text } = lines[i];
    if (explained(lines[i])) return true;
    const comment = /^\s*(\/\/|#\[)/.test(text);
    const endsBefore = /^\s*$|[;{}]\s*$/.test(text);
    if (!comment && endsBefore) return false;
  }
  return false;
}

test('what the keeper is made of knows neither std nor libc: it has none', () => {
  const files = sources.filter((file) => /^src\/(keeper|process\/linux\/tree)\/|^src\/process\/linux\/raw\.rs$/.test(file));
  expect(files.length).toBeGreaterThan(5);
  const foreign = files
    .flatMap(numberedLines)
    .filter((line) => code(line) && /\b(std|libc|rustix|crate::(command|process|ipc))::/.test(line.text));
  expect(foreign.map((line) => line.at)).toEqual([]);
});
