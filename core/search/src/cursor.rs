//! The place where a page of results ended, as text that a person hands back.

use ntsb_schema::hash::hex;
use serde::{Deserialize, Serialize};

/// The last row of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The order that the place is in; it means nothing in another one.
    pub order: String,
    /// What the rows are ordered by; null comes last.
    pub value: Option<String>,
    /// Which of the rows with that value.
    pub ev_id: String,
}

impl Cursor {
    /// As text without meaning for anyone else.
    pub fn encode(&self) -> String {
        // Two strings and a choice always are JSON.
        hex(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// `None` for text that is no cursor of this order.
    pub fn decode(text: &str, order: &str) -> Option<Cursor> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
        let cursor: Cursor = serde_json::from_slice(&bytes).ok()?;
        (cursor.order == order).then_some(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_in_its_own_order_only() {
        let value = Some("Coeur d'Alène".to_owned());
        let here = Cursor { order: "ev_city".into(), value, ev_id: "20100615X00001".into() };
        let text = here.encode();
        assert_eq!(Cursor::decode(&text, "ev_city"), Some(here));
        assert_eq!(Cursor::decode(&text, "ev_state"), None);
        for wrong in ["", "x", "7", "7b", "zz", &text[..10], "é", "+1"] {
            assert_eq!(Cursor::decode(wrong, "ev_city"), None, "{wrong}");
        }
    }
}
