// The entry for import.
import everything from './index.js';

export const { ByteRing, Channel, SharedMemory, alloc, broker, connect, connectBroker, createBroker, listen, marker, parent, release } =
  everything;
export default everything;
