//! `dt_events` and `dt_aircraft`: answers of which there may be several.

use super::{DT_AIRCRAFT, DT_EVENTS, One, sign};
use crate::Case;
use crate::facts::Facts;
use crate::fleet::Use;
use crate::rng::Dice;
use crate::severity::Level;

pub fn of_event(out: &mut Case, facts: &Facts, dice: &mut Dice) {
    let low = facts.basic == Some("IMC");
    let answers = [
        ("wx_brief_src", dice.percent(45).then(|| dice.pick(&["FSS", "NET", "COMP", "NORE"]))),
        ("wx_brief", dice.percent(35).then(|| dice.pick(&["TELE", "INPE", "ARDO"]))),
        (
            "vis_restrct",
            facts.basic.map(|_| if low { dice.pick(&["F", "H", "BS"]) } else { "NONE" }),
        ),
        ("wx_cond", low.then(|| dice.pick(&["CEIL", "R", "S", "FZTP"]))),
        (
            "prop_dmg",
            Some(if dice.percent(90) {
                "NONE"
            } else {
                dice.pick(&["FENC", "TREE", "CROP", "WRPL"])
            }),
        ),
        ("cictt", (facts.modern && facts.mid_air).then_some("MAC")),
    ];
    for (column, code) in answers {
        let Some(code) = code else { continue };
        let mut row = out.rows(DT_EVENTS).begin();
        row.text("ev_id", &facts.ev_id).text("col_name", column).text("code", code);
        sign(&mut row, facts);
    }
}

pub fn of_aircraft(out: &mut Case, one: &One, dice: &mut Dice) {
    if !one.facts.place.is_home() {
        return;
    }
    let model = one.aircraft.model;
    let heavy = model.used == Use::Airline;
    let certificate = match (model.homebuilt, heavy) {
        (true, _) => "SPE",
        (_, true) => "STT",
        _ => "STN",
    };
    let landing = one.facts.place.on_airport;
    let gear = match model.category {
        "HELI" => Some("SKID"),
        "AIR" | "GYRO" | "WSFT" => Some(dice.weighted(&[(65, "TRI"), (30, "TAIL"), (5, "FLOT")])),
        _ => None,
    };
    let cleared =
        if heavy { "IFR" } else { dice.weighted(&[(70, "NONE"), (20, "VFR"), (10, "TRAD")]) };
    let approach = dice.pick(&["TPAT", "FSTP", "STIN", "TOGO", "NONE"]);
    let worst = one.facts.highest == Level::Fatal;
    let answers = [
        ("acft_awy_cert", Some(certificate)),
        ("airspc_type", Some(dice.weighted(&[(50, "CLG"), (25, "CLE"), (20, "CLD"), (5, "CLB")]))),
        ("landing_gear", gear),
        ("load_desc", Some(if heavy { "PAX" } else { "NONE" })),
        ("rwy_cond", landing.then(|| dice.weighted(&[(80, "DRY"), (14, "WET"), (6, "ROUG")]))),
        ("type_clear", Some(cleared)),
        ("vfr_appr", (!heavy).then_some(if worst { "NONE" } else { approach })),
        ("instm_appr", Some(if heavy { "ILSF" } else { "NONE" })),
        ("aircar_cert", heavy.then_some("F121")),
    ];
    for (column, code) in answers {
        let Some(code) = code else { continue };
        let mut row = one.begin(out, DT_AIRCRAFT);
        row.text("col_name", column).text("code", code);
        sign(&mut row, one.facts);
    }
}
