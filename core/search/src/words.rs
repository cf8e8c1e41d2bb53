//! Reads the words of a document from the binary form of a tsvector, `tsvectorsend(words)`.
//!
//! The form is a count, then for each lexeme its bytes, a zero byte, the number of its positions and
//! the positions. A position is two bytes, with the weight (D to A) in the upper two bits. All numbers
//! are big-endian.

/// What a position adds to the count of its word, by weight D, C, B, A. The probable cause has weight
/// A and counts most.
const POSITION_COUNTS: [u32; 4] = [1, 1, 1, 3];

/// The bytes are not a valid tsvector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed tsvector")]
pub struct MalformedTsvector;

/// Calls `visit` for each lexeme with its weighted count.
pub fn for_each_lexeme<'b>(
    bytes: &'b [u8],
    mut visit: impl FnMut(&'b str, u32),
) -> Result<(), MalformedTsvector> {
    const ERROR: MalformedTsvector = MalformedTsvector;
    let (count, mut rest) = bytes.split_first_chunk::<4>().ok_or(ERROR)?;
    for _ in 0..u32::from_be_bytes(*count) {
        let end = rest.iter().position(|b| *b == 0).ok_or(ERROR)?;
        let (lexeme, after) = rest.split_at(end);
        let lexeme = std::str::from_utf8(lexeme).map_err(|_| ERROR)?;
        let (count, after) = after.get(1..).ok_or(ERROR)?.split_first_chunk::<2>().ok_or(ERROR)?;
        let length = 2 * usize::from(u16::from_be_bytes(*count));
        let (positions, after) = after.split_at_checked(length).ok_or(ERROR)?;
        let (positions, _) = positions.as_chunks::<2>();
        let weighted =
            positions.iter().map(|p| POSITION_COUNTS[usize::from(p[0] >> 6)]).sum::<u32>();
        // A lexeme without positions counts once.
        visit(lexeme, weighted.max(1));
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_words_with_and_without_positions() {
        // tsvectorsend('fuel:1A,9 tank'::tsvector)
        let bytes = b"\0\0\0\x02fuel\0\0\x02\xc0\x01\0\x09tank\0\0\0";
        let mut seen = Vec::new();
        let result = for_each_lexeme(bytes, |word, count| seen.push((word.to_owned(), count)));
        assert_eq!(result, Ok(()));
        assert_eq!(seen, [("fuel".to_owned(), 4), ("tank".to_owned(), 1)]);
        for cut in 0..bytes.len() {
            assert_eq!(for_each_lexeme(&bytes[..cut], |_, _| ()), Err(MalformedTsvector), "{cut}");
        }
    }

    proptest! {
        #[test]
        fn malformed_bytes_do_not_panic(bytes: Vec<u8>) {
            let _ = for_each_lexeme(&bytes, |_, _| ());
        }
    }
}
