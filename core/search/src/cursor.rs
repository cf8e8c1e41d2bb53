//! Page cursors: where a page of results ended, as text that the caller sends back.

use ntsb_schema::hash::hex;
use serde::{Deserialize, Serialize};

/// The last row of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageCursor {
    /// The sort order. A cursor is valid in this order only.
    pub order: String,
    /// The sort value of the row. Null sorts last.
    pub value: Option<String>,
    /// The event of the row, which breaks ties.
    pub ev_id: String,
}

impl PageCursor {
    /// Encodes the cursor as opaque text.
    pub fn encode(&self) -> String {
        // A struct of strings always serializes.
        hex(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Decodes a cursor. Returns `None` if the text is not a cursor of this order.
    pub fn decode(text: &str, order: &str) -> Option<PageCursor> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
        let cursor: PageCursor = serde_json::from_slice(&bytes).ok()?;
        (cursor.order == order).then_some(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_decodes_in_its_own_order_only() {
        let value = Some("Coeur d'Alène".to_owned());
        let cursor = PageCursor { order: "ev_city".into(), value, ev_id: "20100615X00001".into() };
        let text = cursor.encode();
        assert_eq!(PageCursor::decode(&text, "ev_city"), Some(cursor));
        assert_eq!(PageCursor::decode(&text, "ev_state"), None);
        for invalid in ["", "x", "7", "7b", "zz", &text[..10], "é", "+1"] {
            assert_eq!(PageCursor::decode(invalid, "ev_city"), None, "{invalid}");
        }
    }
}
