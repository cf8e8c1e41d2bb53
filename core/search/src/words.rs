//! The words of a document as PostgreSQL sends a tsvector: `tsvectorsend(words)`.
//!
//! A count, then for each lexeme its bytes and a zero, the number of its positions, and the
//! positions, two bytes each, the weight (D to A) in the upper two bits. All numbers big-endian.

/// How often a place in the text counts, by weight D, C, B, A. The probable cause (A) is what
/// people look for.
const COUNTS: [u32; 4] = [1, 1, 1, 3];

/// Not what PostgreSQL sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the words of a document are damaged")]
pub struct Damaged;

/// Calls `see` for each lexeme with its weighted count.
pub fn each<'b>(bytes: &'b [u8], mut see: impl FnMut(&'b str, u32)) -> Result<(), Damaged> {
    let (count, mut rest) = bytes.split_first_chunk::<4>().ok_or(Damaged)?;
    for _ in 0..u32::from_be_bytes(*count) {
        let end = rest.iter().position(|b| *b == 0).ok_or(Damaged)?;
        let (lexeme, after) = rest.split_at(end);
        let lexeme = std::str::from_utf8(lexeme).map_err(|_| Damaged)?;
        let (places, after) =
            after.get(1..).ok_or(Damaged)?.split_first_chunk::<2>().ok_or(Damaged)?;
        let length = 2 * usize::from(u16::from_be_bytes(*places));
        let (places, after) = after.split_at_checked(length).ok_or(Damaged)?;
        let (places, _) = places.as_chunks::<2>();
        let weighted = places.iter().map(|p| COUNTS[usize::from(p[0] >> 6)]).sum::<u32>();
        // Without positions it stands there once.
        see(lexeme, weighted.max(1));
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_with_and_without_positions() {
        // tsvectorsend('fuel:1A,9 tank'::tsvector)
        let bytes = b"\0\0\0\x02fuel\0\0\x02\xc0\x01\0\x09tank\0\0\0";
        let mut seen = Vec::new();
        assert_eq!(each(bytes, |word, count| seen.push((word.to_owned(), count))), Ok(()));
        assert_eq!(seen, [("fuel".to_owned(), 4), ("tank".to_owned(), 1)]);
        for cut in 0..bytes.len() {
            assert_eq!(each(&bytes[..cut], |_, _| ()), Err(Damaged), "{cut}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = each(&bytes, |_, _| ());
        }
    }
}
