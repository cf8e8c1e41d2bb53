//! Clouds: `FEW012`, `BKN030CB`, `OVC///`, `//////TCU`, `VV002`, `VV///`, and the codes for a clear sky.

use crate::header::parse_digits;
use crate::report::{Cloud, CloudType, Cover};

/// Parses a layer. Heights are in hundreds of feet.
pub fn parse_layer(group: &str) -> Option<Cloud> {
    let (cover, rest) = group.split_at_checked(3)?;
    let (height, kind) = rest.split_at_checked(3)?;
    let cover = match cover {
        "FEW" => Some(Cover::Few),
        "SCT" => Some(Cover::Scattered),
        "BKN" => Some(Cover::Broken),
        "OVC" => Some(Cover::Overcast),
        "///" => None,
        _ => return None,
    };
    let kind = match kind {
        "" | "///" => None,
        "CB" => Some(CloudType::Cumulonimbus),
        "TCU" => Some(CloudType::ToweringCumulus),
        _ => return None,
    };
    Some(Cloud { cover, height: parse_height(height)?, kind })
}

/// Parses a vertical visibility. The inner `None`: the sky is obscured, the value is missing.
pub fn parse_vertical_visibility(group: &str) -> Option<Option<u32>> {
    parse_height(group.strip_prefix("VV")?)
}

/// Returns the code for a sky without (significant) clouds.
pub fn parse_clear_sky(group: &str) -> Option<&'static str> {
    ["CLR", "SKC", "NSC", "NCD"].into_iter().find(|code| *code == group)
}

/// The outer `None`: this is not a height. The inner one: the height is missing (`///`).
fn parse_height(text: &str) -> Option<Option<u32>> {
    match text {
        "///" => Some(None),
        _ => parse_digits(text).filter(|_| text.len() == 3).map(|hundreds| Some(hundreds * 100)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_groups_are_no_layer() {
        for group in
            ["OVC1", "OVC", "BKN010XX", "BKN01", "XXX010", "BKN0100", "bkn010", "BKNééé", "///"]
        {
            assert_eq!(parse_layer(group), None, "{group}");
        }
        assert_eq!(parse_vertical_visibility("VV02"), None);
    }
}
