//! What a search reads: a question as PostgreSQL gives it, a page cursor of a caller, and the words of
//! a document.

use ntsb_search::{Cursor, query, words};

/// The first byte says which.
pub fn search(data: &[u8]) {
    match data {
        [0, rest @ ..] => {
            let _ = words::each(rest, |word, count| assert!(count > 0, "{word}"));
        }
        [1, rest @ ..] => cursor(&String::from_utf8_lossy(rest)),
        [_, rest @ ..] => question(&String::from_utf8_lossy(rest)),
        [] => {}
    }
}

fn cursor(text: &str) {
    if let Some(cursor) = Cursor::decode(text, "ev_date DESC") {
        assert_eq!(Cursor::decode(&cursor.encode(), "ev_date DESC"), Some(cursor));
    }
}

fn question(text: &str) {
    if let Ok(question) = query::Question::parse(text) {
        assert!(question.wanted().iter().all(|at| *at < question.terms.len()));
    }
}
