//! `dt_events` and `dt_aircraft`: attributes with several values.

use super::{AircraftContext, DT_AIRCRAFT, DT_EVENTS, set_last_change};
use crate::EventData;
use crate::facts::Facts;
use crate::fleet::Usage;
use crate::rng::Rng;
use crate::severity::InjuryLevel;

pub fn write_event_details(out: &mut EventData, facts: &Facts, rng: &mut Rng) {
    let is_imc = facts.conditions == Some("IMC");
    let values = [
        ("wx_brief_src", rng.chance_percent(45).then(|| rng.pick(&["FSS", "NET", "COMP", "NORE"]))),
        ("wx_brief", rng.chance_percent(35).then(|| rng.pick(&["TELE", "INPE", "ARDO"]))),
        (
            "vis_restrct",
            facts.conditions.map(|_| if is_imc { rng.pick(&["F", "H", "BS"]) } else { "NONE" }),
        ),
        ("wx_cond", is_imc.then(|| rng.pick(&["CEIL", "R", "S", "FZTP"]))),
        (
            "prop_dmg",
            Some(if rng.chance_percent(90) {
                "NONE"
            } else {
                rng.pick(&["FENC", "TREE", "CROP", "WRPL"])
            }),
        ),
        ("cictt", (facts.is_modern && facts.is_mid_air).then_some("MAC")),
    ];
    for (column, code) in values {
        let Some(code) = code else { continue };
        let mut row = out.rows(DT_EVENTS).add_row();
        row.text("ev_id", &facts.ev_id).text("col_name", column).text("code", code);
        set_last_change(&mut row, facts);
    }
}

pub fn write_aircraft_details(out: &mut EventData, ctx: &AircraftContext, rng: &mut Rng) {
    if !ctx.facts.place.is_domestic() {
        return;
    }
    let model = ctx.aircraft.model;
    let is_airliner = model.usage == Usage::Airline;
    let certificate = match (model.homebuilt, is_airliner) {
        (true, _) => "SPE",
        (_, true) => "STT",
        _ => "STN",
    };
    let on_airport = ctx.facts.place.on_airport;
    let gear = match model.category {
        "HELI" => Some("SKID"),
        "AIR" | "GYRO" | "WSFT" => {
            Some(rng.pick_weighted(&[(65, "TRI"), (30, "TAIL"), (5, "FLOT")]))
        }
        _ => None,
    };
    let cleared = if is_airliner {
        "IFR"
    } else {
        rng.pick_weighted(&[(70, "NONE"), (20, "VFR"), (10, "TRAD")])
    };
    let approach = rng.pick(&["TPAT", "FSTP", "STIN", "TOGO", "NONE"]);
    let is_fatal = ctx.facts.highest_injury == InjuryLevel::Fatal;
    let values = [
        ("acft_awy_cert", Some(certificate)),
        (
            "airspc_type",
            Some(rng.pick_weighted(&[(50, "CLG"), (25, "CLE"), (20, "CLD"), (5, "CLB")])),
        ),
        ("landing_gear", gear),
        ("load_desc", Some(if is_airliner { "PAX" } else { "NONE" })),
        (
            "rwy_cond",
            on_airport.then(|| rng.pick_weighted(&[(80, "DRY"), (14, "WET"), (6, "ROUG")])),
        ),
        ("type_clear", Some(cleared)),
        ("vfr_appr", (!is_airliner).then_some(if is_fatal { "NONE" } else { approach })),
        ("instm_appr", Some(if is_airliner { "ILSF" } else { "NONE" })),
        ("aircar_cert", is_airliner.then_some("F121")),
    ];
    for (column, code) in values {
        let Some(code) = code else { continue };
        let mut row = ctx.add_row(out, DT_AIRCRAFT);
        row.text("col_name", column).text("code", code);
        set_last_change(&mut row, ctx.facts);
    }
}
