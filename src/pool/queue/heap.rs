//! A heap whose items know their places, so that any of them can be moved or taken out.

/// The least first. `u32`s name the items; who owns them keeps each one's place, which is told to `place(item, place)`.
#[derive(Debug)]
pub struct Heap<K> {
    entries: Vec<(K, u32)>,
}

impl<K> Default for Heap<K> {
    fn default() -> Self {
        Heap { entries: Vec::new() }
    }
}

impl<K: Ord + Copy> Heap<K> {
    pub fn first(&self) -> Option<(K, u32)> {
        self.entries.first().copied()
    }

    /// The first, and others of which each comes before most: for whoever does not look at all.
    pub fn upper(&self, count: usize) -> &[(K, u32)] {
        &self.entries[..count.min(self.entries.len())]
    }

    pub fn push(&mut self, key: K, item: u32, place: &mut impl FnMut(u32, u32)) {
        self.entries.push((key, item));
        self.rise(self.entries.len() - 1, place);
    }

    pub fn update(&mut self, at: u32, key: K, place: &mut impl FnMut(u32, u32)) {
        self.entries[at as usize].0 = key;
        let at = self.rise(at as usize, place);
        self.sink(at, place);
    }

    pub fn remove(&mut self, at: u32, place: &mut impl FnMut(u32, u32)) {
        let at = at as usize;
        self.entries.swap_remove(at);
        if at < self.entries.len() {
            let at = self.rise(at, place);
            self.sink(at, place);
        }
        // A burst should not be paid for as long as the pool lives.
        if self.entries.len() * 4 < self.entries.capacity() && self.entries.capacity() > 1024 {
            self.entries.shrink_to(self.entries.len() * 2);
        }
    }

    fn rise(&mut self, mut at: usize, place: &mut impl FnMut(u32, u32)) -> usize {
        while at > 0 {
            let above = (at - 1) / 2;
            if self.entries[above].0 <= self.entries[at].0 {
                break;
            }
            self.entries.swap(above, at);
            place(self.entries[at].1, at as u32);
            at = above;
        }
        place(self.entries[at].1, at as u32);
        at
    }

    fn sink(&mut self, mut at: usize, place: &mut impl FnMut(u32, u32)) {
        loop {
            let left = 2 * at + 1;
            if left >= self.entries.len() {
                break;
            }
            let right = left + 1;
            let least = if right < self.entries.len() && self.entries[right].0 < self.entries[left].0 { right } else { left };
            if self.entries[at].0 <= self.entries[least].0 {
                break;
            }
            self.entries.swap(at, least);
            place(self.entries[at].1, at as u32);
            at = least;
        }
        place(self.entries[at].1, at as u32);
    }
}
