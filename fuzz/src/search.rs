//! Search inputs: tsqueries, page cursors and the words of a document.

use ntsb_search::query::SearchQuery;
use ntsb_search::{PageCursor, words};

/// Parses the words of a document, a page cursor or a query, selected by the first byte.
pub fn fuzz_search(data: &[u8]) {
    match data {
        [0, rest @ ..] => {
            let _ = words::for_each_lexeme(rest, |word, count| assert!(count > 0, "{word}"));
        }
        [1, rest @ ..] => check_cursor(&String::from_utf8_lossy(rest)),
        [_, rest @ ..] => check_query(&String::from_utf8_lossy(rest)),
        [] => {}
    }
}

fn check_cursor(text: &str) {
    if let Some(cursor) = PageCursor::decode(text, "ev_date DESC") {
        assert_eq!(PageCursor::decode(&cursor.encode(), "ev_date DESC"), Some(cursor));
    }
}

fn check_query(text: &str) {
    if let Ok(query) = SearchQuery::parse(text) {
        assert!(query.positive_terms().iter().all(|at| *at < query.terms.len()));
    }
}
