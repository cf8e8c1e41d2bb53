//! `Flight_Crew`, `flight_time` and `dt_Flight_Crew`.

use super::{CREW, DT_CREW, FLIGHT_TIME, One, sign};
use crate::Case;
use crate::people::{Hours, Person};
use crate::rng::Dice;

pub fn write(out: &mut Case, one: &One, dice: &mut Dice) {
    // Foreign cases come with little about their people.
    if !one.facts.place.is_home() && dice.percent(65) {
        return;
    }
    for (number, person) in (1..).zip(&one.aircraft.crew) {
        write_person(out, one, number, person, dice);
        if let Some(hours) = &person.hours {
            write_hours(out, one, number, person, hours);
        }
        if person.is_pilot() {
            write_ratings(out, one, number, person);
        }
    }
}

fn write_person(out: &mut Case, one: &One, number: i32, person: &Person, dice: &mut Dice) {
    let facts = one.facts;
    let day = facts.when.day;
    let mut row = one.begin(out, CREW);
    row.number("crew_no", number).text("crew_category", person.role);
    row.maybe_number("crew_age", person.age).maybe("crew_sex", person.sex);
    row.compose("crew_city", |out| facts.place.town.push_name(out));
    row.maybe("crew_res_state", facts.place.on_land_at_home().map(|state| state.code));
    row.text("crew_res_country", facts.place.country());
    row.maybe("med_certf", person.medical).maybe("med_crtf_vldty", person.validity);
    if let Some(days) = person.examined {
        row.date("date_lst_med", day - days);
    }
    row.text("crew_inj_level", person.level.code());
    restraint(&mut row, one, dice);
    let tested = facts.highest == crate::severity::Level::Fatal && dice.percent(90);
    row.yes("crew_tox_perf", tested);
    row.text("seat_occ_pic", if number == 1 { "LEFT" } else { "RGT" });
    let professional = matches!(person.certificate, "ATP" | "COMM" | "FE");
    if facts.modern {
        row.text("pc_profession", if professional { "YES" } else { "NO" });
    } else {
        row.text("pc_profession", if professional { "PCIV" } else { "BUS" }).text("bfr", "Y");
    }
    if let Some(days) = person.reviewed {
        row.date("bfr_date", day - days);
    }
    if person.hours.is_some() {
        row.date("ft_as_of", day - 1);
    }
    sign(&mut row, facts).flag("pilot_flying", number == 1);
    if facts.modern {
        row.text("available_restraint", "4").text("restraint_used", "4");
    }
}

fn restraint(row: &mut crate::rows::Row, one: &One, dice: &mut Dice) {
    if !one.facts.modern {
        row.yes("seatbelts_used", dice.percent(95)).yes("shldr_harn_used", dice.percent(70));
    }
}

fn write_hours(out: &mut Case, one: &One, number: i32, person: &Person, h: &Hours) {
    let engines = if person.multi_engine { ("MENG", h.make) } else { ("SENG", h.total) };
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
        let mut row = one.begin(out, FLIGHT_TIME);
        row.number("crew_no", number).text("flight_type", kind).text("flight_craft", craft);
        row.decimal("flight_hours", i64::from(tenths), 1);
        sign(&mut row, one.facts);
    }
}

fn write_ratings(out: &mut Case, one: &One, number: i32, person: &Person) {
    let helicopter = one.aircraft.model.category == "HELI";
    let teaches = matches!(person.role, "FLTI" | "KPLT");
    let student = person.certificate == "STU";
    let answers = [
        ("crew_cert_code", Some(person.certificate)),
        ("crew_cert_code", teaches.then_some("CFI")),
        ("crew_rat_airpln", Some(if student || helicopter { "NONE" } else { "SEL" })),
        ("crew_rat_airpln", (person.multi_engine && !student && !helicopter).then_some("MEL")),
        ("crew_rat_instrum", person.instrument.then_some(if helicopter { "HELI" } else { "APLN" })),
        ("crew_rat_instruct", Some(if teaches { "ASE" } else { "NONE" })),
        ("crew_rat_roto", Some(if helicopter && !student { "HELI" } else { "NONE" })),
    ];
    for (column, code) in answers {
        let Some(code) = code else { continue };
        let mut row = one.begin(out, DT_CREW);
        row.number("crew_no", number).text("col_name", column).text("code", code);
        sign(&mut row, one.facts);
    }
}
