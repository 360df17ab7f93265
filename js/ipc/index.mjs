// The entry for import.
import everything from './index.js';

export const { Channel, connect, listen, marker, parent } = everything;
export default everything;
