//! `injury`: people by role and level, with the subtotals that make summing all rows wrong.

use super::{INJURY, One, sign};
use crate::Case;
use crate::severity::{Counts, Level};

pub fn write(out: &mut Case, one: &One) {
    let mut written: [(&str, Counts); 8] = [
        ("PLT", [0; 4]),
        ("CPLT", [0; 4]),
        ("FLTI", [0; 4]),
        ("DSTU", [0; 4]),
        ("KPLT", [0; 4]),
        ("FENG", [0; 4]),
        ("CABN", one.aircraft.cabin),
        ("PAX", one.aircraft.passengers),
    ];
    for person in one.aircraft.crew.iter().filter(|p| p.is_pilot()) {
        for (role, counts) in &mut written {
            if *role == person.role {
                counts[person.level as usize] += 1;
            }
        }
    }
    for (role, counts) in written {
        write_role(out, one, role, counts);
    }
    write_role(out, one, "ABRD", one.aircraft.aboard());
}

fn write_role(out: &mut Case, one: &One, role: &str, counts: Counts) {
    let total: u32 = counts.iter().sum();
    if total == 0 {
        return;
    }
    let levels = Level::ALL.iter().map(|level| level.code()).zip(counts);
    for (level, people) in levels.chain([("TOTL", total)]).filter(|(_, people)| *people > 0) {
        let mut row = one.begin(out, INJURY);
        row.text("inj_person_category", role).text("injury_level", level);
        row.number("inj_person_count", people as i32);
        sign(&mut row, one.facts);
    }
}
