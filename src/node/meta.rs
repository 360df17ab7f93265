//! Where JavaScript finds the headers of frames, see `Meta` in js/native.d.ts.

use super::shared_array::SharedArray;
use crate::ipc::wire::{Batch, Meta, WithSegments, MAX_BATCH, MAX_SEGMENTS};
use napi::sys;
use std::cell::Cell;

/// Numbers a frame, or a segment.
const PLACES: usize = 4;
/// A frame's own, and its segments'; a batch of frames needs less.
const LENGTH: usize = PLACES * (MAX_SEGMENTS + 1);
const _: () = assert!(MAX_BATCH <= MAX_SEGMENTS);

pub struct MetaArray {
    array: SharedArray<i32>,
    /// So many frames from the beginning are plain already: JavaScript only reads.
    plain: Cell<usize>,
}

impl MetaArray {
    /// # Safety
    /// As for [`SharedArray::new`].
    pub unsafe fn new(env: sys::napi_env, array: sys::napi_value) -> Option<Self> {
        // SAFETY: the caller's promise.
        let array = unsafe { SharedArray::new(env, array, LENGTH) }?;
        Some(MetaArray { array, plain: Cell::new(0) })
    }

    pub fn fill_batch(&self, batch: &Batch) {
        let count = batch.count() as usize;
        let metas = batch.metas();
        if !metas.is_empty() {
            self.plain.set(0);
            self.array.fill(|numbers| place(numbers, metas.iter().copied()));
        } else if count > self.plain.get() {
            self.plain.set(count);
            self.array.fill(|numbers| place(numbers, std::iter::repeat_n(Meta::PLAIN, count)));
        }
    }

    pub fn fill_segments(&self, frame: &WithSegments) {
        self.plain.set(0);
        self.array.fill(|numbers| {
            let own = Meta { handles: frame.meta.handles | (frame.segments.len() as u32) << 8, ..frame.meta };
            place(numbers, std::iter::once(own));
            for (four, segment) in numbers.as_chunks_mut::<PLACES>().0[1..].iter_mut().zip(&frame.segments) {
                *four = [segment.kind.into(), segment.length as i32, segment.slab as i32, segment.offset as i32];
            }
        });
    }

    pub fn close(&self) {
        self.array.close();
    }
}

fn place(numbers: &mut [i32], metas: impl Iterator<Item = Meta>) {
    for (four, meta) in numbers.as_chunks_mut::<PLACES>().0.iter_mut().zip(metas) {
        *four = [meta.kind.into(), meta.id as i32, meta.flags as i32, meta.handles as i32];
    }
}
