//! Faults of text.

use super::Bed;
use crate::Named;
use crate::severity::Level;
use crate::write::{AIRCRAFT, CREW, ENGINES, EVENTS, INJURY, NARRATIVES};

pub fn weekday(bed: &mut Bed) -> bool {
    let day = bed.facts.when.weekday().to_ascii_uppercase();
    bed.spoil(EVENTS, 0, &["ev_dow"], Some(&day))
}

pub fn injury_code(bed: &mut Bed) -> bool {
    let code = bed.dice.pick(&["NON", "MINO", "XXXX"]);
    bed.facts.highest == Level::None && bed.spoil(EVENTS, 0, &["ev_highest_injury"], Some(code))
}

pub fn fatal_without(bed: &mut Bed) -> bool {
    bed.facts.highest == Level::Fatal && bed.spoil(EVENTS, 0, &["ev_highest_injury"], None)
}

/// Words for nothing where nothing is known; a registration is given up for one.
pub fn unknown(bed: &mut Bed) -> bool {
    let free: [(Named, &[&str], &[&str]); 3] = [
        (EVENTS, &["wx_cond_basic"], &["UNK", "Unk"]),
        (EVENTS, &["apt_name"], &["N/A", "UNK"]),
        (AIRCRAFT, &["damage"], &["UNK"]),
    ];
    let (table, columns, words) = bed.dice.pick(&free);
    let word = bed.dice.pick(words);
    if columns.iter().all(|column| bed.cell(table, 0, column).is_none()) {
        return bed.spoil(table, 0, columns, Some(word));
    }
    let word = bed.dice.pick(&["NONE", "None", "UNREG", "UNK"]);
    bed.spoil(AIRCRAFT, 0, &["regis_no"], Some(word))
}

/// Codes are filled up to the width of their column.
pub fn padding(bed: &mut Bed) -> bool {
    let places: [(Named, &[&str], usize); 5] = [
        (EVENTS, &["ev_city"], 0),
        (EVENTS, &["lchg_userid"], 18),
        (ENGINES, &["eng_type"], 4),
        (CREW, &["crew_category"], 5),
        (INJURY, &["inj_person_category"], 4),
    ];
    let (table, columns, width) = bed.dice.pick(&places);
    let Some(text) = bed.cell(table, 0, columns[0]) else { return false };
    let width = if width == 0 { text.len() + 3 } else { width };
    if text.len() >= width {
        return false;
    }
    let padded = format!("{text:width$}");
    bed.spoil(table, 0, columns, Some(&padded))
}

pub fn make(bed: &mut Bed) -> bool {
    let Some(make) = bed.cell(AIRCRAFT, 0, "acft_make") else { return false };
    let Some((first, rest)) = make.split_at_checked(1) else { return false };
    let make = format!("{first}{}", rest.to_ascii_lowercase());
    bed.spoil(AIRCRAFT, 0, &["acft_make"], Some(&make))
}

pub fn entity(bed: &mut Bed) -> bool {
    let entity = bed.dice.pick(&["&#x0D;", " &amp; "]);
    insert(bed, entity)
}

pub fn control(bed: &mut Bed) -> bool {
    insert(bed, "\u{1E}")
}

pub fn lost(bed: &mut Bed) -> bool {
    insert(bed, "\u{FFFD}")
}

/// Behind the first sentence of a narrative.
fn insert(bed: &mut Bed, fault: &str) -> bool {
    let Some(text) = bed.cell(NARRATIVES, 0, "narr_accp") else { return false };
    let Some((first, rest)) = text.split_once(". ") else { return false };
    let text = format!("{first}.{fault} {rest}");
    bed.spoil(NARRATIVES, 0, &["narr_accp"], Some(&text))
}
