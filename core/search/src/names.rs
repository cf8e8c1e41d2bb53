//! Names of types of aircraft, which everybody writes in another way: PA-28, PA 28, PA28.
//!
//! Such a name becomes one word without hyphens and spaces (`pa28`), in the index beside the words of
//! the text ([`joined`]) and in a query in their place ([`rewrite`]), so that all spellings find the
//! same events. A longer name is found by its beginning: PA-28-181 is `pa28181` and `pa28`.

use std::fmt::Write;

use super::characters::plain;

/// Pieces of one name at most, and characters of one piece.
const MOST_PIECES: usize = 4;
const LONGEST_PIECE: usize = 8;

/// English words that stand before numbers; a name with one of them needs a hyphen, as in AT-502.
const WORDS: &[&str] = &[
    "a", "all", "am", "an", "and", "any", "are", "as", "at", "but", "by", "can", "did", "for",
    "had", "has", "he", "her", "his", "i", "if", "in", "is", "it", "its", "me", "my", "no", "nor",
    "not", "of", "off", "on", "or", "our", "out", "own", "per", "she", "so", "the", "to", "too",
    "two", "up", "us", "was", "we", "who", "you",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Hyphen,
    Space,
    Other,
}

/// A run of letters and digits, and what stands between it and the next.
#[derive(Debug, Clone, Copy)]
struct Piece<'t> {
    text: &'t str,
    start: usize,
    gap: Gap,
}

impl Piece<'_> {
    fn is_word(&self) -> bool {
        self.text.bytes().all(|b| b.is_ascii_alphabetic())
    }

    fn digits(&self) -> usize {
        self.text.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// 28, 28R, 2B19.
    fn is_number(&self) -> bool {
        self.digits() > 0 && self.text.len() <= 5
    }

    fn is_three_digits(&self) -> bool {
        self.text.len() == 3 && self.digits() == 3
    }

    /// PA28, B737.
    fn is_mixed(&self) -> bool {
        self.digits() == 0 && !self.is_word() && self.text.len() <= LONGEST_PIECE
    }

    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let bytes = text.as_bytes();
    let (mut all, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let length = |from: usize, inside: bool| {
            let rest = bytes.iter().skip(from);
            rest.take_while(|b| b.is_ascii_alphanumeric() == inside).count()
        };
        let start = at + length(at, false);
        let end = start + length(start, true);
        let gap = match (bytes.get(end), bytes.get(end + 1).map(u8::is_ascii_alphanumeric)) {
            (Some(b'-'), Some(true)) => Gap::Hyphen,
            (Some(b' '), Some(true)) => Gap::Space,
            _ => Gap::Other,
        };
        if let Some(piece) = text.get(start..end).filter(|piece| !piece.is_empty()) {
            all.push(Piece { text: piece, start, gap });
        }
        at = end;
    }
    all
}

/// How many pieces from the first on are one name; 0 where it begins none.
fn length(pieces: &[Piece]) -> usize {
    let [first, second, ..] = pieces else { return 0 };
    let begins = match first.gap {
        Gap::Other => false,
        Gap::Hyphen => {
            let opens = first.is_word() && first.text.len() <= 4
                || first.is_mixed()
                || first.is_three_digits();
            opens && second.is_number()
        }
        Gap::Space if first.is_word() => {
            let word = first.text.to_ascii_lowercase();
            let plain_number = second.digits() <= 4 && second.text.len() <= second.digits() + 2;
            word.len() <= 3 && !WORDS.contains(&word.as_str()) && second.is_number() && plain_number
        }
        Gap::Space => (first.is_mixed() || first.is_three_digits()) && second.is_three_digits(),
    };
    if !begins {
        return 0;
    }
    let goes_on = |pair: &[Piece]| match pair {
        [before, next] => match before.gap {
            Gap::Hyphen => next.is_number(),
            Gap::Space => next.is_three_digits() && !first.is_three_digits(),
            Gap::Other => false,
        },
        _ => false,
    };
    let more = pieces.windows(2).skip(1).take(MOST_PIECES - 2).take_while(|pair| goes_on(pair));
    2 + more.count()
}

/// The names in a text, each as its pieces, in order.
fn names<'p, 't>(pieces: &'p [Piece<'t>]) -> Vec<&'p [Piece<'t>]> {
    let (mut all, mut rest) = (Vec::new(), pieces);
    while !rest.is_empty() {
        let count = length(rest);
        let (name, after) = rest.split_at(count.max(1));
        if count > 0 {
            all.push(name);
        }
        rest = after;
    }
    all
}

fn join(pieces: &[Piece]) -> String {
    pieces.iter().flat_map(|p| p.text.chars()).map(|c| c.to_ascii_lowercase()).collect()
}

/// What the names in a text are found by: each joined, and joined up to each of its pieces; and, as 737-800 is
/// part of B-737-800 and B737-800, from a piece of three digits on.
pub fn joined(text: &str) -> String {
    let text = plain(text);
    let pieces = pieces(&text);
    let mut all = String::new();
    for name in names(&pieces) {
        let starts = (0..name.len())
            .filter(|at| *at == 0 || name.get(*at).is_some_and(Piece::is_three_digits));
        for start in starts {
            for end in start + 2..=name.len() {
                if let Some(part) = name.get(start..end) {
                    let _ = write!(all, "{} ", join(part));
                }
            }
        }
        if let [first, rest @ ..] = name
            && let Some(number) = digits_of(first)
        {
            let _ = write!(all, "{number}{} ", join(rest.get(..1).unwrap_or_default()));
        }
    }
    all
}

/// 737 of B737.
fn digits_of<'t>(piece: &Piece<'t>) -> Option<&'t str> {
    let number = piece.text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_number = number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit());
    (piece.is_mixed() && is_number).then_some(number)
}

/// A query as `websearch_to_tsquery` is to read it: with the characters of a keyboard, and names as one word.
/// A quotation that is a name and nothing else is that name.
pub fn rewrite(query: &str) -> String {
    let query = plain(query);
    let mut out = String::with_capacity(query.len() + 8);
    let mut parts = query.split('"').enumerate().peekable();
    while let Some((number, part)) = parts.next() {
        if number % 2 == 0 {
            words(&mut out, part);
        } else if parts.peek().is_some() {
            phrase(&mut out, part);
        } else {
            // A quotation mark without its other half.
            out.push('"');
            words(&mut out, part);
        }
    }
    out
}

fn phrase(out: &mut String, text: &str) {
    let found = pieces(text);
    if !found.is_empty() && length(&found) == found.len() {
        out.push_str(&join(&found));
    } else {
        let _ = write!(out, "\"{}\"", unsigned(text));
    }
}

fn words(out: &mut String, text: &str) {
    let pieces = pieces(text);
    let (mut rest, mut done) = (pieces.as_slice(), 0);
    while let Some(first) = rest.first() {
        let name = length(rest);
        let hyphened = hyphened(rest);
        let count = name.max(hyphened).max(1);
        let (taken, after) = rest.split_at(count);
        let end = taken.last().map_or(first.end(), Piece::end);
        out.push_str(text.get(done..first.start).unwrap_or_default());
        if name > 0 && name == count {
            out.push_str(&join(taken));
        } else if hyphened > 0 {
            // As the text reads: words that follow each other.
            let _ = write!(out, "\"{}\"", unsigned(text.get(first.start..end).unwrap_or_default()));
        } else {
            out.push_str(first.text);
        }
        (rest, done) = (after, end);
    }
    out.push_str(text.get(done..).unwrap_or_default());
}

/// How many pieces hang together by hyphens, of which one stands before a digit; 0 for none.
fn hyphened(pieces: &[Piece]) -> usize {
    let count = pieces.iter().take_while(|p| p.gap == Gap::Hyphen).count() + 1;
    let run = pieces.get(..count).unwrap_or_default();
    if run.iter().skip(1).any(|p| p.digits() > 0) { count } else { 0 }
}

/// Without the hyphens before digits, which PostgreSQL takes for signs; `ntsb.search_text` does the same to
/// what is indexed.
pub fn unsigned(text: &str) -> String {
    let next = text.chars().skip(1).map(Some).chain([None]);
    let is_sign = |(c, next): (char, Option<char>)| match next {
        Some(next) if c == '-' && next.is_ascii_digit() => ' ',
        _ => c,
    };
    text.chars().zip(next).map(is_sign).collect()
}

/// The text of a tsquery with each name also as reports write it, for showing where it stands: in the text
/// itself, PA-28 is `pa` and the number `-28`.
pub fn as_written(query: &str) -> String {
    let mut out = String::with_capacity(query.len());
    for (number, part) in query.split('\'').enumerate() {
        if number % 2 == 0 {
            out.push_str(part);
            continue;
        }
        match spellings(part).as_slice() {
            [] => {
                let _ = write!(out, "'{part}'");
            }
            others => {
                let _ = write!(out, "( '{part}' | {} )", others.join(" | "));
            }
        }
    }
    out
}

/// Letters and numbers of two and three digits as they are split: pa28, pa28181, 737800.
fn spellings(word: &str) -> Vec<String> {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, number) = word.split_at(letters);
    let is_number = number.bytes().all(|b| b.is_ascii_digit());
    let (first, last) = number.split_at_checked(number.len().saturating_sub(3)).unwrap_or_default();
    match (letters, number.len()) {
        (1..=4, 1..=4) if is_number => {
            vec![format!("'{name}' <-> '-{number}'"), format!("'{name}' <-> '{number}'")]
        }
        (1..=4, 5..=6) if is_number => vec![
            format!("'{name}' <-> '-{first}' <-> '-{last}'"),
            format!("'{name}{first}' <-> '-{last}'"),
        ],
        (0, 6) if is_number => {
            vec![format!("'{first}' <-> '-{last}'"), format!("'{first}' <-> '{last}'")]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_in_all_its_spellings() {
        for (spellings, word) in [
            (&["PA-28", "PA 28", "pa28", "\"PA 28\"", "PA\u{2011}28", "\"PA-28\""][..], "pa28"),
            (&["PA-28-181", "PA28-181", "PA 28-181", "PA-28 181", "PA 28 181"], "pa28181"),
            (&["737-800", "737 800", "737\u{2013}800"], "737800"),
            (&["DC-3", "DC 3", "dc3"], "dc3"),
            (&["F-16", "F 16", "F16"], "f16"),
            (&["T-6G", "T 6G"], "t6g"),
            (&["CL-600-2B19"], "cl6002b19"),
            (&["AT-502", "AT502"], "at502"),
        ] {
            for spelling in spellings {
                assert_eq!(rewrite(spelling).to_lowercase(), word, "{spelling}");
            }
        }
    }

    #[test]
    fn the_rest_of_a_query_stays_as_it_was_typed() {
        for (query, expected) in [
            ("engine \"lost power\" -fuel", "engine \"lost power\" -fuel"),
            ("\u{201C}engine power\u{201D} \u{2013}fuel", "\"engine power\" -fuel"),
            ("-PA-28 landing", "-pa28 landing"),
            ("-\"PA 28\" OR DC-3", "-pa28 OR dc3"),
            ("runway 28 at 500 feet", "runway 28 at 500 feet"),
            ("PA -28", "PA -28"),
            ("cessna -172", "cessna -172"),
            ("CESSNA-172", "\"CESSNA 172\""),
            ("-CESSNA-172", "-\"CESSNA 172\""),
            ("\"a PA-28 airplane\"", "\"a PA 28 airplane\""),
            ("19-year-old", "19-year-old"),
            ("2008-05-12", "\"2008 05 12\""),
            ("N123AB, N-9", "N123AB, n9"),
            ("\"PA-28", "\"pa28"),
            ("PA OR 28", "PA OR 28"),
            ("é-5 ü", "é-5 ü"),
            ("", ""),
        ] {
            assert_eq!(rewrite(query), expected, "{query}");
        }
    }

    #[test]
    fn a_text_gives_its_names_and_what_they_begin_with() {
        for (text, expected) in [
            ("A PIPER PA-28-181, N123AB, hit", "pa28 pa28181 "),
            ("Boeing B-737-800", "b737 b737800 737800 "),
            ("Boeing B737-800", "b737800 737800 "),
            ("the Boeing 737 800 landed", "737800 "),
            ("at 1530 on 28 May, 28-year-old, 30-foot wing, to 5 miles", ""),
            ("runway 28, 1,500 feet; 2008-05-12", ""),
            ("DC-9-32/F 16", "dc9 dc932 f16 "),
            ("", ""),
        ] {
            assert_eq!(joined(text), expected, "{text}");
        }
    }

    #[test]
    fn names_are_shown_as_they_are_written() {
        for (query, expected) in [
            ("'engin' & !'don''t'", "'engin' & !'don''t'"),
            ("'pa28' & 'land'", "( 'pa28' | 'pa' <-> '-28' | 'pa' <-> '28' ) & 'land'"),
            ("'pa28181'", "( 'pa28181' | 'pa' <-> '-28' <-> '-181' | 'pa28' <-> '-181' )"),
            ("'737800'", "( '737800' | '737' <-> '-800' | '737' <-> '800' )"),
            ("'1530' | 'n123ab'", "'1530' | 'n123ab'"),
        ] {
            assert_eq!(as_written(query), expected, "{query}");
        }
    }

    #[test]
    fn whatever_is_a_name_in_a_query_is_found_in_a_text() {
        for name in ["PA-28-181", "B737-800", "737 800", "DC 3", "CL-600-2B19", "A-36", "SR 22"] {
            let asked = rewrite(name);
            assert!(joined(name).split(' ').any(|word| word == asked), "{name}: {asked}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[A-Za-z0-9 \"–é-]{0,40}") {
            let _ = (joined(&text), rewrite(&text));
        }
    }
}
