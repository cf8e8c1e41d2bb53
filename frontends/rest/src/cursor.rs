//! Page cursors of lists that are sorted by several values. A cursor has the values of the last row, as a base64 JSON
//! array of strings. The next page starts after them, whatever was loaded in between.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::error::Problem;

/// SQL of the column next_page. It is set in the last row of a page if there is one more row.
pub const NEXT_PAGE_COLUMN: &str = "
    CASE WHEN p.n = $1 AND (SELECT count(*) FROM page) > $1 THEN
        translate(encode(convert_to(p.cursor::text, 'UTF8'), 'base64'), E'+/=\\n', '-_') END AS next_page";

/// The values of a cursor, or as many nulls for the first page.
pub fn decode_cursor(
    page: Option<&str>,
    types: &[CursorValue],
) -> Result<Vec<Option<String>>, Problem> {
    let Some(page) = page else { return Ok(vec![None; types.len()]) };
    let invalid = || {
        let shown: String = page.chars().take(200).collect();
        Problem::bad_input(format!("invalid page cursor {shown:?}"))
            .hint("Use next_page of the previous response, with the same parameters.")
    };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(page).map_err(|_| invalid())?;
    let values: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| invalid())?;
    let is_valid =
        values.len() == types.len() && types.iter().zip(&values).all(|(t, v)| t.is_valid(v));
    if is_valid { Ok(values.into_iter().map(Some).collect()) } else { Err(invalid()) }
}

/// The type of a value, which PostgreSQL must be able to parse.
#[derive(Clone, Copy)]
pub enum CursorValue {
    Integer,
    Float,
    Text,
}

impl CursorValue {
    fn is_valid(self, value: &str) -> bool {
        match self {
            CursorValue::Integer => value.parse::<i64>().is_ok(),
            CursorValue::Float => value.parse::<f64>().is_ok_and(f64::is_finite),
            CursorValue::Text => value.len() <= 1_000 && !value.contains('\0'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_must_have_values_of_the_right_types() {
        let types = [CursorValue::Integer, CursorValue::Text];
        let decode = |text: &str| {
            let page = BASE64_URL_SAFE_NO_PAD.encode(text);
            decode_cursor(Some(&page), &types).ok()
        };
        assert_eq!(
            decode(r#"["-7", "Piper"]"#),
            Some(vec![Some("-7".into()), Some("Piper".into())])
        );
        for bad in [r#"["x", "Piper"]"#, r#"["1"]"#, r#"["1", "a\u0000"]"#, "[]", "x", "[1, 2]"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert!(decode_cursor(Some("%"), &types).is_err());
        assert_eq!(decode_cursor(None, &types).ok(), Some(vec![None, None]));
    }
}
