//! `Flight_Crew`, `flight_time` and `dt_Flight_Crew`.

use super::{AircraftContext, CREW, DT_CREW, FLIGHT_TIME, set_last_change};
use crate::EventData;
use crate::people::{Hours, Person};
use crate::rng::Rng;

pub fn write(out: &mut EventData, ctx: &AircraftContext, rng: &mut Rng) {
    // Foreign events often have no crew rows.
    if !ctx.facts.place.is_domestic() && rng.chance_percent(65) {
        return;
    }
    for (number, person) in (1..).zip(&ctx.aircraft.crew) {
        write_person(out, ctx, number, person, rng);
        if let Some(hours) = &person.hours {
            write_hours(out, ctx, number, person, hours);
        }
        if person.is_pilot() {
            write_ratings(out, ctx, number, person);
        }
    }
}

fn write_person(
    out: &mut EventData,
    ctx: &AircraftContext,
    number: i32,
    person: &Person,
    rng: &mut Rng,
) {
    let facts = ctx.facts;
    let day = facts.time.day;
    let mut row = ctx.add_row(out, CREW);
    row.number("crew_no", number).text("crew_category", person.role);
    row.optional_number("crew_age", person.age).optional_text("crew_sex", person.sex);
    row.write_with("crew_city", |out| facts.place.town.push_name(out));
    row.optional_text("crew_res_state", facts.place.us_state().map(|state| state.code));
    row.text("crew_res_country", facts.place.country());
    row.optional_text("med_certf", person.medical).optional_text("med_crtf_vldty", person.validity);
    if let Some(days) = person.days_since_medical {
        row.date("date_lst_med", day - days);
    }
    row.text("crew_inj_level", person.injury.code());
    write_restraint_use(&mut row, ctx, rng);
    let is_tested =
        facts.highest_injury == crate::severity::InjuryLevel::Fatal && rng.chance_percent(90);
    row.yes_no("crew_tox_perf", is_tested);
    row.text("seat_occ_pic", if number == 1 { "LEFT" } else { "RGT" });
    let is_professional = matches!(person.certificate, "ATP" | "COMM" | "FE");
    if facts.is_modern {
        row.text("pc_profession", if is_professional { "YES" } else { "NO" });
    } else {
        row.text("pc_profession", if is_professional { "PCIV" } else { "BUS" }).text("bfr", "Y");
    }
    if let Some(days) = person.days_since_review {
        row.date("bfr_date", day - days);
    }
    if person.hours.is_some() {
        row.date("ft_as_of", day - 1);
    }
    set_last_change(&mut row, facts).flag("pilot_flying", number == 1);
    if facts.is_modern {
        row.text("available_restraint", "4").text("restraint_used", "4");
    }
}

fn write_restraint_use(row: &mut crate::rows::Row, ctx: &AircraftContext, rng: &mut Rng) {
    if !ctx.facts.is_modern {
        row.yes_no("seatbelts_used", rng.chance_percent(95))
            .yes_no("shldr_harn_used", rng.chance_percent(70));
    }
}

fn write_hours(
    out: &mut EventData,
    ctx: &AircraftContext,
    number: i32,
    person: &Person,
    h: &Hours,
) {
    let engines = if person.has_multi_engine_rating { ("MENG", h.make) } else { ("SENG", h.total) };
    for (kind, craft, tenths) in [
        ("TOTL", "ALL", h.total * 10),
        ("TOTL", "MAKE", h.make * 10),
        ("PIC", "ALL", h.command * 10),
        ("PIC", "MAKE", h.make.min(h.command) * 10),
        ("L90D", "ALL", h.last_90_days * 10),
        ("L90D", "MAKE", h.last_90_days.min(h.make) * 10),
        ("L30D", "ALL", h.last_30_days * 10),
        ("L24H", "ALL", h.last_day),
        ("TOTL", "NGHT", h.night * 10),
        ("TOTL", "ACTU", h.actual * 10),
        ("TOTL", "SIMU", h.simulated * 10),
        ("TOTL", engines.0, engines.1 * 10),
    ] {
        let mut row = ctx.add_row(out, FLIGHT_TIME);
        row.number("crew_no", number).text("flight_type", kind).text("flight_craft", craft);
        row.decimal("flight_hours", i64::from(tenths), 1);
        set_last_change(&mut row, ctx.facts);
    }
}

fn write_ratings(out: &mut EventData, ctx: &AircraftContext, number: i32, person: &Person) {
    let is_helicopter = ctx.aircraft.model.category == "HELI";
    let is_instructor = matches!(person.role, "FLTI" | "KPLT");
    let is_student = person.certificate == "STU";
    let values = [
        ("crew_cert_code", Some(person.certificate)),
        ("crew_cert_code", is_instructor.then_some("CFI")),
        ("crew_rat_airpln", Some(if is_student || is_helicopter { "NONE" } else { "SEL" })),
        (
            "crew_rat_airpln",
            (person.has_multi_engine_rating && !is_student && !is_helicopter).then_some("MEL"),
        ),
        (
            "crew_rat_instrum",
            person.has_instrument_rating.then_some(if is_helicopter { "HELI" } else { "APLN" }),
        ),
        ("crew_rat_instruct", Some(if is_instructor { "ASE" } else { "NONE" })),
        ("crew_rat_roto", Some(if is_helicopter && !is_student { "HELI" } else { "NONE" })),
    ];
    for (column, code) in values {
        let Some(code) = code else { continue };
        let mut row = ctx.add_row(out, DT_CREW);
        row.number("crew_no", number).text("col_name", column).text("code", code);
        set_last_change(&mut row, ctx.facts);
    }
}
