# MIT License
#
# Copyright (c) 2026 the @x/procs authors
#
# Permission is hereby granted, free of charge, to any person obtaining a copy
# of this software and associated documentation files (the "Software"), to deal
# in the Software without restriction, including without limitation the rights
# to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
# copies of the Software, and to permit persons to whom the Software is
# furnished to do so, subject to the following conditions:
#
# The above copyright notice and this permission notice shall be included in all
# copies or substantial portions of the Software.
#
# THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
# IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
# FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
# AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
# LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
# OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
# SOFTWARE.
"""The channel of @x/procs, in one file and with nothing but the standard library (Python 3.9 or later, Linux and macOS).

A worker, started by ``run('python3', ['worker.py'], { serialization: 'structured' })``::

    from procs import parent

    @parent.on_request
    def answer(message):
        if message['op'] == 'count':
            return (n for n in range(message['to']))    # a generator is answered as a stream
        return message['a'] + message['b']              # an exception reaches the one who asked

    parent.serve()                                      # until the parent hangs up

A worker of a pool, started by ``new Pool({ program: ['python3', 'worker.py'] })``, is the same; and it may know tasks by their names::

    @parent.on_request(name='thumbnail')
    def thumbnail(task, request):
        for part in range(10):
            if request.cancelled:
                return None
            request.progress(part * 10)
        parent.emit('made', task)

The other side of ``listen('/run/app.sock', …)``::

    from procs import connect

    with connect('/run/app.sock') as channel:
        channel.send({'hello': 'world'})
        print(channel.request({'op': 'add', 'a': 2, 'b': 3}, timeout=5))
        for line in channel.stream({'op': 'tail'}):
            print(line)
        for message in channel:
            print(message)

A client of a broker::

    from procs import connect_broker

    with connect_broker('/run/broker.sock', name='worker-1') as broker:
        broker.subscribe('jobs.*.done', last=True)
        broker.publish('jobs.7.done', {'ok': True})
        for message in broker:
            print(message.topic, message.value)

What goes on is in docs/protocol.md of the project. Nothing happens behind a program's back: a channel reads while some thread is in
one of its calls that wait (``request``, ``stream``, ``serve``, iteration), and what the peer asks is answered there. Several threads
may use one channel at once. Durations are seconds, as everywhere in Python.

What crosses as what:

======================================  ===============================================================================
JavaScript                              Python
======================================  ===============================================================================
undefined                               ``undefined``
number                                  int within 2**53, else float; nan, inf, -0.0
BigInt                                  BigInt, which is an int; and any int beyond 2**53
string                                  str, lone surrogates included
object, array                           dict, list; a tuple is an array; a dict with other keys than str is a Map
array with holes                        SparseArray
Map, Set                                Map, Set (keys need not be hashable); a dict or set going out is fine as well
Date                                    datetime with a time zone; Date where a datetime cannot say it
RegExp                                  RegExp; a compiled pattern going out
Error                                   an exception: RemoteError, and where there is one also Python's of that meaning
ArrayBuffer                             bytearray; a memoryview where it lies in shared memory
Uint8Array and Buffer                   memoryview; bytes going out
other typed arrays                      memoryview with that format, TypedArray where memoryview has none; array.array out
new Number(1) and the like              Wrapper
Blob, File                              Blob, File
SharedMemory                            SharedMemory
======================================  ===============================================================================
"""

import array
import atexit
import collections.abc
import ctypes
import datetime
import errno
import fcntl
import inspect
import json
import math
import mmap
import os
import re
import select
import socket
import stat
import struct
import sys
import threading
import time
import traceback
import urllib.parse
import weakref
from collections import deque

__version__ = '1'
__all__ = [
    'Answer', 'BigInt', 'Blob', 'Broker', 'BrokerMessage', 'Channel', 'ChannelClosed', 'DataCloneError', 'Date', 'DOMException', 'File',
    'Map', 'ProcsError', 'RegExp', 'RemoteError', 'Request', 'RequestTimeout', 'Set', 'SharedMemory', 'SparseArray', 'Stream',
    'Subscription', 'Thrown', 'TypedArray', 'Wrapper', 'broker', 'connect', 'connect_broker', 'parent', 'undefined',
]


# ---------------------------------------------------------------------------------------------------------------------
# Errors


class ProcsError(Exception):
    """What this module raises itself. ``code`` says which, as in JavaScript."""

    def __init__(self, message, code):
        super().__init__(message)
        self.code = code


class ChannelClosed(ProcsError, ConnectionError):
    """The channel is closed, or was before the answer came."""

    def __init__(self, message='The channel is closed', code='ERR_PROCS_IPC_CLOSED'):
        super().__init__(message, code)


class RequestTimeout(ProcsError, TimeoutError):
    """No answer came in time. The peer was told that none is awaited any more."""

    def __init__(self, message):
        super().__init__(message, 'ERR_PROCS_IPC_TIMEOUT')


class DataCloneError(ProcsError, TypeError):
    """Something in a value cannot be sent. Nothing of it was."""

    def __init__(self, message):
        super().__init__(message, 'ERR_PROCS_IPC_INVALID')


class _Fault(ProcsError):
    """The peer broke the protocol: it is hung up on, and told this."""

    def __init__(self, code, message):
        super().__init__(message, code)


class RemoteError(Exception):
    """An error of the peer. Where Python has a class of that meaning it is an instance of that too: a TypeError can be caught as one."""

    def __init__(self, message='', name='Error', code=None, stack=None, kind='Error', errors=None, properties=None):
        super().__init__(*([] if message is None else [message]))
        self.message = '' if message is None else message
        self.name = name
        self._code = code
        self.stack = stack
        self.kind = kind
        self.errors = errors
        self.properties = {} if properties is None else properties

    @property
    def code(self):
        """The code that it was sent with: text, or None."""
        code = self.properties.get('code') if self._code is None else self._code
        return code if isinstance(code, str) else None

    def __str__(self):
        return self.message if self.name in ('Error', type(self).__name__) else f'{self.name}: {self.message}'


class DOMException(RemoteError):
    """As the web's: an AbortError, a DataCloneError."""


class Thrown(RemoteError):
    """The peer threw something that is no error: ``value``."""

    def __init__(self, value):
        super().__init__(f'{value!r} was thrown', 'Thrown')
        self.value = value


def _twin(name, *bases):
    return type(name, (RemoteError, *bases), {'__doc__': f'A {name} of the peer.'})


# By the name in the protocol. Two-sided names (TypeError) and Python's own, which another Python end sends.
_CLASSES = {
    'RangeError': _twin('RangeError', ValueError),
    'ReferenceError': _twin('ReferenceError', NameError),
    'URIError': _twin('URIError', ValueError),
    **{
        base.__name__: _twin(base.__name__, base)
        for base in (
            ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, IndexError, KeyError, LookupError, MemoryError,
            NameError, NotImplementedError, OverflowError, RecursionError, RuntimeError, SyntaxError, TypeError, ValueError,
            ZeroDivisionError,
        )
    },
    **{
        base.__name__: _twin(base.__name__, base)
        for base in (
            ConnectionError, ConnectionRefusedError, ConnectionResetError, FileExistsError, FileNotFoundError, OSError, PermissionError,
            TimeoutError,
        )
    },
}
# Those of an error inside of a message. What is thrown may be an AggregateError or a DOMException as well.
_ERROR_TYPES = frozenset(('Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'))
_THROWN_TYPES = _ERROR_TYPES | {'AggregateError', 'DOMException'}


def _type_of(error):
    """The class of the list that everybody knows."""
    if isinstance(error, RemoteError):
        return error.kind
    for base, name in ((TypeError, 'TypeError'), (SyntaxError, 'SyntaxError'), (NameError, 'ReferenceError')):
        if isinstance(error, base):
            return name
    return 'Error'


def _name_of(error):
    return error.name if isinstance(error, RemoteError) else type(error).__name__


def _message_of(error):
    if isinstance(error, RemoteError):
        return error.message
    if isinstance(error, KeyError) and len(error.args) == 1:
        return repr(error.args[0])
    return str(error)


def _code_of(error):
    code = getattr(error, 'code', None)
    if isinstance(code, str):
        return code
    if isinstance(error, OSError) and error.errno in errno.errorcode:
        return errno.errorcode[error.errno]
    return None


def _stack_of(error):
    """In the order and look of the other side's: the innermost call first."""
    if isinstance(error, RemoteError) and error.stack is not None:
        return error.stack
    calls = traceback.extract_tb(error.__traceback__)
    lines = [f'    at {call.name} ({call.filename}:{call.lineno})' for call in reversed(calls)]
    return '\n'.join([f'{_name_of(error)}: {_message_of(error)}', *lines])


def _properties_of(error):
    if isinstance(error, RemoteError):
        return dict(error.properties)
    own = {key: value for key, value in vars(error).items() if not key.startswith('_') and key != 'code'}
    if isinstance(error, OSError) and error.filename is not None:
        own['path'] = os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else error.filename
    return own


def _chain(error):
    """An error and its causes, each once: Python allows a circle."""
    chain = []
    while error is not None and all(error is not one for one in chain) and len(chain) < 32:
        chain.append(error)
        error = error.__cause__
    return chain


def _thrown(error):
    """The JSON of E: an object, see Errors of the protocol. The innermost cause first, so that nothing recurses."""
    told = None
    for one in reversed(_chain(error)):
        if isinstance(one, Thrown):
            told = {'thrown': one.value}
            continue
        cause, told = told, {'name': _name_of(one), 'message': _message_of(one)}
        kind = _type_of(one)
        if kind not in (told['name'], 'Error'):
            told['class'] = kind
        code = _code_of(one)
        if code is not None:
            told['code'] = code
        told['stack'] = _stack_of(one)
        if cause is not None:
            told['cause'] = cause
        inner = getattr(one, 'errors', None) or getattr(one, 'exceptions', None)
        if isinstance(inner, (list, tuple)) and inner:
            told['errors'] = [_thrown(each) if isinstance(each, BaseException) else {'thrown': each} for each in inner]
        properties = _properties_of(one)
        properties.pop('exceptions', None)
        if properties:
            told['properties'] = properties
    return told


def _encode_error(error):
    told = _thrown(error)
    try:
        return encode(told)
    except DataCloneError:
        # Something that it carries cannot be sent. What it says still can.
        return encode({'name': _name_of(error), 'message': _message_of(error), 'stack': _stack_of(error)})


def _raised(told):
    """The exception that the JSON of E stands for."""
    made = []
    while True:
        if isinstance(told, BaseException):
            made.append(told)
            break
        if not isinstance(told, dict):
            raise _Fault('ERR_PROCS_IPC_GARBAGE', 'An error is not an object')
        if 'thrown' in told:
            made.append(Thrown(told['thrown']))
            break
        name, message, kind = told.get('name', 'Error'), told.get('message', ''), told.get('class')
        code, stack, errors, properties = (told.get(key) for key in ('code', 'stack', 'errors', 'properties'))
        if not isinstance(name, str) or not isinstance(message, str) or not isinstance(kind, (str, type(None))):
            raise _Fault('ERR_PROCS_IPC_GARBAGE', 'An error has a name or a message that is no text')
        if kind is None:
            kind = name if name in _THROWN_TYPES else 'Error'
        inner = [_raised(each) for each in errors] if isinstance(errors, list) else None
        made.append(
            _remote(
                kind, name, message, code if isinstance(code, str) else None, stack if isinstance(stack, str) else None, inner,
                properties if isinstance(properties, dict) else None,
            )
        )
        told = told.get('cause')
        if told is None:
            break
        if len(made) == _MAX_DEPTH:
            raise _Fault('ERR_PROCS_IPC_GARBAGE', 'An error with too many causes')
    for error, cause in zip(made, made[1:]):
        error.__cause__ = cause
    return made[0]


def _remote(kind, name, message, code=None, stack=None, errors=None, properties=None):
    if kind == 'DOMException':
        return DOMException(message, name, code, stack, kind, errors, properties)
    known = _CLASSES.get(name) or _CLASSES.get(kind) or RemoteError
    error = known(message, name, code, stack, kind if kind in _THROWN_TYPES else 'Error', errors, properties)
    if isinstance(error, OSError) and code is not None:
        error.errno = getattr(errno, code, None)
    return error

# ---------------------------------------------------------------------------------------------------------------------
# Values: what JavaScript has and Python has not


class _Undefined:
    """JavaScript's undefined. There is one, and it is false."""

    __slots__ = ()

    def __repr__(self):
        return 'undefined'

    def __bool__(self):
        return False

    def __reduce__(self):
        return 'undefined'


undefined = _Undefined()


class BigInt(int):
    """An int that is a BigInt on the other side however small it is."""

    __slots__ = ()


class Date:
    """A moment that no datetime can name: milliseconds since 1970, None where it is invalid."""

    __slots__ = ('milliseconds',)

    def __init__(self, milliseconds):
        self.milliseconds = milliseconds

    def __eq__(self, other):
        return isinstance(other, Date) and other.milliseconds == self.milliseconds

    def __hash__(self):
        return hash((Date, self.milliseconds))

    def __repr__(self):
        return f'Date({self.milliseconds})'


class RegExp:
    """A regular expression of JavaScript: its source and its flags as text. ``compile()`` makes one of Python's where both agree."""

    __slots__ = ('source', 'flags')

    def __init__(self, source, flags=''):
        self.source = source
        self.flags = flags

    def compile(self):
        known = {'i': re.IGNORECASE, 'm': re.MULTILINE, 's': re.DOTALL}
        flags = 0
        for flag in self.flags:
            flags |= known.get(flag, 0)
        return re.compile(re.sub(r'\(\?<(?![=!])', '(?P<', self.source), flags)

    def __eq__(self, other):
        return isinstance(other, RegExp) and (other.source, other.flags) == (self.source, self.flags)

    def __hash__(self):
        return hash((self.source, self.flags))

    def __repr__(self):
        return f'RegExp({self.source!r}, {self.flags!r})'


class Wrapper:
    """The object around a boolean, number, string or BigInt: ``new Number(1)``."""

    __slots__ = ('value',)

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return isinstance(other, Wrapper) and _identity(other.value) == _identity(self.value)

    __hash__ = None

    def __repr__(self):
        return f'Wrapper({self.value!r})'


def _identity(value):
    """What a key is compared by: as Map and Set of JavaScript do it. True is not 1, objects are themselves."""
    if isinstance(value, (bool, str, BigInt)) or value is None:
        return (type(value).__name__, value)
    if isinstance(value, (int, float)):
        return ('nan',) if value != value else ('number', value)
    return ('object', id(value))


class Map(collections.abc.MutableMapping):
    """A Map of JavaScript: any key, hashable or not, in the order they came. Objects are keys by identity, True and 1 are two keys."""

    __slots__ = ('_pairs', '__weakref__')

    def __init__(self, pairs=()):
        self._pairs = {}
        for key, value in pairs.items() if isinstance(pairs, collections.abc.Mapping) else pairs:
            self[key] = value

    def __getitem__(self, key):
        try:
            return self._pairs[_identity(key)][1]
        except KeyError:
            raise KeyError(key) from None

    def __setitem__(self, key, value):
        self._pairs[_identity(key)] = (key, value)

    def __delitem__(self, key):
        try:
            del self._pairs[_identity(key)]
        except KeyError:
            raise KeyError(key) from None

    def __contains__(self, key):
        return _identity(key) in self._pairs

    def __iter__(self):
        return (key for key, _ in self._pairs.values())

    def __len__(self):
        return len(self._pairs)

    def __eq__(self, other):
        return isinstance(other, Map) and list(self.items()) == list(other.items())

    __hash__ = None

    def __repr__(self):
        return f'Map({list(self._pairs.values())!r})'


class Set(collections.abc.MutableSet):
    """A Set of JavaScript: any member, hashable or not, in the order they came, compared as keys of a Map are."""

    __slots__ = ('_members', '__weakref__')

    def __init__(self, members=()):
        self._members = {}
        for member in members:
            self.add(member)

    def add(self, member):
        self._members[_identity(member)] = member

    def discard(self, member):
        self._members.pop(_identity(member), None)

    def __contains__(self, member):
        return _identity(member) in self._members

    def __iter__(self):
        return iter(self._members.values())

    def __len__(self):
        return len(self._members)

    __hash__ = None

    def __repr__(self):
        return f'Set({list(self)!r})'


class SparseArray(collections.abc.Sequence):
    """An array with holes, or with members besides its items: ``items`` by their index, ``members`` by their name.
    A hole reads as undefined."""

    __slots__ = ('length', 'items', 'members', '__weakref__')

    def __init__(self, length, items=None, members=None):
        self.length = length
        self.items = {} if items is None else items
        self.members = {} if members is None else members

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self.items.get(at, undefined) for at in range(*index.indices(self.length))]
        at = index + self.length if index < 0 else index
        if not 0 <= at < self.length:
            raise IndexError(index)
        return self.items.get(at, undefined)

    def __eq__(self, other):
        return isinstance(other, SparseArray) and (other.length, other.items, other.members) == (self.length, self.items, self.members)

    __hash__ = None

    def __repr__(self):
        return f'SparseArray({self.length}, {self.items!r}, {self.members!r})'


class TypedArray:
    """A view for which memoryview has no format (Uint8ClampedArray, Float16Array, DataView), or that follows the size of its buffer.
    ``kind`` is its class in JavaScript, ``data`` its bytes."""

    __slots__ = ('kind', 'data', 'tracking', '__weakref__')

    def __init__(self, kind, data, tracking=False):
        self.kind = kind
        self.data = memoryview(data)
        self.tracking = tracking

    def __eq__(self, other):
        return isinstance(other, TypedArray) and (other.kind, other.data) == (self.kind, self.data)

    __hash__ = None

    def __repr__(self):
        return f'TypedArray({self.kind!r}, {self.data.nbytes} bytes)'


class ResizableBuffer(bytearray):
    """An ArrayBuffer that can be resized up to ``max_length``."""

    def __init__(self, data=b'', max_length=0):
        super().__init__(data)
        self.max_length = max_length


class Blob:
    """A Blob: ``data`` and its type."""

    __slots__ = ('data', 'type', '__weakref__')

    def __init__(self, data, type=''):
        self.data = data
        self.type = type

    def __eq__(self, other):
        return type(other) is type(self) and (bytes(other.data), other.type) == (bytes(self.data), self.type)

    __hash__ = None


class File(Blob):
    """A File: a Blob with a name. ``last_modified`` is milliseconds since 1970."""

    __slots__ = ('name', 'last_modified')

    def __init__(self, data, name, type='', last_modified=None):
        super().__init__(data, type)
        self.name = name
        self.last_modified = int(time.time() * 1000) if last_modified is None else last_modified


class SharedMemory:
    """Memory that both processes see, passed within a message: ``data`` is a memoryview of all of it."""

    def __init__(self, fd):
        """Takes the descriptor over. Raises ValueError, and closes it, when it could be made shorter while it is in use."""
        try:
            self.size = os.fstat(fd).st_size
            _check_seals(fd)
            self._map = mmap.mmap(fd, self.size)
        except BaseException:
            os.close(fd)
            raise
        self.fd = fd
        self.data = memoryview(self._map)
        self._finalizer = weakref.finalize(self, os.close, fd)

    @classmethod
    def create(cls, size):
        """New, all zeros, and of a size that nobody can change."""
        fd = os.memfd_create('procs', os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(fd, size)
            fcntl.fcntl(fd, _F_ADD_SEALS, _F_SEAL_SEAL | _F_SEAL_SHRINK | _F_SEAL_GROW)
        except BaseException:
            os.close(fd)
            raise
        return cls(fd)

    def close(self):
        self.data.release()
        self._map.close()
        self._finalizer()


_F_ADD_SEALS, _F_GET_SEALS = 1033, 1034
_F_SEAL_SEAL, _F_SEAL_SHRINK, _F_SEAL_GROW, _F_SEAL_WRITE = 1, 2, 4, 8
_F_SEAL_FUTURE_WRITE = 16


def _check_seals(fd):
    """Whether a mapping of it stays whole whatever the peer does: without these seals it could be truncated, and a read would be SIGBUS."""
    try:
        seals = fcntl.fcntl(fd, _F_GET_SEALS)
    except OSError:
        raise ValueError('A descriptor is no shared memory that can be sealed') from None
    needed = _F_SEAL_SEAL | _F_SEAL_SHRINK | _F_SEAL_GROW
    if seals & needed != needed:
        raise ValueError('Shared memory could change its size')
    if seals & (_F_SEAL_WRITE | _F_SEAL_FUTURE_WRITE):
        raise ValueError('Shared memory cannot be written')
    if os.statvfs(fd).f_bsize != mmap.PAGESIZE:
        raise ValueError('Shared memory has pages of another size')


# ---------------------------------------------------------------------------------------------------------------------
# Values: to the wire. encode() answers (json, segments, descriptors); segments is None where it is plain JSON.

_SAFE = 2**53 - 1
_LONG = 4096  # characters from which on a string leaves the JSON
_LEVELS = 80  # of values, before the rest goes into the table: each takes up to 4 levels of JSON, and 500 may be sent
_EMPTY = object()
_ADDRESSES = 2**47  # what a process can have of memory
_KIND_OF_FORMAT = {
    'b': 'Int8Array', 'B': 'Uint8Array', 'c': 'Uint8Array', '?': 'Uint8Array', 'h': 'Int16Array', 'H': 'Uint16Array', 'e': 'Float16Array',
    'f': 'Float32Array', 'd': 'Float64Array',
}
_FORMAT_OF_KIND = {
    'Int8Array': 'b', 'Uint8Array': 'B', 'Int16Array': 'h', 'Uint16Array': 'H', 'Int32Array': 'i', 'Uint32Array': 'I', 'Float32Array': 'f',
    'Float64Array': 'd', 'BigInt64Array': 'q', 'BigUint64Array': 'Q',
}
_ITEM_SIZE = {kind: struct.calcsize(format) for kind, format in _FORMAT_OF_KIND.items()}
_ITEM_SIZE.update({'Uint8ClampedArray': 1, 'Float16Array': 2, 'DataView': 1})


def _encoders():
    """Two functions from a value to JSON text: one that leaves characters as they are, and one that escapes them, for lone surrogates."""
    options = {'separators': (',', ':'), 'check_circular': False, 'allow_nan': False}
    slow = [json.JSONEncoder(ensure_ascii=ascii, **options).encode for ascii in (False, True)]
    make, plain, escaped = json.encoder.c_make_encoder, json.encoder.encode_basestring, json.encoder.encode_basestring_ascii
    if make is None:
        return slow
    try:
        # What JSONEncoder.encode() makes anew for each value: a third of the time of a small one.
        fast = [make(None, None, text, None, ':', ',', False, False, False) for text in (plain, escaped)]
        if [''.join(one(['é', 1.5, None], 0)) for one in fast] != ['["é",1.5,null]', '["\\u00e9",1.5,null]']:
            return slow
    except Exception:
        return slow
    join = ''.join
    return [lambda value, one=one: join(one(value, 0)) for one in fast]


_to_json, _to_ascii_json = _encoders()


def _json(value):
    text = _to_json(value)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _to_ascii_json(value).encode()


def _is_plain(value, seen, levels):
    """Whether JSON says all there is to say about it: most often it does, so this is one walk and then the standard library."""
    kind = type(value)
    if kind is dict:
        if not levels or id(value) in seen:
            return False
        seen.add(id(value))
        for key, item in value.items():
            if type(key) is not str:
                return False
            kind = type(item)
            if kind is str:
                if len(item) >= _LONG:
                    return False
            elif kind is int:
                if not -_SAFE <= item <= _SAFE:
                    return False
            elif kind is float:
                if item - item != 0:
                    return False
            elif item is None or kind is bool:
                pass
            elif not _is_plain(item, seen, levels - 1):
                return False
        return True
    if kind is list or kind is tuple:
        if not levels or (id(value) in seen and kind is list):
            return False
        seen.add(id(value))
        for item in value:
            kind = type(item)
            if kind is str:
                if len(item) >= _LONG:
                    return False
            elif kind is int:
                if not -_SAFE <= item <= _SAFE:
                    return False
            elif kind is float:
                if item - item != 0:
                    return False
            elif item is None or kind is bool:
                pass
            elif not _is_plain(item, seen, levels - 1):
                return False
        return True
    if kind is str:
        return len(value) < _LONG
    if kind is int:
        return -_SAFE <= value <= _SAFE
    if kind is float:
        return value - value == 0
    return value is None or kind is bool


def encode(value):
    """(json, segments, descriptors). ``segments`` is None where it is plain JSON, else a list of (type, bytes)."""
    if _is_plain(value, set(), _LEVELS):
        return _json(value), None, ()
    return _Encoder().encode(value)


class _Encoder:
    def __init__(self):
        self.segments = []
        self.descriptors = []
        self.entries = {}  # id of what is in the table, to its number
        self.alive = []  # so that no id is used again meanwhile

    def encode(self, value):
        table = self._survey(value)
        root = self._value(value)
        if table:
            root = {'$': ['graph', root, [self._container(entry) for entry in table]]}
        return _json(root), self.segments, self.descriptors

    def _survey(self, value):
        """What is there twice or too deep. Without recursion, since it may be a million levels deep."""
        seen = {}
        table = {}
        stack = [(value, 0)]
        while stack:
            one, level = stack.pop()
            if not self._has_identity(one):
                continue
            key = id(one)
            if key in seen:
                table[key] = one
                continue
            seen[key] = one
            if level == _LEVELS:
                table[key] = one
                level = 0
            stack.extend([(each, level + 1) for each in self._inside(one)])
        self.alive.append(seen)
        self.entries = {key: number for number, key in enumerate(table)}
        return list(table.values())

    @staticmethod
    def _has_identity(value):
        return not isinstance(
            value, (str, int, float, bytes, type(None), _Undefined)
        ) and not (isinstance(value, tuple) and all(isinstance(item, (str, int, float, type(None))) for item in value))

    def _inside(self, value):
        """The values in a value, the last one first."""
        if isinstance(value, dict):
            inside = list(value.values())
            if not all(isinstance(key, str) for key in value):
                inside += value.keys()
        elif isinstance(value, Map):
            inside = [each for pair in value.items() for each in pair]
        elif isinstance(value, (list, tuple, set, frozenset, Set)):
            inside = list(value)
        elif isinstance(value, SparseArray):
            inside = [*value.items.values(), *value.members.values()]
        elif isinstance(value, BaseException):
            cause = value.__cause__
            inside = [] if cause is None else [cause.value if isinstance(cause, Thrown) else cause]
        elif isinstance(value, memoryview) and isinstance(value.obj, bytearray):
            inside = [value.obj]
        elif isinstance(value, TypedArray) and isinstance(value.data.obj, bytearray):
            inside = [value.data.obj]
        else:
            return ()
        inside.reverse()
        return inside

    def _value(self, value):
        if value is None or value is True or value is False:
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, BigInt):
            return {'$': ['BigInt', hex(value)]}
        if isinstance(value, int):
            value = int(value)
            return value if -_SAFE <= value <= _SAFE else {'$': ['BigInt', hex(value)]}
        if isinstance(value, float):
            if value != value:
                return {'$': 'NaN'}
            if math.isinf(value):
                return {'$': 'Infinity' if value > 0 else '-Infinity'}
            return {'$': '-0'} if value == 0 and math.copysign(1, value) < 0 else float(value)
        if value is undefined:
            return {'$': 'undefined'}
        if hasattr(type(value), '__index__'):
            return self._value(int(value))
        number = self.entries.get(id(value))
        return self._container(value) if number is None else {'$': number}

    def _text(self, value):
        if len(value) < _LONG:
            return str(value)
        try:
            segment = ('l', value.encode('latin-1'))
        except UnicodeEncodeError:
            segment = ('u', value.encode('utf-16-le', 'surrogatepass'))
        return {'$': ['text', self._segment(*segment)]}

    def _segment(self, kind, data):
        if len(self.segments) == _MAX_SEGMENTS:
            raise DataCloneError(f'A message has more than {_MAX_SEGMENTS} long strings and blocks of bytes')
        self.segments.append((kind, data))
        return len(self.segments) - 1

    def _container(self, value):
        if isinstance(value, dict):
            if all(isinstance(key, str) for key in value):
                if len(value) == 1 and '$' in value:
                    return {'$': ['Object', '$', self._value(value['$'])]}
                return {str(key): self._value(item) for key, item in value.items()}
            value = value.items()
            return {'$': ['Map', *(self._value(each) for pair in value for each in pair)]}
        if isinstance(value, (list, tuple)):
            return [self._value(item) for item in value]
        if isinstance(value, Map):
            return {'$': ['Map', *(self._value(each) for pair in value.items() for each in pair)]}
        if isinstance(value, (set, frozenset, Set)):
            return {'$': ['Set', *(self._value(each) for each in value)]}
        if isinstance(value, datetime.datetime):
            return {'$': ['Date', _milliseconds(value)]}
        if isinstance(value, Date):
            return {'$': ['Date', value.milliseconds]}
        if isinstance(value, RegExp):
            return {'$': ['RegExp', self._text(value.source), value.flags]}
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            flags = [letter for letter, flag in (('i', re.IGNORECASE), ('m', re.MULTILINE), ('s', re.DOTALL)) if value.flags & flag]
            return {'$': ['RegExp', self._text(value.pattern.replace('(?P<', '(?<')), ''.join(flags) + 'u']}
        if isinstance(value, Wrapper):
            return {'$': ['Wrapper', self._value(value.value)]}
        if isinstance(value, BaseException):
            return self._error(value)
        if isinstance(value, SparseArray):
            pairs = [*value.items.items(), *value.members.items()]
            return {'$': ['Array', value.length, *(each for key, item in pairs for each in (key, self._value(item)))]}
        if isinstance(value, Blob):
            file = [value.name, value.type, value.last_modified] if isinstance(value, File) else [value.type]
            return {'$': [type(value).__name__, self._segment('b', value.data), *file]}
        if isinstance(value, SharedMemory):
            self.descriptors.append(value.fd)
            return {'$': ['SharedMemory', len(self.descriptors) - 1]}
        return self._bytes(value)

    def _error(self, value):
        if isinstance(value, DOMException):
            return {'$': ['DOMException', self._text(value.message), self._text(value.name), self._text(_stack_of(value))]}
        kind = _type_of(value)
        members = {}
        if value.args or not isinstance(value, RemoteError):
            members['message'] = self._text(_message_of(value))
        if not isinstance(value, RemoteError) or value.stack is not None:
            members['stack'] = self._text(_stack_of(value))
        cause = value.__cause__
        if cause is not None:
            members['cause'] = self._value(cause.value if isinstance(cause, Thrown) else cause)
        return {'$': ['Error', 'Error' if kind == 'AggregateError' else kind, members]}

    def _bytes(self, value):
        if isinstance(value, ResizableBuffer):
            return {'$': ['ArrayBuffer', self._segment('b', value), max(value.max_length, len(value))]}
        if isinstance(value, bytearray):
            return {'$': ['ArrayBuffer', self._segment('b', value)]}
        if isinstance(value, bytes):
            return {'$': ['Uint8Array', self._segment('b', value)]}
        if isinstance(value, TypedArray):
            return self._view(value.kind, value.data, value.tracking)
        try:
            view = memoryview(value)
        except TypeError:
            raise DataCloneError(f'{_excerpt(repr(value))} could not be cloned') from None
        if view.ndim == 0:
            raise DataCloneError(f'{_excerpt(repr(value))} could not be cloned')
        format = view.format.lstrip('@=<' if sys.byteorder == 'little' else '@=')
        kind = _KIND_OF_FORMAT.get(format)
        if kind is None and format in ('i', 'l', 'q', 'n'):
            kind = 'Int32Array' if view.itemsize == 4 else 'BigInt64Array'
        elif kind is None and format in ('I', 'L', 'Q', 'N'):
            kind = 'Uint32Array' if view.itemsize == 4 else 'BigUint64Array'
        if kind is None:
            raise DataCloneError(f'A buffer with items of the format {view.format!r} could not be cloned')
        return self._view(kind, view, False)

    def _view(self, kind, view, tracking):
        if not view.c_contiguous:
            view = memoryview(view.tobytes())
        buffer = view.obj
        number = self.entries.get(id(buffer)) if isinstance(buffer, bytearray) else None
        if number is None and not (tracking and isinstance(buffer, bytearray)):
            return {'$': [kind, self._segment('b', view.cast('B') if view.nbytes else b'')]}
        shared = self._container(buffer) if number is None else {'$': number}
        offset = _address(view) - _address(memoryview(buffer)) if view.nbytes else 0
        return {'$': [kind, shared, offset, *([] if tracking else [view.nbytes // _ITEM_SIZE[kind]])]}


def _address(view):
    return ctypes.addressof(ctypes.c_char.from_buffer(view.cast('B'))) if view.nbytes else 0


_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_MILLISECOND = datetime.timedelta(milliseconds=1)


def _milliseconds(value):
    return (value.astimezone(datetime.timezone.utc) - _EPOCH) // _MILLISECOND


def _excerpt(text):
    if isinstance(text, (bytes, bytearray)):
        text = bytes(text[:80]).decode('utf-8', 'backslashreplace')
    return text if len(text) <= 60 else text[:60] + '…'


# ---------------------------------------------------------------------------------------------------------------------
# Values: from the wire


def _garbage(text):
    return _Fault('ERR_PROCS_IPC_GARBAGE', text)


def _no_constant(name):
    raise ValueError(f'{name} is not JSON')


def _number(text):
    """An integer of JSON is a double on the other side: past 2**53 it stays one here, or it would go back as a BigInt."""
    value = int(text)
    if -_SAFE <= value <= _SAFE:
        return -0.0 if text == '-0' else value
    return float(text)


_read_json = json.JSONDecoder(parse_constant=_no_constant).raw_decode
_read_odd_json = json.JSONDecoder(parse_constant=_no_constant, parse_int=_number).raw_decode
# Integers for which the quick reader is wrong: they may have lost digits, or their sign. It may be within a string: no harm.
_ODD = re.compile(rb'[0-9]{16}|-0')
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"')


def _utf8(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise _garbage(f'Not UTF-8: {_excerpt(data)}') from None


def _depth(data):
    deepest = level = 0
    for byte in _STRINGS.sub(b'', data):
        if byte in b'[{':
            level += 1
            deepest = max(deepest, level)
        elif byte in b']}':
            level -= 1
    return deepest


def _parse(data):
    if len(data) > _MAX_DEPTH and data.count(b'[') + data.count(b'{') > _MAX_DEPTH and _depth(data) > _MAX_DEPTH:
        raise _garbage(f'JSON is nested deeper than {_MAX_DEPTH} levels')
    text = _utf8(data)
    read = _read_odd_json if _ODD.search(data) else _read_json
    try:
        try:
            value, end = read(text)
        except RecursionError:
            # The caller's own depth and 1000 levels are more than Python allows as a rule.
            limit = sys.getrecursionlimit()
            sys.setrecursionlimit(limit + 2 * _MAX_DEPTH)
            try:
                value, end = read(text)
            finally:
                sys.setrecursionlimit(limit)
    except (ValueError, StopIteration, OverflowError):
        raise _garbage(f'Not JSON: {_excerpt(data)}') from None
    if end != len(text) and text[end:].strip(' \t\r'):
        raise _garbage(f'Not JSON: {_excerpt(data)}')
    return value


def decode(value, segments=(), descriptors=()):
    """The value of a frame with ``~``: ``value`` is its JSON, read. ``segments`` are (type, bytes)."""
    return _Decoder(segments, descriptors).decode(value)


class _Decoder:
    """Makes every container empty and fills it later, from a list of what is to be done: depth costs no stack."""

    def __init__(self, segments, descriptors):
        self.segments = segments
        self.descriptors = descriptors
        self.taken = [0] * len(segments)
        self.texts = {}
        self.table = ()
        self.entries = []
        self.tasks = []

    def decode(self, value):
        if type(value) is dict and len(value) == 1 and type(value.get('$')) is list and value['$'][:1] == ['graph']:
            arguments = value['$']
            if len(arguments) != 3 or type(arguments[2]) is not list:
                raise _garbage('A graph needs a value and a table')
            value, self.table = arguments[1:]
            self.entries = [_EMPTY] * len(self.table)
            for number in range(len(self.table)):
                self._entry(number)
        result = self._make(value)
        tasks = self.tasks
        while tasks:
            fill, target, source = tasks.pop()
            fill(target, source)
        return result

    def _entry(self, number):
        if not 0 <= number < len(self.table):
            raise _garbage(f'There is no entry {number} in the table')
        if self.entries[number] is not _EMPTY:
            return self.entries[number]
        entry = self.table[number]
        if type(entry) is dict:
            tag = entry.get('$') if len(entry) == 1 else None
            if isinstance(tag, (str, int, float)) or (type(tag) is list and tag[:1] in (['text'], ['BigInt'])):
                raise _garbage('An entry of the table is nothing that has an identity')
        elif type(entry) is not list:
            raise _garbage('An entry of the table is nothing that has an identity')
        self.entries[number] = made = self._make(entry)
        return made

    def _make(self, source):
        kind = type(source)
        if kind is list:
            target = []
            self.tasks.append((self._fill_list, target, source))
            return target
        if kind is not dict:
            return source
        if len(source) != 1 or '$' not in source:
            target = {}
            self.tasks.append((self._fill_dict, target, source))
            return target
        tag = source['$']
        if type(tag) is str:
            try:
                return _CONSTANTS[tag]
            except KeyError:
                raise _garbage(f'There is no constant {_excerpt(tag)}') from None
        if type(tag) is list and tag and type(tag[0]) is str:
            make = _TAGS.get(tag[0])
            if make is None:
                raise _garbage(f'There is no tag {_excerpt(tag[0])}')
            try:
                return make(self, *tag[1:])
            except (TypeError, ValueError, OverflowError, ArithmeticError, LookupError) as error:
                raise _garbage(f'The tag {tag[0]} is not made that way: {error}') from error
        return self._entry(_count(tag))

    def _fill_list(self, target, source):
        make = self._make
        for item in source:
            kind = type(item)
            target.append(make(item) if kind is dict or kind is list else item)

    def _fill_dict(self, target, source):
        make = self._make
        for key, item in source.items():
            kind = type(item)
            target[key] = make(item) if kind is dict or kind is list else item

    # Arguments

    def _text(self, source):
        value = self._make(source) if _tag_of(source) == 'text' else source
        if type(value) is not str:
            raise _garbage('An argument of a tag is no text')
        return value

    def _segment(self, number, kinds):
        number = _count(number)
        if number >= len(self.segments) or self.segments[number][0] not in kinds:
            raise ValueError(f'there is no such segment {number}')
        return number, self.segments[number][1]

    def _bytes(self, source):
        if type(source) is list:
            number, start, length = source
            number, data = self._segment(number, 'bs')
            start, length = _count(start), _count(length)
            self._take(number, length, data)
            if start + length > len(data):
                raise ValueError('a piece of a segment lies outside of it')
            return bytearray(data[start : start + length])
        number, data = self._segment(source, 'bs')
        self._take(number, len(data), data)
        return data

    def _take(self, number, length, data):
        self.taken[number] += length
        if self.taken[number] > len(data):
            raise ValueError('more is taken of a segment than it has')

    # Tags

    def _make_text(self, number):
        number, data = self._segment(number, 'lu')
        if number not in self.texts:
            kind = self.segments[number][0]
            self.texts[number] = data.decode('latin-1') if kind == 'l' else data.decode('utf-16-le', 'surrogatepass')
        return self.texts[number]

    def _make_big_int(self, source):
        text = self._text(source)
        if not re.fullmatch(r'-?0x[0-9a-f]+', text):
            raise ValueError('not an integer in hexadecimal')
        return BigInt(text, 16)

    def _make_object(self, *pairs):
        target = {}
        self.tasks.append((self._fill_object, target, _pairs(pairs)))
        return target

    def _fill_object(self, target, pairs):
        for key, item in pairs:
            target[self._text(key)] = self._make(item)

    def _make_array(self, length, *pairs):
        length = _count(length)
        if length > 4294967295:
            raise ValueError('an array is longer than one can be')
        target = SparseArray(length)
        self.tasks.append((self._fill_array, target, _pairs(pairs)))
        return target

    def _fill_array(self, target, pairs):
        for key, item in pairs:
            if isinstance(key, (int, float)):
                index = _count(key)
                if index >= target.length:
                    raise _garbage('An item lies behind the end of its array')
                target.items[index] = self._make(item)
            else:
                name = self._text(key)
                if name == 'length' or (re.fullmatch('0|[1-9][0-9]{0,9}', name) and int(name) < 4294967295):
                    raise _garbage('A member of an array has the name of an index, or of its length')
                target.members[name] = self._make(item)

    def _make_map(self, *pairs):
        target = Map()
        self.tasks.append((self._fill_map, target, _pairs(pairs)))
        return target

    def _fill_map(self, target, pairs):
        for key, item in pairs:
            target[self._make(key)] = self._make(item)

    def _make_set(self, *members):
        target = Set()
        self.tasks.append((self._fill_set, target, members))
        return target

    def _fill_set(self, target, members):
        for member in members:
            target.add(self._make(member))

    def _make_date(self, milliseconds):
        if milliseconds is None:
            return Date(None)
        if not isinstance(milliseconds, (int, float)) or isinstance(milliseconds, bool) or milliseconds != int(milliseconds):
            raise ValueError('a date is no integer')
        milliseconds = int(milliseconds)
        if abs(milliseconds) > 8640000000000000:
            raise ValueError('a date out of range')
        try:
            return _EPOCH + datetime.timedelta(milliseconds=milliseconds)
        except OverflowError:
            return Date(milliseconds)

    def _make_reg_exp(self, source, flags):
        source, flags = self._text(source), self._text(flags)
        if not re.fullmatch(r'[dgimsuvy]*', flags) or len(set(flags)) != len(flags) or {'u', 'v'} <= set(flags):
            raise ValueError('flags that a RegExp does not have')
        return RegExp(source, flags)

    def _make_wrapper(self, source):
        value = self._make(source) if type(source) is not dict or _tag_of(source) in _PRIMITIVE_TAGS else None
        if not isinstance(value, (bool, int, float, str)):
            raise ValueError('not a value that an object can be around')
        return Wrapper(value)

    def _make_error(self, kind, members):
        if kind not in _ERROR_TYPES or type(members) is not dict:
            raise ValueError('not an error')
        message = self._text(members['message']) if 'message' in members else None
        error = _remote(kind, kind, message, stack=self._text(members['stack']) if 'stack' in members else None)
        if 'cause' in members:
            self.tasks.append((self._fill_error, error, members['cause']))
        return error

    def _fill_error(self, error, source):
        cause = self._make(source)
        error.__cause__ = cause if isinstance(cause, BaseException) else Thrown(cause)

    def _make_exception(self, message, name, stack=None):
        return DOMException(self._text(message), self._text(name), None, None if stack is None else self._text(stack), 'DOMException')

    def _make_buffer(self, source, longest=None):
        data = self._bytes(source)
        if longest is None:
            return data
        longest = _count(longest)
        if not len(data) <= longest < _ADDRESSES:
            raise ValueError('a buffer cannot be that long')
        return ResizableBuffer(data, longest)

    def _make_view(self, kind, source, *place):
        size = _ITEM_SIZE[kind]
        if isinstance(source, (int, float, list)):
            if place:
                raise ValueError('a view on a block of its own is the whole of it')
            data = memoryview(self._bytes(source)).cast('B')
            if len(data) % size:
                raise ValueError('a view does not fit')
            return self._as(kind, data, False)
        # Looked at first: a view of a view of a view would be made by recursion.
        number = source.get('$') if type(source) is dict else None
        known = self.table[number] if type(number) is int and 0 <= number < len(self.table) else source
        buffer = self._make(source) if _tag_of(known) == 'ArrayBuffer' else None
        if not isinstance(buffer, (bytearray, memoryview)) or not place or len(place) > 2:
            raise ValueError('a view needs an ArrayBuffer and a place in it')
        offset = _count(place[0])
        tracking = len(place) == 1
        if tracking and not isinstance(buffer, ResizableBuffer):
            raise ValueError('a view without a length needs a buffer that can be resized')
        if offset % (1 if kind == 'DataView' else size) or offset > len(buffer):
            raise ValueError('a view does not fit')
        length = (len(buffer) - offset) // size if tracking else _count(place[1])
        if offset + length * size > len(buffer):
            raise ValueError('a view does not fit')
        return self._as(kind, memoryview(buffer).cast('B')[offset : offset + length * size], tracking)

    @staticmethod
    def _as(kind, data, tracking):
        format = _FORMAT_OF_KIND.get(kind)
        return TypedArray(kind, data, tracking) if format is None or tracking else data if format == 'B' else data.cast(format)

    def _make_blob(self, source, type):
        return Blob(bytes(self._bytes(source)), self._text(type))

    def _make_file(self, source, name, type, modified):
        if not isinstance(modified, (int, float)):
            raise ValueError('a time is no number')
        return File(bytes(self._bytes(source)), self._text(name), self._text(type), modified)

    def _make_shared(self, number):
        fd = self.descriptors[_count(number)]
        return SharedMemory(os.dup(fd))


def _tag_of(source):
    """The name of the tag that it is, or None. Of a constant: its name too."""
    if type(source) is not dict or len(source) != 1:
        return None
    tag = source.get('$')
    name = tag[0] if type(tag) is list and tag else tag
    return name if type(name) is str else None


def _count(value):
    """An index or a length."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0 or value != int(value):
        raise _garbage(f'Not a number of something: {_excerpt(repr(value))}')
    return int(value)


def _pairs(items):
    if len(items) % 2:
        raise ValueError('a key has no value')
    return zip(items[::2], items[1::2])


_CONSTANTS = {'undefined': undefined, 'NaN': math.nan, 'Infinity': math.inf, '-Infinity': -math.inf, '-0': -0.0}
_PRIMITIVE_TAGS = frozenset((*_CONSTANTS, 'text', 'BigInt'))
_TAGS = {
    'text': _Decoder._make_text, 'BigInt': _Decoder._make_big_int, 'Object': _Decoder._make_object, 'Array': _Decoder._make_array,
    'Map': _Decoder._make_map, 'Set': _Decoder._make_set, 'Date': _Decoder._make_date, 'RegExp': _Decoder._make_reg_exp,
    'Wrapper': _Decoder._make_wrapper, 'Error': _Decoder._make_error, 'DOMException': _Decoder._make_exception,
    'ArrayBuffer': _Decoder._make_buffer, 'Blob': _Decoder._make_blob, 'File': _Decoder._make_file, 'SharedMemory': _Decoder._make_shared,
    **{kind: (lambda decoder, *arguments, kind=kind: decoder._make_view(kind, *arguments)) for kind in _ITEM_SIZE},
}


# ---------------------------------------------------------------------------------------------------------------------
# Frames: what docs/protocol.md calls the stream. No meaning here, only bytes.

_HEAD = re.compile(
    rb'([A-Z])([1-9][0-9]{0,9})?'
    rb'(~)?(?:@([1-9][0-9]{0,2}))?(?:=([^\x00-\x20\x7f"\\:+]{1,1024}))?'
    rb'((?:\+[0-9]{1,10}(?:[blu]|s[0-9]{1,10}\.[0-9]{1,10}))*):'
)
_SEGMENT = re.compile(rb'\+([0-9]+)(?:([blu])|s([0-9]+)\.([0-9]+))')
_PLAIN = frozenset(b'{["-0123456789tfn')
_MAX_ID = 2147483647
_MAX_FRAME = 268435456
_MAX_SEGMENTS = 4096
_MAX_HANDLES = 253
_MAX_DEPTH = 1000
_LF = 10
_ANCILLARY = socket.CMSG_SPACE(_MAX_HANDLES * 4)
_READ = 65536
_READ_LONG = 262144
_CLOEXEC = getattr(socket, 'MSG_CMSG_CLOEXEC', 0)
_NOW = socket.MSG_DONTWAIT


class _Frame:
    __slots__ = ('kind', 'id', 'tagged', 'handles', 'topic', 'json', 'segments', 'size', 'wanted')

    def __init__(self, kind, number, json=None):
        self.kind = kind
        self.id = number
        self.tagged = False
        self.handles = ()
        self.topic = None
        self.json = json
        self.segments = None
        self.size = 0
        self.wanted = 0


class _Wire:
    """Reads frames. Only one thread at a time is in here."""

    def __init__(self, sock, max_frame):
        self.socket = sock
        self.max_frame = max_frame
        self.frames = deque()
        self.descriptors = deque()
        self.lost = False
        self._line = bytearray()  # the beginning of a frame whose line is not all here
        self._frame = None  # one whose line is here, but not all of its segments
        self._lacking = deque()  # (bytes, length) of those that are not whole

    def receive(self, flags=0):
        """One read. False when the peer has closed its end."""
        # No memory is set aside for what was only announced: it grows as the bytes come.
        most = _READ if self._frame is None else min(sum(length - len(part) for part, length in self._lacking), _READ_LONG)
        data, ancillary, told, _ = self.socket.recvmsg(most, _ANCILLARY, flags | _CLOEXEC)
        if ancillary or told & socket.MSG_CTRUNC:
            self._take(ancillary, told)
        if not data:
            return False
        if self._frame is not None:
            self._fill(data)
            return True
        if self._line:
            known = len(self._line)
            self._line += data
            if self._line.find(b'\n', known) < 0:
                if len(self._line) > self.max_frame:
                    raise _Fault('ERR_PROCS_IPC_TOO_LARGE', f'A frame has more than {self.max_frame} bytes')
                return True
            data = bytes(self._line)
            self._line = bytearray()
        self._parse(data)
        return True

    def is_midway(self):
        return bool(self._line) or self._frame is not None

    def close(self):
        while self.descriptors:
            os.close(self.descriptors.popleft())
        for frame in self.frames:
            for fd in frame.handles:
                os.close(fd)
        self.frames.clear()

    def _take(self, ancillary, told):
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds = array.array('i')
                fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
                if not _CLOEXEC:
                    for fd in fds:
                        os.set_inheritable(fd, False)
                self.descriptors.extend(fds)
        if told & socket.MSG_CTRUNC:
            self.lost = True

    def _fill(self, data):
        lacking, position = self._lacking, 0
        while position < len(data):
            part, length = lacking[0]
            some = data[position : position + length - len(part)] if position or length - len(part) < len(data) else data
            part += some
            position += len(some)
            if len(part) == length:
                lacking.popleft()
        if not lacking:
            frame, self._frame = self._frame, None
            self._done(frame)

    def _parse(self, data):
        position, size = 0, len(data)
        find, frames = data.find, self.frames
        while position < size:
            end = find(b'\n', position)
            if end < 0:
                self._line += data[position:]
                if size - position > self.max_frame:
                    raise _Fault('ERR_PROCS_IPC_TOO_LARGE', f'A frame has more than {self.max_frame} bytes')
                return
            first = data[position]
            if first in _PLAIN:
                if end - position >= self.max_frame:
                    raise _Fault('ERR_PROCS_IPC_TOO_LARGE', f'A frame has more than {self.max_frame} bytes')
                frames.append(_Frame('M', 0, data[position:end]))
                position = end + 1
            elif first == _LF:
                position += 1
            else:
                position = self._kind(data, position, end)

    def _kind(self, data, position, end):
        head = _HEAD.match(data, position, end)
        if head is None:
            raise _Fault('ERR_PROCS_IPC_GARBAGE', f'Not a frame: {_excerpt(data[position:end])}')
        kind, number, tilde, handles, topic, segments = head.groups()
        frame = _Frame(kind.decode(), int(number) if number else 0)
        if frame.id > _MAX_ID:
            raise _Fault('ERR_PROCS_IPC_GARBAGE', f'An id is out of range: {frame.id}')
        frame.json = data[head.end() : end]
        frame.size = end + 1 - position
        frame.tagged = tilde is not None
        if handles:
            frame.wanted = int(handles)
            if frame.wanted > _MAX_HANDLES:
                raise _Fault('ERR_PROCS_IPC_GARBAGE', f'{frame.wanted} descriptors for one frame')
        if topic:
            frame.topic = _utf8(topic)
        end += 1
        if segments:
            return self._segments(frame, segments, data, end)
        if frame.size > self.max_frame:
            raise _Fault('ERR_PROCS_IPC_TOO_LARGE', f'A frame has more than {self.max_frame} bytes')
        self._done(frame)
        return end

    def _segments(self, frame, marks, data, position):
        frame.segments = parts = []
        marks = _SEGMENT.findall(marks)
        if len(marks) > _MAX_SEGMENTS:
            raise _Fault('ERR_PROCS_IPC_TOO_LARGE', f'{len(marks)} segments in one frame')
        frame.size += sum(int(length) for length, inline, _, _ in marks if inline)
        if frame.size > self.max_frame:
            raise _Fault('ERR_PROCS_IPC_TOO_LARGE', f'A frame of {frame.size} bytes, of at most {self.max_frame}')
        for length, inline, slab, offset in marks:
            length = int(length)
            if not inline:
                parts.append(('s', _Piece(int(slab), int(offset), length)))
                continue
            if inline == b'u' and length % 2:
                raise _Fault('ERR_PROCS_IPC_GARBAGE', 'A string in UTF-16 has an odd number of bytes')
            here = bytearray(data[position : position + length])
            position += len(here)
            parts.append((inline.decode(), here))
            if len(here) < length:
                self._lacking.append((here, length))
        if self._lacking:
            self._frame = frame
        else:
            self._done(frame)
        return position

    def _done(self, frame):
        if frame.wanted:
            if len(self.descriptors) < frame.wanted and not self.lost:
                raise _Fault('ERR_PROCS_IPC_GARBAGE', f'{frame.wanted} descriptors were announced and did not come')
            count = min(frame.wanted, len(self.descriptors))
            frame.handles = [self.descriptors.popleft() for _ in range(count)]
            if count < frame.wanted:
                self.lost = False
        self.frames.append(frame)


# ---------------------------------------------------------------------------------------------------------------------
# Shared memory that the peer sends bytes in


class _Piece:
    __slots__ = ('slab', 'offset', 'length')

    def __init__(self, slab, offset, length):
        self.slab = slab
        self.offset = offset
        self.length = length


class _Slabs:
    """The peer's slabs, mapped, and the pieces of them that are in use here."""

    def __init__(self, limit, give_back):
        self.limit = limit
        self._maps = {}
        self._used = {}  # (slab, offset) to length
        self._total = 0
        self._give_back = give_back

    def announce(self, number, told, handles, wanted):
        """The name of the error for which it could not be mapped, or None."""
        size = told.get('size') if type(told) is dict else None
        if number == 0 or number in self._maps or wanted != 1 or type(size) is not int:
            raise _Fault('ERR_PROCS_IPC_PROTOCOL', 'A slab is announced as it may not be')
        if size <= 0 or size % 4096 or size > _MAX_SLAB or len(self._maps) == _MAX_SLABS or self._total + size > self.limit:
            raise _Fault('ERR_PROCS_IPC_PROTOCOL', f'A slab of {size} bytes is more than this end takes')
        if not handles:
            return 'EMFILE'
        try:
            _check_seals(handles[0])
            if os.fstat(handles[0]).st_size != size:
                raise ValueError('its size is not what was said')
        except ValueError as error:
            raise _Fault('ERR_PROCS_IPC_PROTOCOL', f'A slab cannot be used: {error}') from error
        try:
            self._maps[number] = mmap.mmap(handles[0], size)
        except OSError as error:
            return errno.errorcode.get(error.errno, 'ENOMEM')
        self._total += size
        return None

    def take(self, piece):
        """A memoryview of it. The piece is given back when nothing uses that, or a part of it, any more."""
        whole = self._maps.get(piece.slab)
        key = (piece.slab, piece.offset)
        if whole is None or piece.offset % 4096 or piece.length == 0 or piece.offset + piece.length > len(whole):
            raise _Fault('ERR_PROCS_IPC_PROTOCOL', 'A segment lies outside of its slab')
        end = piece.offset + piece.length
        in_use = ((at, -(-length // 4096) * 4096) for (slab, at), length in dict(self._used).items() if slab == piece.slab)
        if any(at < end and piece.offset < at + pages for at, pages in in_use):
            raise _Fault('ERR_PROCS_IPC_PROTOCOL', 'A segment lies where another one is in use')
        self._used[key] = piece.length
        # memoryviews cannot be asked to tell when they end, slices of them live on: what exports the memory can, and lives as long as all.
        exporter = (ctypes.c_ubyte * piece.length).from_buffer(whole, piece.offset)
        weakref.finalize(exporter, self._freed, key).atexit = False
        return memoryview(exporter).cast('B')

    def _freed(self, key):
        self._used.pop(key, None)
        self._give_back(key)


_MAX_SLABS = 64
_MAX_SLAB = 2147479552
_MAX_SLAB_BYTES = 268435456


# ---------------------------------------------------------------------------------------------------------------------
# The channel

_CREDIT = 16
_GATHERED = 64
_MAX_LEVELS = 32
_HELLO_TIMEOUT = 10
_LEAST_MAX = 1024  # of a peer's maxFrame: shorter frames need not be measured
_NUMBERED = frozenset('QRECSIDWBU')
_GONE = (errno.EPIPE, errno.ECONNRESET, errno.EBADF, errno.ENOTCONN)
_MAX_QUEUED = 67108864


class Answer:
    """What ``Channel.submit()`` gives: an answer that may not be there yet."""

    __slots__ = ('_channel', '_id', '_topic', '_over', '_value', '_error')

    def __init__(self, channel, number, topic=b''):
        self._channel = channel
        self._id = number
        self._topic = topic
        self._over = False
        self._value = None
        self._error = None

    def done(self):
        return self._over

    def result(self, timeout=None):
        """Waits, and lets the channel work meanwhile. Raises what the handler raised, RequestTimeout or ChannelClosed."""
        channel = self._channel
        if not self._over and not channel._until(lambda: self._over, timeout):
            error = RequestTimeout(f'No answer within {timeout} s')
            self.cancel(error)
            raise error
        if self._error is not None:
            raise self._error
        return self._value

    def cancel(self, reason=None):
        """No answer is awaited any more; the handler on the other side is told so."""
        if self._channel._answers.pop(self._id, None) is None:
            return
        self._settle(error=reason or ProcsError('The request was cancelled', 'ABORT_ERR'))
        self._channel._tell(b'C', self._id, reason, self._topic)

    def _settle(self, value=None, error=None):
        self._value = value
        self._error = error
        self._over = True


class Stream:
    """An answer in items: iterate it. ``close()`` it, or just let it go, to tell the handler that no more is wanted. ``value`` is what the
    other side's generator returned in the end."""

    def __init__(self, incoming):
        # Apart from what the channel holds, so that it is noticed when the program lets it go.
        self._incoming = incoming
        self._finalizer = weakref.finalize(self, incoming.close)
        self._finalizer.atexit = False

    def __iter__(self):
        return self

    def __next__(self):
        return self._incoming.next()

    @property
    def value(self):
        return self._incoming.value

    def close(self):
        self._incoming.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class _Incoming:
    __slots__ = ('value', '_channel', '_id', '_items', '_over', '_error', 'allowed', 'came', '_taken')

    def __init__(self, channel, number):
        self.value = None
        self._channel = channel
        self._id = number
        self._items = deque()
        self._over = False
        self._error = None
        self.allowed = _CREDIT
        self.came = 0
        self._taken = 0

    def _is_ready(self):
        return self._items or self._over

    def next(self):
        items = self._items
        if not items and not self._over:
            self._channel._until(self._is_ready)
        if items:
            item, size = items.popleft()
            self._channel._queued -= size
            self._taken += 1
            if self._taken == _CREDIT // 2 and not self._over:
                self._taken = 0
                self.allowed += _CREDIT // 2
                self._channel._write(b'W%d:%d\n' % (self._id, _CREDIT // 2), at_end=True)
            return item
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        raise StopIteration(self.value)

    def close(self):
        if self._channel._streams.pop(self._id, None) is not None:
            self._over = True
            self._channel._tell(b'C', self._id)
        while self._items:
            self._channel._queued -= self._items.popleft()[1]

    def _settle(self, value=None, error=None):
        self.value = value
        self._error = error
        self._over = True


class Request:
    """What a handler is called with, as its second argument if it has one."""

    __slots__ = ('channel', 'value', 'handle', 'reason', 'sender', 'name', '_id', '_size', '_cancelled', '__weakref__')

    def __init__(self, channel, number, value, handle, size, sender=None, name=None):
        self.channel = channel
        self.value = value
        #: of a broker's client: who asks
        self.sender = sender
        #: of a pool's task: which function it is for, None for the default
        self.name = name
        #: what came along: a socket.socket, or a descriptor as int
        self.handle = handle
        #: why the requester gave up, where it said so
        self.reason = None
        self._id = number
        self._size = size
        self._cancelled = False

    @property
    def _key(self):
        return self._id if self.sender is None else (self._id, self.sender)

    @property
    def _topic(self):
        return b'' if self.sender is None else b'=' + self.sender.encode()

    @property
    def cancelled(self):
        """Whether the answer is still wanted. Looks at what the peer has sent meanwhile, so a handler that works for long may ask it."""
        if not self._cancelled:
            self.channel._look()
        return self._cancelled or self.channel.closed

    def progress(self, value):
        """Of a pool's task: tells whoever waits for it how far it is. Nothing is said of one that is over."""
        if self.channel._requests.get(self._key) is self:
            parts, handles = _frame(b'J', self._id, value)
            self.channel._write(*parts, handles=handles, at_end=True)

    def _run(self):
        channel = self.channel
        channel._queued -= self._size
        if self._cancelled:
            # A pool wants to know that it is not begun. Nobody else waits for that.
            channel._fail_request(self, RemoteError('The operation was aborted', 'AbortError', 'ABORT_ERR'))
            return
        handler, takes_request = channel._handlers.get(self.name) or channel._handlers.get(None) or (None, False)
        if handler is None:
            error = ProcsError('Nobody answers requests at this end', 'ERR_PROCS_IPC_NO_HANDLER')
            if channel._handlers:
                error = ProcsError(f'The worker has no function {self.name!r}', 'ERR_PROCS_NO_SUCH_TASK')
            channel._fail_request(self, error)
            return
        try:
            result = handler(self.value, self) if takes_request else handler(self.value)
            if hasattr(result, '__next__'):
                if self.sender is not None:
                    raise TypeError('Nothing is streamed through a broker')
                if channel.worker_id is not None:
                    raise TypeError('The result of a task is not streamed: give a list')
                channel._requests[self._key] = stream = _Outgoing(self, result)
                stream._start()
                return
            if hasattr(result, 'add_done_callback'):
                result.add_done_callback(self._later)
                return
        except Exception as error:
            channel._fail_request(self, error)
            return
        channel._answer_request(self, result)

    def _later(self, future):
        error = future.exception()
        if error is None:
            self.channel._answer_request(self, future.result())
        else:
            self.channel._fail_request(self, error)


class _Outgoing:
    """An answer in items, produced as fast as the requester allows and no faster."""

    __slots__ = ('request', 'iterator', 'allowed', 'sent', 'parked', '_cancelled')

    def __init__(self, request, iterator):
        self.request = request
        self.iterator = iterator
        self.allowed = _CREDIT
        self.sent = 0
        self.parked = False
        self._cancelled = False

    def _start(self):
        self.request.channel._write(b'S%d:\n' % self.request._id, at_end=True)
        self._run()

    def _run(self):
        channel, number = self.request.channel, self.request._id
        while not self.request._cancelled and not channel.closed:
            if self.sent == self.allowed:
                with channel._turn:
                    if self.sent == self.allowed and not self.request._cancelled:
                        self.parked = True
                        return
                continue
            try:
                item = next(self.iterator)
                parts, handles = _frame(b'I', number, item)
            except StopIteration as end:
                self._end(None if end.value is None else end.value)
                return
            except Exception as error:
                channel._fail_request(self.request, error)
                return
            self.sent += 1
            try:
                channel._write(*parts, handles=handles, at_end=True)
            except ProcsError as error:
                channel._fail_request(self.request, error)
                break
        close = getattr(self.iterator, 'close', None)
        if close is not None:
            try:
                close()
            except Exception:
                sys.excepthook(*sys.exc_info())

    def _end(self, value):
        channel, number = self.request.channel, self.request._id
        if channel._requests.pop(number, None) is None:
            return
        if value is None:
            channel._write(b'D%d:\n' % number, at_end=True)
            return
        try:
            parts, handles = _frame(b'D', number, value)
        except DataCloneError as error:
            parts, handles = _error_frame(b'E', number, error)
        channel._write(*parts, handles=handles, at_end=True)


def _frame(kind, number, value, handle=None, topic=b''):
    """The parts of a frame with this value, and the descriptors that go with it."""
    number = b'%d' % number if number else b''
    text, segments, handles = encode(value)
    if handle is not None:
        info, fd = _pack_handle(handle)
        text, handles = b'[%s,%s]' % (_json(info), text), [*handles, fd]
    elif handles:
        text = b'[null,%s]' % text
    else:
        if segments is None:
            return (text + b'\n' if kind == b'M' and not topic else b'%s%s%s:%s\n' % (kind, number, topic, text),), ()
    if len(handles) > _MAX_HANDLES:
        raise DataCloneError(f'A message has more than {_MAX_HANDLES} descriptors')
    marks = b'' if segments is None else b'~'
    if handles:
        marks += b'@%d' % len(handles)
    inline, parts = _inline(segments)
    return (b'%s%s%s%s%s:%s\n' % (kind, number, marks, topic, inline, text), *parts), handles


def _inline(segments):
    """Marks and bytes of segments that follow the line."""
    marks, parts = [], []
    for kind, data in segments or ():
        view = memoryview(data)
        marks.append(b'+%d%s' % (view.nbytes, kind.encode()))
        if view.nbytes:
            parts.append(view.cast('B'))
    return b''.join(marks), parts


def _error_frame(kind, number, error, topic=b''):
    text, segments, _ = _encode_error(error)
    number = b'%d' % number if number else b''
    inline, parts = _inline(segments)
    return (b'%s%s%s%s%s:%s\n' % (kind, number, b'' if segments is None else b'~', topic, inline, text), *parts), ()


_LOST = object()


def _lost_handle():
    return ProcsError('The handle was lost on its way', 'ERR_PROCS_IPC_HANDLE_LOST')


def _size(frame):
    return frame.size or len(frame.json) + 1


def _readable(sock, timeout):
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(math.ceil(timeout * 1000)))


def _takes_two(handler):
    """Whether it can be called with two arguments."""
    try:
        inspect.signature(handler).bind(None, None)
        return True
    except TypeError:
        return False
    except ValueError:
        return False  # Some of those in C do not tell.


class Channel:
    """One end of a channel, over a connected Unix stream socket, which it takes over.

    ``max_frame`` is the longest frame taken, in bytes; ``max_queued`` the most bytes of messages that wait here for
    somebody to take them."""

    def __init__(self, sock, *, max_frame=_MAX_FRAME, max_slab=_MAX_SLAB_BYTES, max_queued=_MAX_QUEUED, hello=None):
        sock.setblocking(True)
        self._socket = sock
        self._wire = _Wire(sock, max_frame)
        self._slabs = _Slabs(max_slab, self._give_back)
        self._max_queued = max_queued
        self._queued = 0
        #: what the peer said of itself: a dict, None before its first frame
        self.peer = None
        #: the handle that came with the message which iteration gave last, or None
        self.handle = None
        self.closed = False
        #: why it was closed, None where that was in good order
        self.error = None
        self._next = 0
        self._answers = {}
        self._streams = {}
        self._requests = {}  # of the peer, not yet answered
        self._messages = deque()
        self._work = deque()
        self._handlers = {}  # by name, None for the default: whom to call, and whether it takes two arguments
        #: of a pool's worker: its number there
        self.worker_id = None
        # The peer wants an answer to what it has given up as well: a pool does, which has nothing else to do for a worker before.
        self._answers_all = False
        self._listener = None
        self._listener_takes_handle = False
        self._servers = set()
        self._levels = {}  # by thread: of handlers that wait for others
        self._turn = threading.Condition(threading.Lock())
        self._waiting = 0
        self._reading = False
        self._is_over = False  # nothing more comes
        self._sending = threading.RLock()
        self._midway = False
        self._rest = b''  # of a frame that has begun
        self._behind = deque()  # frames that are sent with the next one, or before somebody waits
        self._gathers = False
        told = {'protocol': 'procs', 'version': 1, 'pid': os.getpid(), 'software': f'procs.py/{__version__}', 'maxFrame': max_frame}
        _channels.add(self)
        self._write(b'H:%s\n' % _json({**told, **(self._capabilities(max_slab) if hello is None else hello)}))

    @staticmethod
    def _capabilities(max_slab):
        if max_slab and sys.platform == 'linux':
            return {'capabilities': ['handles', 'slab'], 'maxSlab': max_slab}
        return {'capabilities': ['handles']}

    # Sending

    def send(self, value, handle=None):
        """Sends a message. Returns when the kernel has it. ``handle``: a socket, a file, or a descriptor, that the peer gets a
        copy of; then it returns when the peer has said so, and raises what became of it otherwise."""
        if handle is not None:
            self._ask(value, handle, b'M').result()
            return
        parts, handles = _frame(b'M', 0, value)
        self._write(*parts, handles=handles)

    def submit(self, value, handle=None):
        """Asks, and returns an Answer at once: several can be under way."""
        return self._ask(value, handle)

    def request(self, value, timeout=None, handle=None):
        """Asks and waits for the answer. Raises what the handler raised, RequestTimeout after ``timeout`` seconds, or ChannelClosed.
        An answer that is a stream is returned as Stream."""
        return self._ask(value, handle).result(timeout)

    def stream(self, value, timeout=None, handle=None):
        """As ``request()``, where the answer is a stream. ``timeout`` is for its beginning."""
        answer = self.request(value, timeout, handle)
        if not isinstance(answer, Stream):
            raise TypeError('The answer is no stream')
        return answer

    def on_request(self, handler=None, *, name=None):
        """Decorator: who answers. Called with the message, and with a Request if it takes two arguments. What it returns is the answer, an
        iterator is answered as a stream, a concurrent.futures.Future when it is done, and what it raises is raised where it was asked.
        ``@parent.on_request(name='resize')``: in a pool, who does the tasks of that name; without it, those without a name and those that
        nobody else does."""
        if handler is None:
            return lambda handler: self.on_request(handler, name=name)
        self._handlers[name] = (handler, _takes_two(handler))
        return handler

    def emit(self, name, value):
        """In a pool's worker: tells whoever listens to the pool."""
        topic = urllib.parse.quote(name, safe='-_', encoding='utf-8', errors='strict').replace('.', '%2E').replace('~', '%7E')
        if not 1 <= len(topic) <= _LONGEST_NAME:
            raise ValueError(f'Not a name of 1 to {_LONGEST_NAME} characters: {name!r}')
        parts, handles = _frame(b'M', 0, value, None, b'=' + topic.encode())
        self._write(*parts, handles=handles)

    def on_message(self, handler):
        """Decorator: called by ``serve()`` with each message, and with the handle that came along if it takes two arguments."""
        self._listener_takes_handle = _takes_two(handler)
        self._listener = handler
        return handler

    # Receiving

    def serve(self, threads=1, gather=False):
        """Answers requests until the channel is closed. Raises why, unless that was in good order. Messages go to ``on_message``, or
        nowhere. With several threads, so many handlers run at once. ``gather``: answers to requests that came together leave together;
        for handlers that are all quick, since the answer of one waits for the next."""
        self._gathers = gather
        others = [threading.Thread(target=self._serve_quietly, name=f'procs-{number}', daemon=True) for number in range(1, threads)]
        for thread in others:
            thread.start()
        self._serve()
        for thread in others:
            thread.join()
        if self.error is not None:
            raise self.error

    def start(self, threads=1, gather=False):
        """As ``serve()``, in threads of its own: for a program whose main thread does something else."""
        self._gathers = gather
        for number in range(threads):
            threading.Thread(target=self._serve_quietly, name=f'procs-{number}', daemon=True).start()

    def receive(self, timeout=None):
        """The next message, and the handle that came with it or None. Raises TimeoutError, or ChannelClosed when no more will come."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self._until(lambda: self._messages or self._is_over, None if deadline is None else deadline - time.monotonic()):
            try:
                value, handle, size, listener = self._messages.popleft()
            except IndexError:
                if self._is_over:
                    raise self.error or ChannelClosed() from None
                continue
            self._queued -= size
            if listener is None:
                return value, handle
            listener(value)
            value = handle = None
        raise RequestTimeout(f'No message within {timeout} s')

    def __iter__(self):
        """Messages, until the channel is closed. Requests are answered meanwhile."""
        return self

    def __next__(self):
        self.handle = None
        try:
            value, self.handle = self.receive()
        except ChannelClosed:
            if self.error is not None:
                raise
            raise StopIteration from None
        return value

    # The end

    def close(self, error=None):
        """Says goodbye. What still awaits an answer gets ChannelClosed. ``error`` tells the peer why."""
        if self.closed:
            return
        goodbye = b'X:\n' if error is None else b''.join(_error_frame(b'X', 0, error)[0])
        self._behind.append(goodbye)
        self._flush_now()  # Where it does not fit now, the peer sees the end without it.
        self._end(None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def fileno(self):
        """For select and poll: something may be there to be received."""
        return self._socket.fileno()

    # Inside: sending

    def _ask(self, value, handle, kind=b'Q', topic=b''):
        if handle is not None:
            # Only to an end that takes some, and that it says in its hello.
            if not self._until(lambda: self.peer is not None or self._is_over, _HELLO_TIMEOUT) or self.closed:
                raise self._closed_error()
            if 'handles' not in (self.peer.get('capabilities') or ()):
                raise ProcsError('The peer takes no handles', 'ERR_PROCS_IPC_INVALID')
        answer = self._new_answer(topic)
        try:
            parts, handles = _frame(kind, answer._id, value, handle, topic)
            self._write(*parts, handles=handles)
        except BaseException:
            self._answers.pop(answer._id, None)
            raise
        return answer

    def _new_answer(self, topic=b''):
        with self._turn:
            number = self._next
            while True:
                number = number + 1 if number < _MAX_ID else 1
                if not self._is_open(number):
                    break
            self._next = number
            self._answers[number] = answer = Answer(self, number, topic)
            return answer

    def _is_open(self, number):
        return number in self._answers or number in self._streams

    def _answer_request(self, request, result):
        if self._requests.pop(request._key, None) is None:
            return
        topic = request._topic
        try:
            parts, handles = _frame(b'R', request._id, result, None, topic)
        except DataCloneError as error:
            parts, handles = _error_frame(b'E', request._id, error, topic)
        if self._gathers and len(parts) == 1 and len(parts[0]) < _LEAST_MAX and not handles:
            self._behind.append(parts[0])
            if len(self._behind) >= _GATHERED:
                self._flush_now()
            return
        try:
            self._write(*parts, handles=handles, at_end=True)
        except ProcsError as error:
            self._write(*_error_frame(b'E', request._id, error, topic)[0], at_end=True)

    def _fail_request(self, request, error):
        if self._requests.pop(request._key, None) is None:
            return
        parts, handles = _error_frame(b'E', request._id, error, request._topic)
        self._write(*parts, handles=handles, at_end=True)

    def _tell(self, kind, number, error=None, topic=b''):
        """C, or the like: also from a finalizer, so in any thread and at any moment. Nobody waits for it."""
        parts = (b'%s%d%s:\n' % (kind, number, topic),) if error is None else _error_frame(kind, number, error, topic)[0]
        self._behind.append(b''.join(parts))
        self._flush_now()

    def _give_back(self, key):
        self._behind.append(b'F:[[%d,%d]]\n' % key)
        self._flush_now()

    def _write(self, *parts, handles=(), at_end=False):
        """at_end: to a peer that is gone, answers are not sent, and nobody is to be blamed for it."""
        with self._sending:
            if self.closed:
                if at_end:
                    return
                raise self._closed_error()
            if self._midway:
                # This thread is in the middle of a frame, and a signal's handler has come in between.
                if handles:
                    raise ProcsError('A handle cannot be sent here', 'ERR_PROCS_IPC_INVALID')
                self._behind.append(b''.join(parts))
                return
            if len(parts) > 1 or len(parts[0]) >= _LEAST_MAX:
                self._check_size(parts)
            try:
                self._flush()
                self._send(parts, handles)
            except OSError as error:
                if error.errno not in _GONE:
                    raise
                # What it still said, and why it went, is for those who read.
                if not at_end:
                    raise ChannelClosed('The peer has closed the channel') from error
        if self._behind:
            self._flush_now()

    def _check_size(self, parts):
        most = self.peer.get('maxFrame') if self.peer is not None else None
        size = sum(map(len, parts))
        if size > (most if isinstance(most, (int, float)) and most > 0 else _MAX_FRAME):
            raise ProcsError(f'A message of {size} bytes is longer than the peer takes', 'ERR_PROCS_IPC_TOO_LARGE')

    def _flush(self):
        """What is behind, at once. Waits. This thread holds _sending, and no frame is half sent."""
        if self._rest or self._behind:
            data = [self._rest]
            self._rest = b''
            while self._behind:
                data.append(self._behind.popleft())
            self._send((b''.join(data),), ())

    def _flush_before_waiting(self):
        with self._sending:
            try:
                if not self.closed and not self._midway:
                    self._flush()
            except OSError as error:
                if error.errno not in _GONE:
                    raise

    def _flush_now(self):
        """Without waiting, and not while another thread sends: that one looks again when it is done."""
        while self._behind and self._sending.acquire(blocking=False):
            try:
                if self._midway or self.closed:
                    return
                data = [self._rest]
                while self._behind:
                    data.append(self._behind.popleft())
                self._rest = b''.join(data)
                self._rest = self._rest[self._socket.send(self._rest, _NOW) :]
            except OSError:
                return  # Later, or never: the peer is gone, and whoever reads is told.
            finally:
                self._sending.release()

    def _send(self, parts, handles):
        self._midway = True
        try:
            if len(parts) == 1 and not handles:
                data = parts[0]
                try:
                    sent = self._socket.send(data, _NOW)
                except BlockingIOError:
                    sent = 0
                if sent == len(data):
                    return
                self._send_all([memoryview(data)[sent:]], handles, sent)
            else:
                self._send_all([memoryview(part) for part in parts], handles, 0)
        finally:
            self._midway = False

    def _send_all(self, views, handles, sent):
        ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', handles))] if handles else ()
        has_begun = sent > 0
        try:
            while views:
                try:
                    sent = self._socket.sendmsg(views[:512], ancillary, _NOW)
                except BlockingIOError:
                    self._wait_until_writable()
                    continue
                has_begun, ancillary, done = True, (), 0
                while done < len(views) and sent >= len(views[done]):
                    sent -= len(views[done])
                    done += 1
                del views[:done]
                if sent:
                    views[0] = views[0][sent:]
        except KeyboardInterrupt:
            # What has begun must be ended, or nothing after it could be read.
            if has_begun:
                self._rest = b''.join(views)
            raise

    def _wait_until_writable(self):
        """Reads meanwhile, unless another thread does: two ends that both only write would wait for each other for ever."""
        poll = select.poll()
        with self._turn:
            may_read = not self._reading and self._queued < self._max_queued and not self._is_over
            if may_read:
                self._reading = True
        try:
            poll.register(self._socket, select.POLLOUT | (select.POLLIN if may_read else 0))
            for _, events in poll.poll():
                if may_read and events & select.POLLIN:
                    self._receive(_NOW)
        finally:
            if may_read:
                self._resign()
        if self.closed:
            raise self._closed_error()

    # Inside: receiving. One thread at a time reads, for all; the others wait for it to come across what they want.

    def _until(self, ready, timeout=None):
        """Lets the channel work until ready() says so. False when the time is over."""
        deadline = None if timeout is None else time.monotonic() + timeout
        remaining = None
        me = threading.get_ident()
        while not ready():
            # Within a handler that waits others run, so that two ends can ask each other in turns; but not without end.
            level = self._levels.get(me, 0)
            may_work = level < _MAX_LEVELS and (not self._servers or me in self._servers)
            if self._work and may_work:
                try:
                    work = self._work.popleft()
                except IndexError:
                    continue
                self._levels[me] = level + 1
                try:
                    work._run()
                finally:
                    if level:
                        self._levels[me] = level
                    else:
                        del self._levels[me]
                del work  # And with it the message: pieces of shared memory go back when nothing holds them.
                continue
            if self._is_over:
                # Whoever awaited something has been told. There is nothing else to wait for.
                return ready()
            if deadline is not None:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return False
            if self._behind or self._rest:
                self._flush_before_waiting()
            with self._turn:
                if ready() or (self._work and may_work) or self._is_over:
                    continue
                is_full = self._queued >= self._max_queued
                if is_full and not self._servers:
                    raise ProcsError(f'{self._queued} bytes of messages wait for somebody to take them', 'ERR_PROCS_IPC_QUEUE_FULL')
                if self._reading or is_full:
                    self._waiting += 1
                    try:
                        self._turn.wait(remaining)
                    finally:
                        self._waiting -= 1
                    continue
                self._reading = True
            try:
                if remaining is None:
                    self._receive(0)
                elif _readable(self._socket, remaining):
                    self._receive(_NOW)
            finally:
                self._resign()
        return True

    def _look(self):
        """Reads what is there now."""
        with self._turn:
            if self._reading or self._is_over or self._queued >= self._max_queued:
                return
            self._reading = True
        try:
            self._receive(_NOW)
        finally:
            self._resign()

    def _resign(self):
        with self._turn:
            self._reading = False
            if self._waiting:
                self._turn.notify_all()
        if self.closed:
            self._shut()

    def _receive(self, flags):
        wire = self._wire
        try:
            if self.closed:
                return
            is_open = wire.receive(flags)
            frames = wire.frames
            while frames and not self.closed:
                self._dispatch(frames.popleft())
            if wire.descriptors and not wire.is_midway():
                wire.close()  # Descriptors that no frame announced.
        except BlockingIOError:
            return
        except _Fault as fault:
            self._hang_up(fault)
            return
        except RecursionError:
            self._hang_up(_garbage('A value is nested too deep'))
            return
        except OSError as error:
            if self.closed:
                return
            self._end(None if error.errno == errno.ECONNRESET else error)
            return
        if not is_open and not self.closed:
            self._end(ChannelClosed('The peer was gone in the middle of a message') if wire.is_midway() else None)

    def _hang_up(self, fault):
        with_lock = self._sending.acquire(blocking=False)
        try:
            if with_lock and not self._midway and not self._rest:
                parts, _ = _error_frame(b'X', 0, ProcsError(str(fault), fault.code))
                self._socket.sendmsg(parts, (), _NOW)
        except OSError:
            pass  # It does not listen either.
        finally:
            if with_lock:
                self._sending.release()
        self._end(fault)

    def _end(self, error):
        """Nothing more comes, and nothing more can be sent."""
        with self._turn:
            if self.closed:
                return
            self.closed = True
            self.error = error
            self._is_over = True
            answers, self._answers = self._answers, {}
            streams, self._streams = self._streams, {}
            requests, self._requests = self._requests, {}
            for one in [*answers.values(), *streams.values()]:
                one._settle(error=self._closed_error())
            for request in requests.values():
                if isinstance(request, _Outgoing):
                    request.request._cancelled = True
                    if request.parked:
                        self._work.append(request)
                else:
                    request._cancelled = True
            self._turn.notify_all()
        self._shut()

    def _shut(self):
        """Closes the socket, once nobody reads from it: its number may be another one's a moment later."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
            # With unread bytes the peer would see an error instead of our goodbye.
            while not self._reading and self._socket.recv(_READ, _NOW):
                pass
        except OSError:
            pass  # It is closed, or there is nothing more.
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        with self._turn:
            if self._reading:
                return
            self._reading = True
        with self._sending:
            self._socket.close()
            self._wire.close()
        with self._turn:
            self._reading = False

    def _closed_error(self):
        if self.error is None:
            return ChannelClosed()
        error = ChannelClosed(f'The channel is closed: {self.error}', getattr(self.error, 'code', None) or 'ERR_PROCS_IPC_CLOSED')
        error.__cause__ = self.error
        return error

    # Inside: frames

    def _dispatch(self, frame):
        if self.peer is None:
            self._hello(frame)
            return
        if not frame.id and frame.kind in _NUMBERED:
            raise _garbage(f'A frame of kind {frame.kind} without a number')
        kind = self._KINDS.get(frame.kind)
        if kind is None:
            raise _Fault('ERR_PROCS_IPC_PROTOCOL', f'A frame of a kind that is not known, or that may not come: {frame.kind}')
        kind(self, frame)

    def _value(self, frame, handles=None):
        """Its value. The handle that goes with it is put into handles[0]."""
        value = _parse(frame.json) if frame.json else undefined
        if frame.wanted == 0 and not frame.tagged:
            if frame.segments:
                raise _garbage('Segments in a frame without tags')
            return value
        fds, frame.handles = frame.handles, ()
        try:
            info = None
            if frame.wanted:
                if type(value) is not list or len(value) != 2 or type(value[0]) not in (dict, type(None)):
                    raise _garbage('A frame with descriptors is not [info, message]')
                info, value = value
            if frame.tagged:
                segments = [(kind, self._slabs.take(data)) if kind == 's' else (kind, data) for kind, data in frame.segments or ()]
                value = decode(value, segments, fds)
            if info is not None and handles is not None:
                # One that is for another program's own use is as good as lost.
                if len(fds) == frame.wanted and 'for' not in info:
                    handles[0] = _unpack_handle(info, fds.pop())
                else:
                    handles[0] = _LOST
            return value
        finally:
            for fd in fds:
                os.close(fd)

    def _hello(self, frame):
        told = _parse(frame.json) if frame.kind == 'H' and frame.json else None
        if type(told) is not dict or told.get('protocol') != 'procs':
            raise _Fault('ERR_PROCS_IPC_VERSION', 'The peer does not speak this protocol')
        if told.get('version') != 1 or told['version'] is True:
            version = _excerpt(repr(told.get('version')))
            raise _Fault('ERR_PROCS_IPC_VERSION', f'The peer speaks version {version}, this end speaks version 1')
        self.peer = told
        capabilities = told.get('capabilities')
        self._answers_all = isinstance(capabilities, list) and 'answers' in capabilities

    def _message(self, frame):
        handles = [None]
        value = self._value(frame, handles)
        size = _size(frame)
        self._queued += size
        is_lost = handles[0] is _LOST
        self._messages.append((value, None if is_lost else handles[0], size, None))
        # The sender of a handle keeps its own until it knows that it has arrived.
        if is_lost:
            self._tell(b'E', frame.id, _lost_handle())
        elif frame.id:
            self._tell(b'R', frame.id)

    def _request(self, frame):
        if frame.id in self._requests:
            raise _Fault('ERR_PROCS_IPC_PROTOCOL', f'Request {frame.id} came while it was open')
        handles = [None]
        value = self._value(frame, handles)
        if handles[0] is _LOST:
            self._tell(b'E', frame.id, _lost_handle())
            return
        size = _size(frame)
        self._queued += size
        name = None if frame.topic is None else urllib.parse.unquote(frame.topic, errors='strict')
        request = Request(self, frame.id, value, handles[0], size, None, name)
        self._requests[frame.id] = request
        self._work.append(request)

    def _result(self, frame):
        value = self._value(frame)
        answer = self._answers.pop(frame.id, None)
        if answer is not None:
            answer._settle(None if value is undefined and not frame.json else value)

    def _failure(self, frame):
        value = self._value(frame)
        error = _raised(value) if value is not undefined else RemoteError()
        one = self._answers.pop(frame.id, None) or self._streams.pop(frame.id, None)
        if one is not None:
            one._settle(error=error)

    def _cancel(self, frame):
        reason = self._value(frame)
        request = self._requests.get(frame.id) if self._answers_all else self._requests.pop(frame.id, None)
        if request is None:
            return
        outgoing = request if isinstance(request, _Outgoing) else None
        if outgoing is not None:
            request = outgoing.request
        if reason is not undefined:
            request.reason = _raised(reason) if isinstance(reason, (dict, BaseException)) else reason
        request._cancelled = True
        if outgoing is not None:
            self._wake(outgoing)

    def _wake(self, outgoing):
        with self._turn:
            if outgoing.parked:
                outgoing.parked = False
                self._work.append(outgoing)

    def _begin(self, frame):
        if frame.json:
            raise _garbage('The beginning of a stream has no value')
        answer = self._answers.pop(frame.id, None)
        if answer is not None:
            incoming = _Incoming(self, frame.id)
            self._streams[frame.id] = incoming
            answer._settle(Stream(incoming))

    def _item(self, frame):
        value = self._value(frame)
        stream = self._streams.get(frame.id)
        if stream is None:
            return
        stream.came += 1
        if stream.came > stream.allowed:
            raise _Fault('ERR_PROCS_IPC_PROTOCOL', 'More items of a stream than were allowed')
        size = _size(frame)
        self._queued += size
        stream._items.append((value, size))

    def _done(self, frame):
        value = self._value(frame)
        stream = self._streams.pop(frame.id, None)
        if stream is not None:
            stream._settle(None if value is undefined else value)

    def _allow(self, frame):
        count = self._value(frame)
        if type(count) is not int or not 0 < count <= _MAX_ID:
            raise _garbage('So many items cannot be allowed')
        outgoing = self._requests.get(frame.id)
        if isinstance(outgoing, _Outgoing):
            outgoing.allowed += count
            self._wake(outgoing)

    def _slab(self, frame):
        if not frame.id and not frame.json and not frame.wanted:
            self._handed_over()
            return
        try:
            failure = self._slabs.announce(frame.id, _parse(frame.json), frame.handles, frame.wanted)
        finally:
            for fd in frame.handles:
                os.close(fd)
            frame.handles = ()
        told = b'' if failure is None else _json({'code': failure})
        self._behind.append(b'F%d:%s\n' % (frame.id, told))
        self._flush_now()

    def _handed_over(self):
        """The peer wants to know when all that came before has been taken, since it waits with more of its shared memory."""
        if self._messages:
            self._messages.append((None, None, 0, self._say_taken))
        else:
            self._say_taken(None)

    def _say_taken(self, _):
        self._behind.append(b'F:\n')
        self._flush_now()

    def _freed(self, frame):
        raise _Fault('ERR_PROCS_IPC_PROTOCOL', 'What this end never gave is given back')

    def _goodbye(self, frame):
        reason = self._value(frame)
        if reason is undefined:
            self._end(None)
            return
        error = _raised(reason)
        closed = ChannelClosed(f'The peer has closed the channel: {error}', getattr(error, 'code', None) or 'ERR_PROCS_IPC_CLOSED')
        closed.__cause__ = error
        self._end(closed)

    _KINDS = {
        'M': _message, 'Q': _request, 'R': _result, 'E': _failure, 'C': _cancel, 'S': _begin, 'I': _item, 'D': _done, 'W': _allow,
        'L': _slab, 'F': _freed, 'X': _goodbye,
    }

    # Inside: serving

    def _serve(self):
        me = threading.get_ident()
        self._servers.add(me)
        try:
            while self._until(lambda: self._messages or self._is_over):
                try:
                    value, handle, size, listener = self._messages.popleft()
                except IndexError:
                    if self._is_over:
                        break
                    continue
                self._queued -= size
                if listener is not None:
                    listener(value)
                elif self._listener is not None:
                    if self._listener_takes_handle:
                        self._listener(value, handle)
                    else:
                        self._listener(value)
                value = handle = None  # As above.
            while self._work:
                self._work.popleft()._run()
        finally:
            self._servers.discard(me)

    def _serve_quietly(self):
        try:
            self._serve()
        except ProcsError:
            if not self.closed:
                raise



# ---------------------------------------------------------------------------------------------------------------------
# The broker


class BrokerMessage:
    """A message that came through a broker. ``topic`` is None where it was sent to this client, or to all; ``sender`` is the name of who
    did, which of what was published nobody knows. ``last``: it was there before, and is the last value of its topic."""

    __slots__ = ('value', 'topic', 'sender', 'last')

    def __init__(self, value, topic=None, sender=None, last=False):
        self.value = value
        self.topic = topic
        self.sender = sender
        self.last = last

    def __repr__(self):
        return f'BrokerMessage({self.value!r}, topic={self.topic!r}, sender={self.sender!r}, last={self.last!r})'


class Subscription:
    """What ``Broker.subscribe()`` gives."""

    __slots__ = ('pattern', '_broker', '_id', '_listener', '_levels')

    def __init__(self, broker, number, pattern, listener):
        self.pattern = pattern
        self._broker = broker
        self._id = number
        self._listener = listener
        self._levels = pattern.split('.')

    def unsubscribe(self):
        """Returns when the broker has it."""
        self._broker._unsubscribe(self)

    def _matches(self, levels):
        for at, level in enumerate(self._levels):
            if level == '#':
                return True
            if at == len(levels) or level not in ('*', levels[at]):
                return False
        return len(self._levels) == len(levels)


_LEVEL = r'[^\x00-\x20\x7f"\\:+!*#.\ud800-\udfff]+'
_TOPIC = re.compile(rf'{_LEVEL}(?:\.{_LEVEL})*')
_PATTERN = re.compile(rf'(?:(?:{_LEVEL}|\*)(?:\.(?:{_LEVEL}|\*))*(?:\.#)?|#)')
_MAX_TOPIC = 255


def _target(text, grammar, what):
    if not isinstance(text, str) or not grammar.fullmatch(text) or len(text.encode()) > _MAX_TOPIC:
        raise ValueError(f'{text!r} is no {what}')
    return b'=' + text.encode()


class Broker(Channel):
    """A client of a broker: iterate it for what it has subscribed to, and for what is sent to it.

    ``max_queued_messages``, ``max_queued_bytes`` and ``overflow`` ('drop-oldest', 'drop-newest' or 'disconnect') say what the broker keeps
    for this client when it is slow. ``dropped`` counts what it did not."""

    def __init__(
        self, sock, *, name=None, max_frame=_MAX_FRAME, max_queued=_MAX_QUEUED,
        max_queued_messages=None, max_queued_bytes=None, overflow=None,
    ):
        bounds = {'name': name, 'maxQueued': max_queued_messages, 'maxQueuedBytes': max_queued_bytes, 'overflow': overflow}
        if name is not None:
            _target(name, _TOPIC, 'name')
        #: by which others send to it; given by the broker where it has not asked for one
        self.name = None
        #: messages that the broker dropped because this client was slow
        self.dropped = 0
        self._subscriptions = {}
        hello = {key: value for key, value in bounds.items() if value is not None}
        super().__init__(sock, max_frame=max_frame, max_slab=0, max_queued=max_queued, hello=hello)

    def subscribe(self, pattern, listener=None, last=False):
        """``*`` in a pattern stands for one level, ``#`` at its end for any number. ``last``: the last values that were kept come first.
        Without a listener messages are iterated. Returns when the broker has it."""
        target = _target(pattern, _PATTERN, 'pattern')
        answer = self._new_answer()
        subscription = Subscription(self, answer._id, pattern, listener)
        self._subscriptions[answer._id] = subscription
        self._write(b'B%d%s:%s\n' % (answer._id, target, b'{"last":true}' if last else b''))
        try:
            answer.result()
        except BaseException:
            self._subscriptions.pop(answer._id, None)
            raise
        return subscription

    def publish(self, topic, value, retain=False, ack=False):
        """``retain``: it is the topic's last value, for those who subscribe later. With ``ack`` it waits, and returns how many it
        reached."""
        target = _target(topic, _TOPIC, 'topic') + (b'!' if retain else b'')
        return self._pass_on(b'P', target, value, ack)

    def forget(self, topic):
        """The last value of a topic is one no more."""
        target = _target(topic, _TOPIC, 'topic')
        answer = self._new_answer()
        self._write(b'P%d%s!:\n' % (answer._id, target))
        answer.result()

    def broadcast(self, value, ack=False):
        """To every client but this one. With ``ack`` it waits, and returns how many it reached."""
        return self._pass_on(b'G', b'', value, ack)

    def send_to(self, name, value):
        """To the client of that name. Returns when the broker has it for that one, and raises when there is none."""
        self._ask(value, None, b'G', _target(name, _TOPIC, 'name')).result()

    def request(self, name, value, timeout=None):
        """Asks the client of that name, and waits for its answer."""
        return self._ask(value, None, b'Q', _target(name, _TOPIC, 'name')).result(timeout)

    def submit(self, name, value):
        """Asks, and returns an Answer at once."""
        return self._ask(value, None, b'Q', _target(name, _TOPIC, 'name'))

    def send(self, value, handle=None):
        raise TypeError('To a broker one publishes, or sends to somebody')

    def stream(self, value, timeout=None, handle=None):
        raise TypeError('Nothing is streamed through a broker')

    def _pass_on(self, kind, target, value, ack):
        if ack:
            return self._ask(value, None, kind, target).result()
        parts, handles = _frame(kind, 0, value, None, target)
        if handles:
            raise DataCloneError('No memory is shared through a broker')
        self._write(*parts)
        return None

    def _unsubscribe(self, subscription):
        number = subscription._id
        if self._subscriptions.pop(number, None) is None or self.closed:
            return
        self._answers[-number] = answer = Answer(self, -number)
        self._write(b'U%d:\n' % number)
        answer.result()

    def _welcome(self, timeout):
        if not self._until(lambda: self.name is not None or self._is_over, timeout):
            self.close()
            raise RequestTimeout(f'The broker has not answered within {timeout} s')
        if self.name is None:
            raise self.error or ChannelClosed('The broker has closed the connection')

    def _is_open(self, number):
        return super()._is_open(number) or number in self._subscriptions or -number in self._answers

    # Frames. A value that cannot be read is its sender's doing, and not the broker's: it is not hung up on.

    def _hello(self, frame):
        super()._hello(frame)
        capabilities = self.peer.get('capabilities')
        if not isinstance(capabilities, list) or 'broker' not in capabilities:
            raise _Fault('ERR_PROCS_IPC_PROTOCOL', 'The peer is no broker')

    def _read(self, frame):
        """Its value, and None; or None, and what is wrong with it."""
        try:
            return self._value(frame), None
        except _Fault as fault:
            return None, fault

    def _deliver(self, frame, message, fault, listeners):
        size = _size(frame)
        for listener in listeners:
            self._queued += size
            if fault is None:
                self._messages.append((message, None, size, listener))
            else:
                self._messages.append((fault, None, size, _raise))

    def _published(self, frame):
        value, fault = self._read(frame)
        if frame.id:
            found = [self._subscriptions[frame.id]] if frame.id in self._subscriptions else []
        else:
            levels = (frame.topic or '').split('.')
            found = [each for each in list(self._subscriptions.values()) if each._matches(levels)]
        message = BrokerMessage(value, frame.topic, None, frame.id > 0)
        # Iterated once, however many of its subscriptions it is for.
        self._deliver(frame, message, fault, dict.fromkeys(each._listener for each in found))

    def _direct(self, frame):
        value, fault = self._read(frame)
        self._deliver(frame, BrokerMessage(value, None, frame.topic), fault, [None])

    def _acknowledged(self, frame):
        value = self._value(frame)
        if frame.id:
            answer = self._answers.pop(frame.id, None) or self._answers.pop(-frame.id, None)
            if answer is None:
                return
            if isinstance(value, dict) and 'code' in value:
                answer._settle(error=_raised(value))
            else:
                answer._settle(value['receivers'] if isinstance(value, dict) and 'receivers' in value else None)
        elif not isinstance(value, dict):
            raise _garbage('What the broker says is no object')
        elif self.name is None and isinstance(value.get('name'), str) and 'code' not in value:
            self.name = value['name']
        elif isinstance(value.get('total'), int):
            self.dropped = value['total']
        elif isinstance(value.get('code'), str):
            # To something that was not to be answered for.
            self._deliver(frame, None, _raised(value), [None])

    def _asked(self, frame):
        value, fault = self._read(frame)
        if frame.topic is None or frame.id == 0:
            raise _Fault('ERR_PROCS_IPC_PROTOCOL', 'A request of nobody')
        size = _size(frame)
        self._queued += size
        request = Request(self, frame.id, value, None, size, frame.topic)
        self._requests[request._key] = request
        if fault is None:
            self._work.append(request)
        else:
            self._queued -= size
            self._fail_request(request, fault)

    def _given_up(self, frame):
        reason, _ = self._read(frame)
        request = self._requests.pop((frame.id, frame.topic), None)
        if request is not None:
            request.reason = _raised(reason) if isinstance(reason, dict) else None
            request._cancelled = True

    def _answered(self, frame):
        value, fault = self._read(frame)
        answer = self._answers.pop(frame.id, None)
        if answer is not None:
            answer._settle(value, fault)

    def _failed(self, frame):
        value, fault = self._read(frame)
        answer = self._answers.pop(frame.id, None)
        if answer is not None:
            answer._settle(error=fault or _raised(value))

    _KINDS = {
        'V': _published, 'G': _direct, 'K': _acknowledged, 'Q': _asked, 'C': _given_up, 'R': _answered, 'E': _failed, 'X': Channel._goodbye,
    }


def _raise(error):
    raise error


# ---------------------------------------------------------------------------------------------------------------------
# Handles


def _pack_handle(handle):
    """What the other side is told of it, and its descriptor, which stays the caller's."""
    if isinstance(handle, int):
        return {'type': 'fd'}, handle
    if not isinstance(handle, socket.socket):
        return {'type': 'fd'}, handle.fileno()
    if handle.type == socket.SOCK_DGRAM:
        return {'type': 'dgram', 'family': 'udp6' if handle.family == socket.AF_INET6 else 'udp4'}, handle.fileno()
    is_server = handle.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    return {'type': 'server' if is_server else 'socket'}, handle.fileno()


def _unpack_handle(info, fd):
    """A socket.socket where it is a socket, else the descriptor."""
    if not stat.S_ISSOCK(os.fstat(fd).st_mode):
        return fd
    one = socket.socket(fileno=fd)
    # Reads shall wait, but O_NONBLOCK must stay: it is of both processes, and the other's event loop would stand still without it.
    # With a timeout Python leaves it and waits by poll(); this is the longest that there can be.
    one.settimeout(_VERY_LONG)
    return one


_VERY_LONG = 2_000_000
# Of a task, or of what a worker emits, as the frame has it.
_LONGEST_NAME = 255


# ---------------------------------------------------------------------------------------------------------------------
# Ways in

_channels = weakref.WeakSet()
_shared = {}
_shared_lock = threading.Lock()


def connect(address, *, timeout=None, **options):
    """A channel to a program that listens. ``address``: a path, or ``@`` and a name for one without a file (Linux).
    ``timeout`` is for connecting. Other options as in Channel."""
    sock = _connected(address, timeout)
    try:
        return Channel(sock, **options)
    except BaseException:
        sock.close()
        raise


def connect_broker(address, *, name=None, timeout=10, **options):
    """A client of a broker, that is welcome there. ``name``: by which others send to it. Other options as in Broker."""
    sock = _connected(address, timeout)
    try:
        client = Broker(sock, name=name, **options)
    except BaseException:
        sock.close()
        raise
    client._welcome(timeout)
    return client


def _connected(address, timeout):
    address = os.fspath(address)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect('\0' + address[1:] if address.startswith('@') else address)
        sock.settimeout(None)
    except BaseException:
        sock.close()
        raise
    return sock


def _open_parent():
    number = os.environ.pop('PROCS_CHANNEL_FD', None)
    if number is None:
        return None
    try:
        fd = int(number)
        os.set_inheritable(fd, False)
        sock = socket.socket(fileno=fd)
        if sock.family != socket.AF_UNIX:
            raise ValueError('not a Unix socket')
    except (ValueError, OSError) as error:
        raise ProcsError(f'PROCS_CHANNEL_FD is {number!r}, which is no channel: {error}', 'ERR_PROCS_IPC_PROTOCOL') from error
    channel = Channel(sock)
    worker_id = os.environ.pop('PROCS_POOL_WORKER_ID', None)
    if worker_id is not None:
        channel.worker_id = int(worker_id)
        _close_page()
    atexit.register(channel.close)
    return channel


def _close_page():
    """The page is for workers that promise what is written there. Children of this one are to have no part of it."""
    number = os.environ.pop('PROCS_POOL_PAGE_FD', None)
    if number is not None and number.isdigit():
        try:
            os.close(int(number))
        except OSError as error:
            if error.errno != errno.EBADF:
                raise


def _open_broker():
    address = os.environ.get('PROCS_BROKER')
    # The broker is for those that this process starts as well. The name is this one's.
    name = os.environ.pop('PROCS_BROKER_NAME', None)
    if not address:
        return None
    client = connect_broker(address, name=name or None)
    atexit.register(client.close)
    return client


def __getattr__(name):
    """``parent`` and ``broker``: opened when they are first asked for, and None where there is none."""
    open = {'parent': _open_parent, 'broker': _open_broker}.get(name)
    if open is None:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    with _shared_lock:
        if name not in _shared:
            _shared[name] = open()
        return _shared[name]


def _after_fork():
    """A forked copy has no part in it: the peer must see the end when the one that it talks to is gone."""
    for channel in list(_channels):
        channel.closed = channel._is_over = True
        channel._turn = threading.Condition(threading.Lock())
        channel._sending = threading.RLock()
        channel._socket.close()
    _shared.update(dict.fromkeys(_shared))


os.register_at_fork(after_in_child=_after_fork)
