//! Finds the reports in a text. NTSB's texts contain several of them, copied from web pages and data
//! services with headings, explanations and line breaks.

use crate::groups::wind::parse_wind;
use crate::header::{is_correction, is_station, parse_kind, parse_time};

/// A group in capital letters, or the sign that ends a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A group of a report.
    Group(String),
    /// `=`, or something that cannot be part of a report.
    End,
}

/// Splits a text into groups.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        for (place, part) in word.split('=').enumerate() {
            if place > 0 {
                tokens.push(Token::End);
            }
            push_word(part, &mut tokens);
        }
    }
    tokens
}

fn push_word(word: &str, tokens: &mut Vec<Token>) {
    // A label of an explanation (`ICAO:`) or a comment (`# Query made at`).
    if word.starts_with('#') || word.len() > 2 && word.ends_with(':') {
        tokens.push(Token::End);
    } else if !word.is_empty() {
        let word = word.to_ascii_uppercase();
        match split_glued(&word) {
            Some((first, second)) => {
                tokens.push(Token::Group(first.to_owned()));
                tokens.push(Token::Group(second.to_owned()));
            }
            None => tokens.push(Token::Group(word)),
        }
    }
}

/// Splits groups between which a line break was lost: `23/22A2991` and `T02280217172356Z`.
fn split_glued(word: &str) -> Option<(&str, &str)> {
    let split = |tail: usize| word.split_at_checked(word.len().checked_sub(tail)?);
    if let Some((first, second)) = split(7)
        && parse_time(second).is_some()
        && first.len() >= 5
        && first.strip_prefix('T').unwrap_or(first).bytes().all(|b| b.is_ascii_digit())
    {
        return Some((first, second));
    }
    let (first, second) = split(5)?;
    let is_altimeter =
        second.strip_prefix('A').is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    (is_altimeter && crate::groups::temperature::parse_temperatures(first).is_some())
        .then_some((first, second))
}

/// Splits groups into reports.
pub fn split_reports(tokens: &[Token]) -> Vec<Vec<&str>> {
    let mut reports: Vec<Vec<&str>> = Vec::new();
    let mut is_open = false;
    let mut position = 0;
    while let Some(token) = tokens.get(position) {
        let length = header_length(&tokens[position..], is_open);
        if let Some(length) = length {
            let header = tokens.iter().skip(position).take(length).filter_map(group_of);
            reports.push(header.collect());
            is_open = true;
            position += length;
            continue;
        }
        match (token, reports.last_mut()) {
            (Token::Group(group), Some(report)) if is_open => report.push(group),
            _ => is_open = false,
        }
        position += 1;
    }
    reports
}

fn group_of(token: &Token) -> Option<&str> {
    match token {
        Token::Group(group) => Some(group),
        Token::End => None,
    }
}

/// Number of groups of the header that starts here: kind, station and time, of which some may be
/// missing. `None` if no report starts here. Within a report (`is_open`), only a complete header
/// starts the next one, because remarks may contain times (`LAST 120300Z`).
fn header_length(tokens: &[Token], is_open: bool) -> Option<usize> {
    let group = |at: usize| tokens.get(at).and_then(group_of).unwrap_or("");
    let mut at = 0;
    let (mut has_kind, mut has_station, mut has_time) = (false, false, false);
    // At most: METAR COR KORD METAR 102256Z.
    while at < 5 {
        let text = group(at);
        if parse_kind(text).is_some() && !has_time {
            has_kind = true;
        } else if is_correction(text) && has_kind && !has_time {
        } else if is_station(text) && !has_station && !has_time && is_station_place(tokens, at) {
            has_station = true;
        } else if parse_time(text).is_some() && !has_time {
            has_time = true;
        } else {
            break;
        }
        at += 1;
    }
    let is_body = |text: &str| {
        parse_wind(text).is_some() || is_correction(text) || matches!(text, "AUTO" | "NIL" | "RTD")
    };
    let is_header = match (has_kind, has_station, has_time) {
        (true, true, _) | (true, _, true) => true,
        (false, _, true) => !is_open || is_body(group(at)),
        // A report without a header: NTSB's texts may lack it.
        (false, false, false) => !is_open && parse_wind(group(0)).is_some(),
        _ => false,
    };
    is_header.then_some(at)
}

/// A station is followed by a time, a kind, or (after METAR) by the wind.
fn is_station_place(tokens: &[Token], at: usize) -> bool {
    let next = tokens.get(at + 1).and_then(group_of).unwrap_or("");
    let previous = at.checked_sub(1).and_then(|i| tokens.get(i)).and_then(group_of).unwrap_or("");
    parse_time(next).is_some()
        || is_kind_before_time(tokens, at + 1)
        || (parse_kind(previous).is_some() || is_correction(previous))
            && (matches!(next, "NIL" | "AUTO") || parse_wind(next).is_some())
}

fn is_kind_before_time(tokens: &[Token], at: usize) -> bool {
    let group = |at: usize| tokens.get(at).and_then(group_of).unwrap_or("");
    parse_kind(group(at)).is_some() && parse_time(group(at + 1)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let tokens = tokenize(text);
        split_reports(&tokens).into_iter().map(|report| report.join(" ")).collect()
    }

    #[test]
    fn each_report_of_a_text_is_found() {
        for (text, expected) in [
            ("", vec![]),
            ("garbage", vec![]),
            (
                "Harbor International Airport\n\nLocation\nFAA Identifier:  XYZ \nElevation:  668 ft.",
                vec![],
            ),
            ("Ltg dsnt W", vec![]),
            ("METAR KXYZ 161453Z 07003KT\n   A2998=", vec!["METAR KXYZ 161453Z 07003KT A2998"]),
            (
                "KXYZ 161453Z 07003KT KXYZ 161553Z 08003KT",
                vec!["KXYZ 161453Z 07003KT", "KXYZ 161553Z 08003KT"],
            ),
            ("KXYZ METAR 102256Z 30007KT", vec!["KXYZ METAR 102256Z 30007KT"]),
            ("METAR COR KXYZ 102256Z 30007KT", vec!["METAR COR KXYZ 102256Z 30007KT"]),
            ("221653Z 12010KT 10SM", vec!["221653Z 12010KT 10SM"]),
            ("04008kt 1/2sm -sn", vec!["04008KT 1/2SM -SN"]),
            (
                "METAR KXYZ 161453Z 07003KT RMK LAST 161500Z NEXT 170500Z",
                vec!["METAR KXYZ 161453Z 07003KT RMK LAST 161500Z NEXT 170500Z"],
            ),
            ("METAR KXYZ NIL=", vec!["METAR KXYZ NIL"]),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }

    #[test]
    fn headings_and_explanations_are_no_part_of_a_report() {
        let text = "####\n# Query made at 09/11/2031 15:37:04 UTC\n####\n203104181453 METAR KXYZ 181453Z \
                    07004KT 10SM\n                   T01330022 50007=\n203104181353 METAR KXYZ 181353Z 04004KT=\n";
        assert_eq!(
            split(text),
            ["METAR KXYZ 181453Z 07004KT 10SM T01330022 50007", "METAR KXYZ 181353Z 04004KT"]
        );
        let text =
            "KXYZ 241403Z 14011KT A2990\n\nICAO: KXYZ\nLocation: 44-53N 093-14W\nTime: 24 / 14:03Z";
        assert_eq!(split(text), ["KXYZ 241403Z 14011KT A2990"]);
    }

    #[test]
    fn lost_line_breaks_are_restored() {
        assert_eq!(
            split("172256Z 24011KT RMK T04061078172356Z 23013KT 56024180156Z 22014KT"),
            ["172256Z 24011KT RMK T04061078", "172356Z 23013KT 56024", "180156Z 22014KT"]
        );
        assert_eq!(split("KXYZ 172256Z 23/22A2991 RMK"), ["KXYZ 172256Z 23/22 A2991 RMK"]);
    }
}
