//! A set of rows, as bits.

/// Some rows that lie side by side.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    from: usize,
    below: usize,
}

/// Which rows of a catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowSet {
    bits: Vec<u64>,
    rows: usize,
}

impl RowSet {
    /// No row of `rows`.
    pub fn none(rows: usize) -> Self {
        Self { bits: vec![0; rows.div_ceil(64)], rows }
    }

    /// Those of `rows` of which `holds` says so.
    pub fn of(rows: usize, mut holds: impl FnMut(usize) -> bool) -> Self {
        let mut set = Self::none(rows);
        for (block, bits) in set.bits.iter_mut().enumerate() {
            let first = block * 64;
            for row in first..rows.min(first + 64) {
                *bits |= u64::from(holds(row)) << (row - first);
            }
        }
        set
    }

    /// Makes room for `rows`; new ones are not in it.
    pub(super) fn grow(&mut self, rows: usize) {
        self.bits.resize(rows.div_ceil(64), 0);
        self.rows = rows;
    }

    /// Puts a row in or out.
    pub fn set(&mut self, row: usize, is_in: bool) {
        if let Some(bits) = self.bits.get_mut(row / 64) {
            let bit = 1 << (row % 64);
            *bits = if is_in { *bits | bit } else { *bits & !bit };
        }
    }

    /// Whether a row is in it.
    pub fn contains(&self, row: usize) -> bool {
        self.bits.get(row / 64).is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }

    /// Keeps what is in `other` too.
    pub fn keep(&mut self, other: &Self) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(own, other)| *own &= other);
    }

    /// Adds what is in `other`.
    pub fn add(&mut self, other: &Self) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(own, other)| *own |= other);
    }

    /// The rows that are not in it.
    pub fn complement(&self) -> Self {
        let mut set = Self { bits: self.bits.iter().map(|bits| !bits).collect(), rows: self.rows };
        if let (Some(last), rest @ 1..) = (set.bits.last_mut(), self.rows % 64) {
            *last &= (1 << rest) - 1;
        }
        set
    }

    /// How many rows are in it.
    pub fn len(&self) -> usize {
        self.bits.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|bits| *bits == 0)
    }

    /// The rows in it, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.iter_stretch(0, self.bits.len())
    }

    /// Calls `work` with one stretch of rows after another, each small enough that they stay in the processor's cache while several
    /// things are counted of them; [`RowSet::iter_in`] gives those of a set.
    pub fn by_stretch(&self, mut work: impl FnMut(Stretch)) {
        const BLOCKS: usize = 4;
        for from in (0..self.bits.len()).step_by(BLOCKS) {
            work(Stretch { from, below: (from + BLOCKS).min(self.bits.len()) });
        }
    }

    /// The rows in it that lie in a stretch, in order.
    pub fn iter_in(&self, stretch: Stretch) -> impl Iterator<Item = usize> + '_ {
        self.iter_stretch(stretch.from, stretch.below)
    }

    fn iter_stretch(&self, from: usize, below: usize) -> impl Iterator<Item = usize> + '_ {
        let bits = self.bits.get(from..below).unwrap_or_default();
        bits.iter().enumerate().map(move |(index, bits)| (from + index, bits)).flat_map(|(block, bits)| {
            let mut left = *bits;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(block * 64 + bit)
            })
        })
    }
}
