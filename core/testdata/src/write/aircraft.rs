//! `aircraft` and `engines`.

use super::{AIRCRAFT, ENGINES, One, sign};
use crate::Case;
use crate::fleet::{Model, Use};
use crate::rng::Dice;
use crate::rows::{Row, push_number, push_padded};

pub fn write(out: &mut Case, one: &One, dice: &mut Dice) {
    let (facts, aircraft) = (one.facts, one.aircraft);
    let mut row = one.begin(out, AIRCRAFT);
    row.text("regis_no", &aircraft.registration);
    row.compose("ntsb_no", |out| {
        out.push_str(&facts.ntsb_no);
        if facts.aircraft.len() > 1 {
            out.push(if one.key == 1 { 'A' } else { 'B' });
        }
    });
    row.text("acft_missing", "N").text("far_part", aircraft.far_part);
    plan(&mut row, one, dice);
    row.maybe("damage", aircraft.damage);
    burnt(&mut row, one, dice);
    kind(&mut row, one, dice);
    inspected(&mut row, one, dice);
    owner(&mut row, one, dice);
    operator(&mut row, one);
    journey(&mut row, one, dice);
    rest(&mut row, one, dice);
}

fn plan(row: &mut Row, one: &One, dice: &mut Dice) {
    let filed = match (one.aircraft.model.used, one.facts.basic) {
        (Use::Airline, _) | (_, Some("IMC")) => "IFR",
        _ => dice.weighted(&[(78, "NONE"), (12, "VFR"), (8, "IFR"), (2, "CVFR")]),
    };
    row.text("flt_plan_filed", filed);
    if filed != "NONE" {
        row.yes("flight_plan_activated", dice.percent(92));
    }
}

fn burnt(row: &mut Row, one: &One, dice: &mut Dice) {
    let fire = match one.aircraft.damage {
        Some("DEST") => dice.weighted(&[(50, "NONE"), (44, "GRD"), (4, "IFLT"), (2, "BOTH")]),
        _ => dice.weighted(&[(975, "NONE"), (18, "GRD"), (7, "IFLT")]),
    };
    let exploded = fire != "NONE" && dice.percent(12);
    row.text("acft_fire", fire).text("acft_expl", if exploded { "GRD" } else { "NONE" });
}

fn kind(row: &mut Row, one: &One, dice: &mut Dice) {
    let model = one.aircraft.model;
    row.text("acft_make", model.make).text("acft_model", model.model);
    row.compose("acft_serial_no", |out| {
        push_padded(out, 10 + dice.below(98_000), 5);
    });
    row.number("cert_max_gr_wt", model.gross).text("acft_category", model.category);
    row.yes("homebuilt", model.homebuilt);
    let cabin = if model.used == Use::Airline { (model.seats / 45) as i32 } else { 0 };
    let pilots = if model.is_light() { 1 } else { 2 };
    let seats = model.seats as i32;
    if one.facts.modern {
        row.number("fc_seats", pilots).number("cc_seats", cabin);
        row.number("pax_seats", (seats - pilots - cabin).max(0));
    }
    row.number("total_seats", seats).number("num_eng", model.engines as i32);
    row.text("fixed_retractable", if model.retractable { "RETR" } else { "FIXD" });
}

fn inspected(row: &mut Row, one: &One, dice: &mut Dice) {
    let kind = match one.aircraft.model {
        Model { used: Use::Airline, .. } => "COAW",
        Model { homebuilt: true, .. } => "COND",
        _ => dice.weighted(&[(62, "ANNL"), (26, "100H"), (7, "AAIP"), (5, "COAW")]),
    };
    if dice.percent(75) {
        row.text("type_last_insp", kind);
        row.date("date_last_insp", one.facts.when.day - dice.between(1, 380));
    }
    if let Some(hours) = one.aircraft.airframe {
        let since = dice.between(0, 1000).min(hours * 10);
        row.decimal("afm_hrs_last_insp", i64::from(since), 1);
        row.decimal("afm_hrs", i64::from(hours) * 10 + i64::from(dice.below(10)), 1);
    }
    let fitted = dice.percent(70);
    row.yes("elt_install", fitted);
    if fitted {
        let worked = dice.percent(35);
        row.yes("elt_oper", worked).yes("elt_aided_loc_ev", worked && dice.percent(20));
        row.text("elt_type", dice.weighted(&[(45, "C91"), (30, "C91A"), (25, "C126")]));
    }
}

fn owner(row: &mut Row, one: &One, dice: &mut Dice) {
    let place = &one.facts.place;
    if !place.is_home() {
        row.text("owner_country", place.country());
        return;
    }
    let name = one.aircraft.owner;
    row.compose("owner_acft", |out| push_words(out, name));
    row.compose("owner_city", |out| place.town.push_name(out));
    row.maybe("owner_state", place.on_land_at_home().map(|state| state.code));
    row.text("owner_country", "USA").compose("owner_zip", |out| place.town.push_zip(out));
    row.yes("oper_individual_name", dice.percent(55));
    row.compose("oper_name", |out| push_words(out, name)).text("oper_same", "Y");
}

fn push_words(out: &mut String, [first, second]: [&str; 2]) {
    out.push_str(first);
    out.push(' ');
    out.push_str(second);
}

fn operator(row: &mut Row, one: &One) {
    let aircraft = one.aircraft;
    row.yes("certs_held", matches!(aircraft.far_part, "121" | "129" | "135" | "NUSC"));
    match aircraft.far_part {
        "137" => row.text("oper_cert", "AGR"),
        "133" => row.text("oper_cert", "EXTL"),
        "121" | "129" | "135" => {
            let scheduled = aircraft.model.used == Use::Airline;
            row.text("oper_sched", if scheduled { "SCHD" } else { "NSCH" });
            row.text("oper_dom_int", if aircraft.far_part == "129" { "INT" } else { "DOM" });
            row.text("oper_pax_cargo", "PAX")
        }
        _ => row,
    };
    row.maybe("type_fly", aircraft.purpose);
    row.yes("second_pilot", aircraft.crew.iter().filter(|p| p.is_pilot()).count() > 1);
}

fn journey(row: &mut Row, one: &One, dice: &mut Dice) {
    let (facts, place) = (one.facts, &one.facts.place);
    let local = dice.percent(40);
    if !facts.migrated() {
        row.yes("dprt_pt_same_ev", local && place.on_airport);
    }
    row.compose("dprt_apt_id", |out| place.town.push_airport_id(out));
    row.compose("dprt_city", |out| place.town.push_name(out));
    row.maybe("dprt_state", place.state);
    row.text("dprt_country", place.country());
    let minutes = facts.when.local_minute + facts.ahead() * 60 - dice.between(0, 150);
    let minutes = minutes.rem_euclid(1440);
    row.number("dprt_time", minutes / 60 * 100 + minutes % 60);
    if !facts.migrated() {
        row.text("dprt_timezn", super::events::zone(facts));
    }
    if local {
        row.text("dest_same_local", "LOCL");
    }
    if !facts.modern {
        row.number("phase_flt_spec", one.aircraft.story.old_phase.0);
    }
}

fn rest(row: &mut Row, one: &One, dice: &mut Dice) {
    let (facts, aircraft) = (one.facts, one.aircraft);
    row.yes("evacuation", aircraft.model.used == Use::Airline && dice.percent(12));
    sign(row, facts);
    if facts.migrated() {
        row.text("afm_hrs_since", "N");
    } else if aircraft.airframe.is_some() {
        row.text("afm_hrs_since", dice.weighted(&[(70, "ACCI"), (30, "INSP")]));
    }
    if facts.place.on_airport {
        row.compose("rwy_num", |out| push_padded(out, 1 + dice.below(36), 2));
        row.number("rwy_len", dice.between(15, 120) * 100);
        row.number("rwy_width", dice.pick(&[50, 60, 75, 100, 150]));
    }
    row.yes("site_seeing", false).yes("air_medical", false);
    if facts.modern {
        row.number("acft_year", aircraft.built);
        if aircraft.model.engines > 0 {
            row.compose("fuel_on_board", |out| push_number(out, 5 + dice.below(90) as i32));
        }
    }
    for column in ["commercial_space_flight", "unmanned"] {
        row.flag(column, false);
    }
    row.flag("ifr_equipped_cert", facts.modern && dice.percent(30));
    row.flag("elt_mounted_aircraft", false).flag("elt_connected_antenna", false);
}

pub fn write_engines(out: &mut Case, one: &One, dice: &mut Dice) {
    let (facts, model) = (one.facts, one.aircraft.model);
    let known = dice.percent(41);
    let hours = dice.curve(&[20, 180, 420, 700, 1050, 1500, 2100, 6500]);
    for number in 1..=model.engines {
        let engine = model.engine;
        let mut row = one.begin(out, ENGINES);
        row.number("eng_no", number as i32);
        row.text("eng_type", engine.kind).text("eng_mfgr", engine.maker);
        row.text("eng_model", engine.model).number("power_units", engine.power);
        row.text("hp_or_lbs", engine.unit).text("lchg_userid", facts.user);
        row.text("lchg_date", &facts.changed_text);
        if engine.kind == "REC" {
            row.text("carb_fuel_injection", if engine.injected { "FINJ" } else { "CARB" });
        }
        if matches!(engine.kind, "REC" | "TP") && model.category == "AIR" {
            row.text("propeller_type", if model.retractable { "CONP" } else { "FIXP" });
            row.text("propeller_make", dice.pick(&["MCCAULEY", "HARTZELL", "SENSENICH"]));
        }
        if known {
            let tenths = i64::from(hours) * 10 + i64::from(dice.below(10));
            row.decimal("eng_time_total", tenths, 1);
            row.decimal("eng_time_last_insp", i64::from(dice.between(1, 99).min(hours)), 0);
            row.decimal("eng_time_overhaul", tenths - i64::from(dice.below(150)), 1);
        }
    }
}
