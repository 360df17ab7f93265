'use strict';
// V8's structured clone form with Node's additions for its channel. Since Node 24 it has a codec in C++ for this; the bytes are the same.

const { DefaultDeserializer, DefaultSerializer } = require('node:v8');

/** What follows the tag of a host object, which is what V8 has no form for: an ArrayBufferView, or anything else made natively. */
const VIEW = 0;
const NO_VIEW = 1;

class Serializer extends DefaultSerializer {
  /** Natively made objects travel as their own properties, as they would in JSON. */
  _writeHostObject(object) {
    if (ArrayBuffer.isView(object)) {
      this.writeUint32(VIEW);
      super._writeHostObject(object);
    } else {
      this.writeUint32(NO_VIEW);
      this.writeValue({ ...object });
    }
  }
}

class Deserializer extends DefaultDeserializer {
  _readHostObject() {
    const kind = this.readUint32();
    if (kind === VIEW) return super._readHostObject();
    if (kind === NO_VIEW) return this.readValue();
    throw new Error(`Unknown kind of host object: ${kind}`);
  }
}

/** @param {number} room bytes to leave free in front */
function serialize(value, room) {
  const serializer = new Serializer();
  serializer.writeRawBytes(Buffer.alloc(room));
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

function deserialize(bytes) {
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

module.exports = { serialize, deserialize };
