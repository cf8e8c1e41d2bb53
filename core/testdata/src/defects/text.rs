//! Defects of text.

use super::Injector;
use crate::TableIndex;
use crate::severity::InjuryLevel;
use crate::write::{AIRCRAFT, CREW, ENGINES, EVENTS, INJURY, NARRATIVES};

pub fn uppercase_weekday(injector: &mut Injector) -> bool {
    let day = injector.facts.time.weekday().to_ascii_uppercase();
    injector.replace(EVENTS, 0, &["ev_dow"], Some(&day))
}

pub fn set_unknown_injury(injector: &mut Injector) -> bool {
    let code = injector.rng.pick(&["NON", "MINO", "XXXX"]);
    injector.facts.highest_injury == InjuryLevel::None
        && injector.replace(EVENTS, 0, &["ev_highest_injury"], Some(code))
}

pub fn clear_fatal_injury(injector: &mut Injector) -> bool {
    injector.facts.highest_injury == InjuryLevel::Fatal
        && injector.replace(EVENTS, 0, &["ev_highest_injury"], None)
}

/// Writes a word for unknown into a column that is null. If the column is not null, replaces the
/// registration.
pub fn write_unknown_word(injector: &mut Injector) -> bool {
    let nullable_columns: [(TableIndex, &[&str], &[&str]); 3] = [
        (EVENTS, &["wx_cond_basic"], &["UNK", "Unk"]),
        (EVENTS, &["apt_name"], &["N/A", "UNK"]),
        (AIRCRAFT, &["damage"], &["UNK"]),
    ];
    let (table, columns, words) = injector.rng.pick(&nullable_columns);
    let word = injector.rng.pick(words);
    if columns.iter().all(|column| injector.cell(table, 0, column).is_none()) {
        return injector.replace(table, 0, columns, Some(word));
    }
    let word = injector.rng.pick(&["NONE", "None", "UNREG", "UNK"]);
    injector.replace(AIRCRAFT, 0, &["regis_no"], Some(word))
}

/// Pads codes to the width of their column.
pub fn pad_code(injector: &mut Injector) -> bool {
    let columns_with_width: [(TableIndex, &[&str], usize); 5] = [
        (EVENTS, &["ev_city"], 0),
        (EVENTS, &["lchg_userid"], 18),
        (ENGINES, &["eng_type"], 4),
        (CREW, &["crew_category"], 5),
        (INJURY, &["inj_person_category"], 4),
    ];
    let (table, columns, width) = injector.rng.pick(&columns_with_width);
    let Some(text) = injector.cell(table, 0, columns[0]) else { return false };
    let width = if width == 0 { text.len() + 3 } else { width };
    if text.len() >= width {
        return false;
    }
    let padded = format!("{text:width$}");
    injector.replace(table, 0, columns, Some(&padded))
}

pub fn lowercase_make(injector: &mut Injector) -> bool {
    let Some(make) = injector.cell(AIRCRAFT, 0, "acft_make") else { return false };
    let Some((first, rest)) = make.split_at_checked(1) else { return false };
    let make = format!("{first}{}", rest.to_ascii_lowercase());
    injector.replace(AIRCRAFT, 0, &["acft_make"], Some(&make))
}

pub fn insert_entity(injector: &mut Injector) -> bool {
    let entity = injector.rng.pick(&["&#x0D;", " &amp; "]);
    insert(injector, entity)
}

pub fn insert_control_character(injector: &mut Injector) -> bool {
    insert(injector, "\u{1E}")
}

pub fn insert_lost_character(injector: &mut Injector) -> bool {
    insert(injector, "\u{FFFD}")
}

/// Inserts text after the first sentence of a narrative.
fn insert(injector: &mut Injector, inserted: &str) -> bool {
    let Some(text) = injector.cell(NARRATIVES, 0, "narr_accp") else { return false };
    let Some((first, rest)) = text.split_once(". ") else { return false };
    let text = format!("{first}.{inserted} {rest}");
    injector.replace(NARRATIVES, 0, &["narr_accp"], Some(&text))
}
