//! `injury`: people by role and injury level. The table includes subtotals, so the sum of all rows is wrong.

use super::{AircraftContext, INJURY, set_last_change};
use crate::EventData;
use crate::severity::{InjuryCounts, InjuryLevel};

pub fn write(out: &mut EventData, ctx: &AircraftContext) {
    let mut written: [(&str, InjuryCounts); 8] = [
        ("PLT", [0; 4]),
        ("CPLT", [0; 4]),
        ("FLTI", [0; 4]),
        ("DSTU", [0; 4]),
        ("KPLT", [0; 4]),
        ("FENG", [0; 4]),
        ("CABN", ctx.aircraft.cabin),
        ("PAX", ctx.aircraft.passengers),
    ];
    for person in ctx.aircraft.crew.iter().filter(|p| p.is_pilot()) {
        for (role, counts) in &mut written {
            if *role == person.role {
                counts[person.injury as usize] += 1;
            }
        }
    }
    for (role, counts) in written {
        write_role(out, ctx, role, counts);
    }
    write_role(out, ctx, "ABRD", ctx.aircraft.aboard());
}

fn write_role(out: &mut EventData, ctx: &AircraftContext, role: &str, counts: InjuryCounts) {
    let total: u32 = counts.iter().sum();
    if total == 0 {
        return;
    }
    let levels = InjuryLevel::ALL.iter().map(|level| level.code()).zip(counts);
    for (level, people) in levels.chain([("TOTL", total)]).filter(|(_, people)| *people > 0) {
        let mut row = ctx.add_row(out, INJURY);
        row.text("inj_person_category", role).text("injury_level", level);
        row.number("inj_person_count", people as i32);
        set_last_change(&mut row, ctx.facts);
    }
}
