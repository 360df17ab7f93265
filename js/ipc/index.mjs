// The entry for import.
import everything from './index.js';

export const {
  ByteRing,
  Channel,
  SharedMemory,
  alloc,
  broker,
  connect,
  connectBroker,
  createBroker,
  deserialize,
  listen,
  marker,
  parent,
  release,
  serialize,
} = everything;
export default everything;
