//! Splits a binary COPY stream into rows. The stream arrives in chunks of any size.

use super::{ArchiveError, Value};

/// The header of a binary COPY stream: signature, no flags, no extension.
pub const COPY_HEADER: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// The trailer of a binary COPY stream.
pub const COPY_TRAILER: &[u8; 2] = b"\xff\xff";

/// Splits a stream into rows.
#[derive(Default)]
pub struct CopyReader {
    pending: Vec<u8>,
    has_header: bool,
    has_trailer: bool,
}

impl CopyReader {
    /// Adds a chunk of the stream and calls `on_row` for each row that is complete.
    pub fn push(
        &mut self,
        bytes: &[u8],
        mut on_row: impl FnMut(&[Value]) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        self.pending.extend_from_slice(bytes);
        let mut rest = self.pending.as_slice();
        if !self.has_header {
            let Some((head, tail)) = rest.split_at_checked(COPY_HEADER.len()) else {
                return Ok(());
            };
            if head != COPY_HEADER {
                return Err(ArchiveError::MalformedCopy);
            }
            (self.has_header, rest) = (true, tail);
        }
        let mut row = Vec::new();
        while !self.has_trailer {
            row.clear();
            match parse_row(rest, &mut row)? {
                Parsed::Row(tail) => {
                    on_row(&row)?;
                    rest = tail;
                }
                Parsed::Incomplete => break,
                Parsed::Trailer => self.has_trailer = true,
            }
        }
        let left = rest.len();
        self.pending.drain(..self.pending.len() - left);
        Ok(())
    }

    /// Fails if the stream ended before its trailer.
    pub fn finish(self) -> Result<(), ArchiveError> {
        if self.has_trailer { Ok(()) } else { Err(ArchiveError::MalformedCopy) }
    }
}

enum Parsed<'a> {
    /// A row, and the bytes after it.
    Row(&'a [u8]),
    /// The rest of the row has not arrived yet.
    Incomplete,
    Trailer,
}

fn parse_row<'a>(bytes: &'a [u8], row: &mut Vec<Value<'a>>) -> Result<Parsed<'a>, ArchiveError> {
    let Some((count, mut rest)) = bytes.split_first_chunk::<2>() else {
        return Ok(Parsed::Incomplete);
    };
    let count = i16::from_be_bytes(*count);
    if count == -1 {
        return Ok(Parsed::Trailer);
    }
    for _ in 0..usize::try_from(count).map_err(|_| ArchiveError::MalformedCopy)? {
        let Some((length, tail)) = rest.split_first_chunk::<4>() else {
            return Ok(Parsed::Incomplete);
        };
        rest = tail;
        match i32::from_be_bytes(*length) {
            -1 => row.push(None),
            length => {
                let length = usize::try_from(length).map_err(|_| ArchiveError::MalformedCopy)?;
                let Some((value, tail)) = rest.split_at_checked(length) else {
                    return Ok(Parsed::Incomplete);
                };
                row.push(Some(value));
                rest = tail;
            }
        }
    }
    Ok(Parsed::Row(rest))
}
