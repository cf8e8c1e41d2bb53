//! COPY in binary format, as a stream that is cut anywhere.

use super::{ArchiveError, Value};

/// Signature, flags and no extension.
pub const HEADER: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
pub const TRAILER: &[u8; 2] = b"\xff\xff";

/// Takes a stream apart into rows.
#[derive(Default)]
pub struct CopyReader {
    pending: Vec<u8>,
    begun: bool,
    ended: bool,
}

impl CopyReader {
    /// Takes more of the stream and hands on the rows that are whole now.
    pub fn push(
        &mut self,
        bytes: &[u8],
        mut each: impl FnMut(&[Value]) -> Result<(), ArchiveError>,
    ) -> Result<(), ArchiveError> {
        self.pending.extend_from_slice(bytes);
        let mut rest = self.pending.as_slice();
        if !self.begun {
            let Some((head, tail)) = rest.split_at_checked(HEADER.len()) else { return Ok(()) };
            if head != HEADER {
                return Err(ArchiveError::NotCopy);
            }
            (self.begun, rest) = (true, tail);
        }
        let mut row = Vec::new();
        while !self.ended {
            row.clear();
            match take_row(rest, &mut row)? {
                Taken::Row(tail) => {
                    each(&row)?;
                    rest = tail;
                }
                Taken::Cut => break,
                Taken::End => self.ended = true,
            }
        }
        let left = rest.len();
        self.pending.drain(..self.pending.len() - left);
        Ok(())
    }

    /// Refuses a stream that ended in the midst.
    pub fn finish(self) -> Result<(), ArchiveError> {
        if self.ended { Ok(()) } else { Err(ArchiveError::NotCopy) }
    }
}

enum Taken<'a> {
    Row(&'a [u8]),
    /// More is to come.
    Cut,
    End,
}

fn take_row<'a>(bytes: &'a [u8], row: &mut Vec<Value<'a>>) -> Result<Taken<'a>, ArchiveError> {
    let Some((count, mut rest)) = bytes.split_first_chunk::<2>() else { return Ok(Taken::Cut) };
    let count = i16::from_be_bytes(*count);
    if count == -1 {
        return Ok(Taken::End);
    }
    for _ in 0..usize::try_from(count).map_err(|_| ArchiveError::NotCopy)? {
        let Some((length, tail)) = rest.split_first_chunk::<4>() else { return Ok(Taken::Cut) };
        rest = tail;
        match i32::from_be_bytes(*length) {
            -1 => row.push(None),
            length => {
                let length = usize::try_from(length).map_err(|_| ArchiveError::NotCopy)?;
                let Some((value, tail)) = rest.split_at_checked(length) else {
                    return Ok(Taken::Cut);
                };
                row.push(Some(value));
                rest = tail;
            }
        }
    }
    Ok(Taken::Row(rest))
}
