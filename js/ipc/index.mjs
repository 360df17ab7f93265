// The entry for import.
import everything from './index.js';

export const {
  ByteRing,
  Channel,
  SharedMemory,
  alloc,
  attach,
  broker,
  connect,
  connectBroker,
  createBroker,
  deserialize,
  distribute,
  listen,
  marker,
  onConnection,
  parent,
  release,
  serialize,
} = everything;
export default everything;
