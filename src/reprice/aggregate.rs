//! Sums of rows and images by group: an open table of its own, since one look-up a row is nearly
//! all that a row costs.

/// More groups than this are refused, so that memory stays bounded.
pub(super) const MAX_GROUPS: usize = MAX_WORDS as usize - 2;

/// What rows have in common, as numbers: period, size and quality; listing and tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GroupKey(pub(super) u64, pub(super) u64);

/// The bit of a [`GroupKey`] for refunds; no period reaches it.
const REFUNDS: u64 = 1 << 63;

impl GroupKey {
    fn new(period: i32, [size, quality, listing, tag]: [u32; 4]) -> Self {
        let period = u64::from(period.cast_unsigned());
        let first = period << 40 | u64::from(size) << 20 | u64::from(quality);
        Self(first, u64::from(listing) << 32 | u64::from(tag))
    }

    /// The group of refunds of what the group has.
    fn of_refunds(self) -> Self {
        Self(self.0 | REFUNDS, self.1)
    }

    /// Whether its images are given back.
    pub(super) fn is_refund(self) -> bool {
        self.0 & REFUNDS > 0
    }

    /// Period, size, quality, listing and tag again.
    pub(super) fn parts(self) -> (i32, [usize; 4]) {
        let low = |number: u64, bits: u32| {
            usize::try_from(number & ((1 << bits) - 1)).unwrap_or(usize::MAX)
        };
        let period = i32::try_from((self.0 & !REFUNDS) >> 40).unwrap_or(i32::MAX);
        (period, [low(self.0 >> 20, 20), low(self.0, 20), low(self.1 >> 32, 32), low(self.1, 32)])
    }
}

/// A size or quality has a number below this: each has a group, and there are fewer of those.
pub(super) const MAX_WORDS: u32 = 1 << 20;

#[derive(Debug, Clone, Copy)]
struct GroupSlot {
    together: GroupKey,
    /// No group is without rows.
    rows: u64,
    images: u64,
}

const FREE: GroupSlot = GroupSlot { together: GroupKey(0, 0), rows: 0, images: 0 };

/// Says that the sums can't be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AggregateError {
    Groups,
    /// The images of a group are beyond 64 bits.
    Images,
}

/// Sizes and qualities with numbers below these have a place of their own among the recent.
const RECENT_SIZES: u32 = 32;
const RECENT_QUALITIES: u32 = 16;
const RECENT: usize = (RECENT_SIZES * RECENT_QUALITIES) as usize;

/// The sums of the period that was met last. Most logs are in order, and most have few sizes: then
/// a row is added up without a search.
struct Recent {
    period: i32,
    cells: Box<[(u64, u64); RECENT]>,
    taken: Vec<usize>,
}

impl Recent {
    /// Adds a row of the period, where its size and quality have a place.
    #[inline]
    fn add(&mut self, size: u32, quality: u32, images: u64) -> Result<bool, AggregateError> {
        if size >= RECENT_SIZES || quality >= RECENT_QUALITIES {
            return Ok(false);
        }
        let place = (size * RECENT_QUALITIES + quality) as usize;
        let Some((rows, sum)) = self.cells.get_mut(place) else { return Ok(false) };
        if *rows == 0 {
            self.taken.push(place);
        }
        *rows += 1;
        *sum = sum.checked_add(images).ok_or(AggregateError::Images)?;
        Ok(true)
    }
}

/// The sums.
pub(super) struct GroupTable {
    recent: Recent,
    cells: Vec<GroupSlot>,
    used: usize,
}

impl GroupTable {
    pub(super) fn new() -> Self {
        let cells = Box::new([(0, 0); RECENT]);
        let recent = Recent { period: -1, cells, taken: Vec::with_capacity(RECENT) };
        Self { recent, cells: vec![FREE; 1024], used: 0 }
    }

    /// Adds rows of one period, each with its size, quality and images.
    pub(super) fn rows(
        &mut self,
        period: i32,
        rows: impl Iterator<Item = (u32, u32, u64)>,
    ) -> Result<(), AggregateError> {
        self.turn(period)?;
        for (size, quality, images) in rows {
            if !self.recent.add(size, quality, images)? {
                self.add(GroupKey::new(period, [size, quality, 0, 0]), 1, images)?;
            }
        }
        Ok(())
    }

    /// Adds a row with its images to the group of its period, size, quality, listing and tag.
    #[inline]
    pub(super) fn row(
        &mut self,
        period: i32,
        words: [u32; 4],
        images: u64,
    ) -> Result<(), AggregateError> {
        let [size, quality, listing, tag] = words;
        if (listing | tag) == 0 {
            self.turn(period)?;
            if self.recent.add(size, quality, images)? {
                return Ok(());
            }
        }
        self.add(GroupKey::new(period, words), 1, images)
    }

    /// Adds a row that gives back images of a group.
    pub(super) fn refund(
        &mut self,
        period: i32,
        words: [u32; 4],
        images: u64,
    ) -> Result<(), AggregateError> {
        self.add(GroupKey::new(period, words).of_refunds(), 1, images)
    }

    /// Makes a period the one that was met last.
    #[inline]
    fn turn(&mut self, period: i32) -> Result<(), AggregateError> {
        if period != self.recent.period {
            self.settle()?;
            self.recent.period = period;
        }
        Ok(())
    }

    /// Puts the recent sums to the others. Before, [`GroupTable::groups`] lacks them.
    pub(super) fn settle(&mut self) -> Result<(), AggregateError> {
        let mut taken = std::mem::take(&mut self.recent.taken);
        for place in taken.drain(..) {
            let (rows, images) = std::mem::take(&mut self.recent.cells[place]);
            let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            let qualities = RECENT_QUALITIES as usize;
            let words = [narrow(place / qualities), narrow(place % qualities), 0, 0];
            self.add(GroupKey::new(self.recent.period, words), rows, images)?;
        }
        self.recent.taken = taken;
        Ok(())
    }

    /// Adds rows and their images to a group.
    fn add(&mut self, together: GroupKey, rows: u64, images: u64) -> Result<(), AggregateError> {
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let last = self.cells.len() - 1;
        let mixed = (together.0 ^ together.1.rotate_left(31)).wrapping_mul(MIX);
        let mut at = usize::try_from(mixed >> 36).unwrap_or(0) & last;
        while let Some(cell) = self.cells.get_mut(at) {
            if cell.rows == 0 {
                break;
            }
            if cell.together == together {
                cell.rows += rows;
                cell.images = cell.images.checked_add(images).ok_or(AggregateError::Images)?;
                return Ok(());
            }
            at = (at + 1) & last;
        }
        self.insert(at, GroupSlot { together, rows, images })
    }

    #[cold]
    fn insert(&mut self, at: usize, cell: GroupSlot) -> Result<(), AggregateError> {
        if self.used >= MAX_GROUPS {
            return Err(AggregateError::Groups);
        }
        self.cells[at] = cell;
        self.used += 1;
        if self.used * 2 > self.cells.len() {
            let wider = vec![FREE; self.cells.len() * 2];
            let narrow = std::mem::replace(&mut self.cells, wider);
            self.used = 0;
            for cell in narrow.into_iter().filter(|cell| cell.rows > 0) {
                self.add(cell.together, cell.rows, cell.images)?;
            }
        }
        Ok(())
    }

    /// Every group with its rows and images.
    pub(super) fn groups(&self) -> impl Iterator<Item = (GroupKey, u64, u64)> + '_ {
        let taken = self.cells.iter().filter(|cell| cell.rows > 0);
        taken.map(|cell| (cell.together, cell.rows, cell.images))
    }
}
