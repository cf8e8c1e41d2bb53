//! Page cursors of lists that are ordered by several values: the values of the last row, as a JSON array of
//! texts in base64. The next page begins after them, whatever was loaded meanwhile.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::error::Problem;

/// SQL for the column next_page: that of the last row of a page, if there is one more row.
pub const NEXT: &str = "
    CASE WHEN p.n = $1 AND (SELECT count(*) FROM page) > $1 THEN
        translate(encode(convert_to(p.cursor::text, 'UTF8'), 'base64'), E'+/=\\n', '-_') END AS next_page";

/// The values of a cursor, or as many nulls for the first page.
pub fn read_cursor(page: Option<&str>, kinds: &[Kind]) -> Result<Vec<Option<String>>, Problem> {
    let Some(page) = page else { return Ok(vec![None; kinds.len()]) };
    let bad = || {
        let shown: String = page.chars().take(200).collect();
        Problem::bad_input(format!("invalid page cursor {shown:?}"))
            .hint("Take next_page of the response before, with the same parameters.")
    };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(page).map_err(|_| bad())?;
    let values: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| bad())?;
    let fits = values.len() == kinds.len() && kinds.iter().zip(&values).all(|(k, v)| k.fits(v));
    if fits { Ok(values.into_iter().map(Some).collect()) } else { Err(bad()) }
}

/// What PostgreSQL has to be able to make of a value.
#[derive(Clone, Copy)]
pub enum Kind {
    Whole,
    Double,
    Text,
}

impl Kind {
    fn fits(self, value: &str) -> bool {
        match self {
            Kind::Whole => value.parse::<i64>().is_ok(),
            Kind::Double => value.parse::<f64>().is_ok_and(f64::is_finite),
            Kind::Text => value.len() <= 1_000 && !value.contains('\0'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_holds_values_of_the_right_kinds() {
        let kinds = [Kind::Whole, Kind::Text];
        let of = |text: &str| {
            let page = BASE64_URL_SAFE_NO_PAD.encode(text);
            read_cursor(Some(&page), &kinds).ok()
        };
        assert_eq!(of(r#"["-7", "Piper"]"#), Some(vec![Some("-7".into()), Some("Piper".into())]));
        for bad in [r#"["x", "Piper"]"#, r#"["1"]"#, r#"["1", "a\u0000"]"#, "[]", "x", "[1, 2]"] {
            assert_eq!(of(bad), None, "{bad}");
        }
        assert!(read_cursor(Some("%"), &kinds).is_err());
        assert_eq!(read_cursor(None, &kinds).ok(), Some(vec![None, None]));
    }
}
