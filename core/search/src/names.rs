//! Names of aircraft types, which have several spellings: PA-28, PA 28, PA28.
//!
//! A name becomes one word without hyphens and spaces (`pa28`). The index has this word in addition to
//! the words of the text ([`extract_names`]), and a query has it instead of them ([`rewrite_query`]), so
//! all spellings find the same events. A name is also found by its prefix: PA-28-181 is indexed as
//! `pa28181` and `pa28`.

use std::fmt::Write;

use super::characters::to_ascii_punctuation;

/// The maximum number of pieces of a name.
const MAX_PIECES: usize = 4;
/// The maximum length of a piece of letters and digits.
const MAX_PIECE_LEN: usize = 8;

/// English words that occur before numbers. A name that starts with one of them needs a hyphen, as in
/// AT-502.
const ENGLISH_WORDS: &[&str] = &[
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

/// A run of letters and digits, and the gap between it and the next run.
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

    fn leading_digits(&self) -> usize {
        self.text.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// Such as 28, 28R, 2B19.
    fn is_number(&self) -> bool {
        self.leading_digits() > 0 && self.text.len() <= 5
    }

    fn is_three_digits(&self) -> bool {
        self.text.len() == 3 && self.leading_digits() == 3
    }

    /// Such as PA28, B737.
    fn is_mixed(&self) -> bool {
        self.leading_digits() == 0 && !self.is_word() && self.text.len() <= MAX_PIECE_LEN
    }

    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

fn split_pieces(text: &str) -> Vec<Piece<'_>> {
    let bytes = text.as_bytes();
    let (mut all, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let run_length = |from: usize, inside: bool| {
            let rest = bytes.iter().skip(from);
            rest.take_while(|b| b.is_ascii_alphanumeric() == inside).count()
        };
        let start = at + run_length(at, false);
        let end = start + run_length(start, true);
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

/// How many of the first pieces form one name. 0 if no name starts here.
fn name_length(pieces: &[Piece]) -> usize {
    let [first, second, ..] = pieces else { return 0 };
    let starts_name = match first.gap {
        Gap::Other => false,
        Gap::Hyphen => {
            let is_prefix = first.is_word() && first.text.len() <= 4
                || first.is_mixed()
                || first.is_three_digits();
            is_prefix && second.is_number()
        }
        Gap::Space if first.is_word() => {
            let word = first.text.to_ascii_lowercase();
            let digits = second.leading_digits();
            let is_short_number = digits <= 4 && second.text.len() <= digits + 2;
            word.len() <= 3
                && !ENGLISH_WORDS.contains(&word.as_str())
                && second.is_number()
                && is_short_number
        }
        Gap::Space => (first.is_mixed() || first.is_three_digits()) && second.is_three_digits(),
    };
    if !starts_name {
        return 0;
    }
    let continues = |pair: &[Piece]| match pair {
        [before, next] => match before.gap {
            Gap::Hyphen => next.is_number(),
            Gap::Space => next.is_three_digits() && !first.is_three_digits(),
            Gap::Other => false,
        },
        _ => false,
    };
    let more = pieces.windows(2).skip(1).take(MAX_PIECES - 2).take_while(|pair| continues(pair));
    2 + more.count()
}

/// Finds the names among the pieces of a text, in order.
fn find_names<'p, 't>(pieces: &'p [Piece<'t>]) -> Vec<&'p [Piece<'t>]> {
    let (mut all, mut rest) = (Vec::new(), pieces);
    while !rest.is_empty() {
        let count = name_length(rest);
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

/// Returns the index words for the aircraft names in a text, each followed by a space. A name gives one
/// word per prefix of two or more pieces. It also gives the words from a piece of three digits on,
/// because B-737-800 and B737-800 must be found as 737-800.
pub fn extract_names(text: &str) -> String {
    let text = to_ascii_punctuation(text);
    let pieces = split_pieces(&text);
    let mut all = String::new();
    for name in find_names(&pieces) {
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
            && let Some(number) = model_digits(first)
        {
            let _ = write!(all, "{number}{} ", join(rest.get(..1).unwrap_or_default()));
        }
    }
    all
}

/// The digits 737 of B737.
fn model_digits<'t>(piece: &Piece<'t>) -> Option<&'t str> {
    let number = piece.text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_number = number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit());
    (piece.is_mixed() && is_number).then_some(number)
}

/// Rewrites a query for `websearch_to_tsquery`: with ASCII punctuation, and each aircraft name as one
/// word. A quoted phrase that is exactly one name becomes that word.
pub fn rewrite_query(query: &str) -> String {
    let query = to_ascii_punctuation(query);
    let mut out = String::with_capacity(query.len() + 8);
    let mut parts = query.split('"').enumerate().peekable();
    while let Some((number, part)) = parts.next() {
        if number % 2 == 0 {
            push_words(&mut out, part);
        } else if parts.peek().is_some() {
            push_phrase(&mut out, part);
        } else {
            // An opening quotation mark without a closing one.
            out.push('"');
            push_words(&mut out, part);
        }
    }
    out
}

fn push_phrase(out: &mut String, text: &str) {
    let pieces = split_pieces(text);
    if !pieces.is_empty() && name_length(&pieces) == pieces.len() {
        out.push_str(&join(&pieces));
    } else {
        let _ = write!(out, "\"{}\"", remove_signs(text));
    }
}

fn push_words(out: &mut String, text: &str) {
    let pieces = split_pieces(text);
    let (mut rest, mut done) = (pieces.as_slice(), 0);
    while let Some(first) = rest.first() {
        let name = name_length(rest);
        let hyphenated = hyphenated_length(rest);
        let count = name.max(hyphenated).max(1);
        let (taken, after) = rest.split_at(count);
        let end = taken.last().map_or(first.end(), Piece::end);
        out.push_str(text.get(done..first.start).unwrap_or_default());
        if name > 0 && name == count {
            out.push_str(&join(taken));
        } else if hyphenated > 0 {
            // The index has the pieces as consecutive words.
            let run = text.get(first.start..end).unwrap_or_default();
            let _ = write!(out, "\"{}\"", remove_signs(run));
        } else {
            out.push_str(first.text);
        }
        (rest, done) = (after, end);
    }
    out.push_str(text.get(done..).unwrap_or_default());
}

/// How many pieces are connected by hyphens. 0 if no hyphen is before a digit.
fn hyphenated_length(pieces: &[Piece]) -> usize {
    let count = pieces.iter().take_while(|p| p.gap == Gap::Hyphen).count() + 1;
    let run = pieces.get(..count).unwrap_or_default();
    if run.iter().skip(1).any(|p| p.leading_digits() > 0) { count } else { 0 }
}

/// Replaces hyphens before digits by spaces, because PostgreSQL would parse them as signs.
/// `ntsb.normalize_text` does the same to the indexed text.
pub fn remove_signs(text: &str) -> String {
    let next = text.chars().skip(1).map(Some).chain([None]);
    let replace_sign = |(c, next): (char, Option<char>)| match next {
        Some(next) if c == '-' && next.is_ascii_digit() => ' ',
        _ => c,
    };
    text.chars().zip(next).map(replace_sign).collect()
}

/// Adds to each name in the text of a tsquery the spellings that reports use, for highlighting snippets.
/// The parser of PostgreSQL splits PA-28 in the text into `pa` and the number `-28`.
pub fn expand_names(query: &str) -> String {
    let mut out = String::with_capacity(query.len());
    for (number, part) in query.split('\'').enumerate() {
        if number % 2 == 0 {
            out.push_str(part);
            continue;
        }
        match split_spellings(part).as_slice() {
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

/// The tsquery phrases that a joined name is split into: for pa28, pa28181, 737800.
fn split_spellings(word: &str) -> Vec<String> {
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
    fn all_spellings_of_a_name_become_one_word() {
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
                assert_eq!(rewrite_query(spelling).to_lowercase(), word, "{spelling}");
            }
        }
    }

    #[test]
    fn the_rest_of_a_query_is_unchanged() {
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
            assert_eq!(rewrite_query(query), expected, "{query}");
        }
    }

    #[test]
    fn extracts_names_and_their_prefixes() {
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
            assert_eq!(extract_names(text), expected, "{text}");
        }
    }

    #[test]
    fn expands_names_to_their_spellings() {
        for (query, expected) in [
            ("'engin' & !'don''t'", "'engin' & !'don''t'"),
            ("'pa28' & 'land'", "( 'pa28' | 'pa' <-> '-28' | 'pa' <-> '28' ) & 'land'"),
            ("'pa28181'", "( 'pa28181' | 'pa' <-> '-28' <-> '-181' | 'pa28' <-> '-181' )"),
            ("'737800'", "( '737800' | '737' <-> '-800' | '737' <-> '800' )"),
            ("'1530' | 'n123ab'", "'1530' | 'n123ab'"),
        ] {
            assert_eq!(expand_names(query), expected, "{query}");
        }
    }

    #[test]
    fn a_name_in_a_query_matches_the_same_name_in_a_text() {
        for name in ["PA-28-181", "B737-800", "737 800", "DC 3", "CL-600-2B19", "A-36", "SR 22"] {
            let query = rewrite_query(name);
            assert!(extract_names(name).split(' ').any(|word| word == query), "{name}: {query}");
        }
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_text_does_not_panic(text in "[A-Za-z0-9 \"–é-]{0,40}") {
            let _ = (extract_names(&text), rewrite_query(&text));
        }
    }
}
