//! `aircraft` and `engines`.

use super::{AIRCRAFT, AircraftContext, ENGINES, set_last_change};
use crate::EventData;
use crate::fleet::{Model, Usage};
use crate::rng::Rng;
use crate::rows::{Row, push_number, push_padded};

pub fn write(out: &mut EventData, ctx: &AircraftContext, rng: &mut Rng) {
    let (facts, aircraft) = (ctx.facts, ctx.aircraft);
    let mut row = ctx.add_row(out, AIRCRAFT);
    row.text("regis_no", &aircraft.registration);
    row.write_with("ntsb_no", |out| {
        out.push_str(&facts.ntsb_no);
        if facts.aircraft.len() > 1 {
            out.push(if ctx.key == 1 { 'A' } else { 'B' });
        }
    });
    row.text("acft_missing", "N").text("far_part", aircraft.far_part);
    write_flight_plan(&mut row, ctx, rng);
    row.optional_text("damage", aircraft.damage);
    write_fire(&mut row, ctx, rng);
    write_model(&mut row, ctx, rng);
    write_inspection(&mut row, ctx, rng);
    write_owner(&mut row, ctx, rng);
    write_operator(&mut row, ctx);
    write_departure(&mut row, ctx, rng);
    write_remaining_columns(&mut row, ctx, rng);
}

fn write_flight_plan(row: &mut Row, ctx: &AircraftContext, rng: &mut Rng) {
    let filed = match (ctx.aircraft.model.usage, ctx.facts.conditions) {
        (Usage::Airline, _) | (_, Some("IMC")) => "IFR",
        _ => rng.pick_weighted(&[(78, "NONE"), (12, "VFR"), (8, "IFR"), (2, "CVFR")]),
    };
    row.text("flt_plan_filed", filed);
    if filed != "NONE" {
        row.yes_no("flight_plan_activated", rng.chance_percent(92));
    }
}

fn write_fire(row: &mut Row, ctx: &AircraftContext, rng: &mut Rng) {
    let fire = match ctx.aircraft.damage {
        Some("DEST") => rng.pick_weighted(&[(50, "NONE"), (44, "GRD"), (4, "IFLT"), (2, "BOTH")]),
        _ => rng.pick_weighted(&[(975, "NONE"), (18, "GRD"), (7, "IFLT")]),
    };
    let has_exploded = fire != "NONE" && rng.chance_percent(12);
    row.text("acft_fire", fire).text("acft_expl", if has_exploded { "GRD" } else { "NONE" });
}

fn write_model(row: &mut Row, ctx: &AircraftContext, rng: &mut Rng) {
    let model = ctx.aircraft.model;
    row.text("acft_make", model.make).text("acft_model", model.model);
    row.write_with("acft_serial_no", |out| {
        push_padded(out, 10 + rng.next_below(98_000), 5);
    });
    row.number("cert_max_gr_wt", model.gross_weight).text("acft_category", model.category);
    row.yes_no("homebuilt", model.homebuilt);
    let cabin = if model.usage == Usage::Airline { (model.seats / 45) as i32 } else { 0 };
    let pilots = if model.is_light() { 1 } else { 2 };
    let seats = model.seats as i32;
    if ctx.facts.is_modern {
        row.number("fc_seats", pilots).number("cc_seats", cabin);
        row.number("pax_seats", (seats - pilots - cabin).max(0));
    }
    row.number("total_seats", seats).number("num_eng", model.engines as i32);
    row.text("fixed_retractable", if model.retractable { "RETR" } else { "FIXD" });
}

fn write_inspection(row: &mut Row, ctx: &AircraftContext, rng: &mut Rng) {
    let kind = match ctx.aircraft.model {
        Model { usage: Usage::Airline, .. } => "COAW",
        Model { homebuilt: true, .. } => "COND",
        _ => rng.pick_weighted(&[(62, "ANNL"), (26, "100H"), (7, "AAIP"), (5, "COAW")]),
    };
    if rng.chance_percent(75) {
        row.text("type_last_insp", kind);
        row.date("date_last_insp", ctx.facts.time.day - rng.next_between(1, 380));
    }
    if let Some(hours) = ctx.aircraft.airframe {
        let since = rng.next_between(0, 1000).min(hours * 10);
        row.decimal("afm_hrs_last_insp", i64::from(since), 1);
        row.decimal("afm_hrs", i64::from(hours) * 10 + i64::from(rng.next_below(10)), 1);
    }
    let has_elt = rng.chance_percent(70);
    row.yes_no("elt_install", has_elt);
    if has_elt {
        let elt_worked = rng.chance_percent(35);
        row.yes_no("elt_oper", elt_worked)
            .yes_no("elt_aided_loc_ev", elt_worked && rng.chance_percent(20));
        row.text("elt_type", rng.pick_weighted(&[(45, "C91"), (30, "C91A"), (25, "C126")]));
    }
}

fn write_owner(row: &mut Row, ctx: &AircraftContext, rng: &mut Rng) {
    let place = &ctx.facts.place;
    if !place.is_domestic() {
        row.text("owner_country", place.country());
        return;
    }
    let name = ctx.aircraft.owner;
    row.write_with("owner_acft", |out| push_words(out, name));
    row.write_with("owner_city", |out| place.town.push_name(out));
    row.optional_text("owner_state", place.us_state().map(|state| state.code));
    row.text("owner_country", "USA").write_with("owner_zip", |out| place.town.push_zip(out));
    row.yes_no("oper_individual_name", rng.chance_percent(55));
    row.write_with("oper_name", |out| push_words(out, name)).text("oper_same", "Y");
}

fn push_words(out: &mut String, [first, second]: [&str; 2]) {
    out.push_str(first);
    out.push(' ');
    out.push_str(second);
}

fn write_operator(row: &mut Row, ctx: &AircraftContext) {
    let aircraft = ctx.aircraft;
    row.yes_no("certs_held", matches!(aircraft.far_part, "121" | "129" | "135" | "NUSC"));
    match aircraft.far_part {
        "137" => row.text("oper_cert", "AGR"),
        "133" => row.text("oper_cert", "EXTL"),
        "121" | "129" | "135" => {
            let is_scheduled = aircraft.model.usage == Usage::Airline;
            row.text("oper_sched", if is_scheduled { "SCHD" } else { "NSCH" });
            row.text("oper_dom_int", if aircraft.far_part == "129" { "INT" } else { "DOM" });
            row.text("oper_pax_cargo", "PAX")
        }
        _ => row,
    };
    row.optional_text("type_fly", aircraft.purpose);
    row.yes_no("second_pilot", aircraft.crew.iter().filter(|p| p.is_pilot()).count() > 1);
}

fn write_departure(row: &mut Row, ctx: &AircraftContext, rng: &mut Rng) {
    let (facts, place) = (ctx.facts, &ctx.facts.place);
    let is_local = rng.chance_percent(40);
    if !facts.is_migrated() {
        row.yes_no("dprt_pt_same_ev", is_local && place.on_airport);
    }
    row.write_with("dprt_apt_id", |out| place.town.push_airport_id(out));
    row.write_with("dprt_city", |out| place.town.push_name(out));
    row.optional_text("dprt_state", place.state);
    row.text("dprt_country", place.country());
    let minutes = facts.time.local_minute + facts.hours_ahead() * 60 - rng.next_between(0, 150);
    let minutes = minutes.rem_euclid(1440);
    row.number("dprt_time", minutes / 60 * 100 + minutes % 60);
    if !facts.is_migrated() {
        row.text("dprt_timezn", super::events::time_zone_code(facts));
    }
    if is_local {
        row.text("dest_same_local", "LOCL");
    }
    if !facts.is_modern {
        row.number("phase_flt_spec", ctx.aircraft.scenario.old_phase.0);
    }
}

fn write_remaining_columns(row: &mut Row, ctx: &AircraftContext, rng: &mut Rng) {
    let (facts, aircraft) = (ctx.facts, ctx.aircraft);
    row.yes_no("evacuation", aircraft.model.usage == Usage::Airline && rng.chance_percent(12));
    set_last_change(row, facts);
    if facts.is_migrated() {
        row.text("afm_hrs_since", "N");
    } else if aircraft.airframe.is_some() {
        row.text("afm_hrs_since", rng.pick_weighted(&[(70, "ACCI"), (30, "INSP")]));
    }
    if facts.place.on_airport {
        row.write_with("rwy_num", |out| push_padded(out, 1 + rng.next_below(36), 2));
        row.number("rwy_len", rng.next_between(15, 120) * 100);
        row.number("rwy_width", rng.pick(&[50, 60, 75, 100, 150]));
    }
    row.yes_no("site_seeing", false).yes_no("air_medical", false);
    if facts.is_modern {
        row.number("acft_year", aircraft.built);
        if aircraft.model.engines > 0 {
            row.write_with("fuel_on_board", |out| push_number(out, 5 + rng.next_below(90) as i32));
        }
    }
    for column in ["commercial_space_flight", "unmanned"] {
        row.flag(column, false);
    }
    row.flag("ifr_equipped_cert", facts.is_modern && rng.chance_percent(30));
    row.flag("elt_mounted_aircraft", false).flag("elt_connected_antenna", false);
}

pub fn write_engines(out: &mut EventData, ctx: &AircraftContext, rng: &mut Rng) {
    let (facts, model) = (ctx.facts, ctx.aircraft.model);
    let has_hours = rng.chance_percent(41);
    let hours = rng.draw_from_quantiles(&[20, 180, 420, 700, 1050, 1500, 2100, 6500]);
    for number in 1..=model.engines {
        let engine = model.engine;
        let mut row = ctx.add_row(out, ENGINES);
        row.number("eng_no", number as i32);
        row.text("eng_type", engine.kind).text("eng_mfgr", engine.maker);
        row.text("eng_model", engine.model).number("power_units", engine.power);
        row.text("hp_or_lbs", engine.unit).text("lchg_userid", facts.user);
        row.text("lchg_date", &facts.last_change_text);
        if engine.kind == "REC" {
            row.text("carb_fuel_injection", if engine.injected { "FINJ" } else { "CARB" });
        }
        if matches!(engine.kind, "REC" | "TP") && model.category == "AIR" {
            row.text("propeller_type", if model.retractable { "CONP" } else { "FIXP" });
            row.text("propeller_make", rng.pick(&["MCCAULEY", "HARTZELL", "SENSENICH"]));
        }
        if has_hours {
            let tenths = i64::from(hours) * 10 + i64::from(rng.next_below(10));
            row.decimal("eng_time_total", tenths, 1);
            row.decimal("eng_time_last_insp", i64::from(rng.next_between(1, 99).min(hours)), 0);
            row.decimal("eng_time_overhaul", tenths - i64::from(rng.next_below(150)), 1);
        }
    }
}
