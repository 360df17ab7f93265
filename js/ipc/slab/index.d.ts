/**
 * Memory that can be sent without a copy, through whichever channel it is sent first: to send it detaches it. Where it is sent through another channel
 * than its neighbours were, it is copied.
 *
 * It is not cleared, as `Buffer.allocUnsafe()`: a peer sees what was in it. Below 64 KiB, and where there is no shared memory left, it is an ordinary ArrayBuffer.
 *
 * @example
 * ```js
 * const frame = new Uint8Array(alloc(16 << 20));
 * render(frame);
 * await channel.send(frame);            // nothing is copied; frame.length is 0 now
 * ```
 */
export function alloc(size: number): ArrayBuffer;

/**
 * Gives the memory of a large Buffer, view or ArrayBuffer that was received, or of one that `alloc()` made, back at once, instead of when it is collected:
 * the peer can use it again. It is detached, and so is every other view of it. Nothing may still be using it, as a file that is being written.
 * @returns false: it is ordinary memory, and nothing has happened
 */
export function release(value: ArrayBuffer | ArrayBufferView): boolean;
