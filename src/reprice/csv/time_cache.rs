//! A column of times as days. Most logs are in order, and write all times alike: then a time has
//! date and hour of the one before it, and of the rest it is enough to see that it is one.

use super::super::batch::day_cell;
use super::super::dictionary::ReadOptions;
use super::delimiters::FieldEnds;

/// What is at the end of `…T23:59:59`: no more than this is looked at.
const SECONDS: &[u8; 8] = b"00:00:00";
/// The same of `…T23:59:59Z`.
const ZULU: &[u8; 8] = b"0:00:00Z";

/// What, added to each byte's difference from that end, does not reach the high bit where the byte
/// may stand there: a digit, one of the first six or three digits, or the byte itself.
const SECONDS_ROOM: [u8; 8] = [0x7d, 0x76, 0x7f, 0x7a, 0x76, 0x7f, 0x7a, 0x76];
/// The same of `…T23:59:59Z`.
const ZULU_ROOM: [u8; 8] = [0x76, 0x7f, 0x7a, 0x76, 0x7f, 0x7a, 0x76, 0x7f];

const HIGH: u64 = 0x8080_8080_8080_8080;

/// The time that was read last, where it is of a shape that most times have.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TimeCache {
    /// The length of its text; nothing is as short as that of no time at all.
    length: usize,
    /// Its first eight bytes, and those up to and with its hour.
    hour: [u64; 2],
    /// How it ends, and the room within that.
    end: u64,
    room: u64,
    cell: u64,
}

#[inline]
fn eight(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..at + 8)?.first_chunk::<8>()?))
}

impl TimeCache {
    /// Puts the days of the times at these places into `cells`. Not inlined, so that all that the
    /// loop needs stays in registers.
    #[inline(never)]
    pub(super) fn cells(
        &mut self,
        options: &ReadOptions,
        bytes: &[u8],
        fields: FieldEnds<'_>,
        cells: &mut [u64],
    ) {
        let mut last = *self;
        for (cell, (from, to)) in cells.iter_mut().zip(fields) {
            if last.is_hour_of(bytes, from, to) != Some(true) {
                last = Self::parse(options, bytes, from, to);
            }
            *cell = last.cell;
        }
        *self = last;
    }

    /// Whether a time is one of the same hour.
    #[inline]
    fn is_hour_of(&self, bytes: &[u8], from: usize, to: usize) -> Option<bool> {
        let hour = [eight(bytes, from)?, eight(bytes, from + 5)?];
        let end = eight(bytes, to.saturating_sub(8))? ^ self.end;
        let clock = (end | end.wrapping_add(self.room)) & HIGH == 0;
        Some(to - from == self.length && hour == self.hour && clock)
    }

    /// Reads a time, whatever shape it has.
    #[cold]
    #[inline(never)]
    fn parse(options: &ReadOptions, bytes: &[u8], from: usize, to: usize) -> Self {
        let cell = day_cell(options.day_of(bytes.get(from..to).unwrap_or_default()));
        let (end, room) = match to - from {
            // A form of its own may put anything where others have the hour.
            _ if options.time_format.is_some() => return Self { cell, ..Self::default() },
            19 => (SECONDS, SECONDS_ROOM),
            20 => (ZULU, ZULU_ROOM),
            _ => return Self { cell, ..Self::default() },
        };
        let (end, room) = (u64::from_le_bytes(*end), u64::from_le_bytes(room));
        let hour = [from, from + 5].map(|at| eight(bytes, at).unwrap_or_default());
        let last = Self { length: to - from, hour, end, room, cell };
        if last.is_hour_of(bytes, from, to) == Some(true) {
            last
        } else {
            Self { length: 0, ..last }
        }
    }
}
